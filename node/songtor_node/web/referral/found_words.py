"""What was found in free text, in its context, for a person who decides place by place. Rule M7."""

from __future__ import annotations

import re
from dataclasses import dataclass

from songtor_proto.findings import Search
from songtor_proto.minimise import FACTS, finding_text

_AROUND = 120  # characters of text on either side
_ORPHAN = re.compile("^[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]+")  # Thai marks cut off from their letter
_ROOM = {  # the page of the case where the text of a field is changed
    "request": "request",
    "narrative": "story",
    "contacts": "contact",
    "services": "assistance",
    "family": "people",
    "incidents": "background",
    "timeline": "timeline",
    "finances": "background",
    "education": "background",
    "health": "background",
    "legal_status": "background",
}


@dataclass(frozen=True, slots=True)
class Place:
    """`kind`: what it looks like, in words. `category`: the field that it stands in; empty for words that are
    being written. `change`: the page where they can be changed."""

    id: str
    kind: str
    category: str
    before: str
    text: str
    after: str
    cleared: bool
    change: str


def places(search: Search, case: str, lang: str) -> list[Place]:
    """In the order of the texts."""
    open_ = {one.id for one in search.uncleared}
    found = []
    for one in search.findings:
        text, field = search.texts[one.path], re.split(r"[.\[]", one.path)[0]
        first, last = max(0, one.start - _AROUND), one.end + _AROUND
        before = _ORPHAN.sub("", text[first : one.start]) if first else text[: one.start]
        found.append(
            Place(
                id=one.id,
                kind=finding_text(one.kind, lang),
                category=FACTS.get(field, ""),
                before=f"{'…' if first else ''}{before}",
                text=text[one.start : one.end],
                after=f"{text[one.end : last]}{'…' if last < len(text) else ''}",
                cleared=one.id not in open_,
                change=f"/cases/{case}/{_ROOM.get(field, 'client')}" if case else "",
            )
        )
    return found
