"""The tables of codes on the pages, from the network's own data. Above one a page says
`<!-- codes: outcomes -->`.

`python -m tests.docs.codes` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from songtor_proto.vocabulary import policy, vocabulary
from tests.docs.pages import PAGES

_TABLE = re.compile(r"(<!-- codes: (\w+) -->\n)((?:\|.*\n)*)")
_HEADS = {
    "th": (
        "รหัส",
        "ความหมาย",
        {"level": "ระดับ", "desks": "ส่งถึงโต๊ะใดได้", "needs": "ผู้รับจำเป็นต้องใช้", "useful": "ส่งได้ถ้ายินยอม"},
    ),
    "en": (
        "Code",
        "Meaning",
        {"level": "Level", "desks": "Desks", "needs": "The recipient needs", "useful": "May go if agreed"},
    ),
}


def renewed(page: Path) -> str:
    """The page with its tables as the data is now."""
    lang = "th" if page.name.endswith(".th.md") else "en"
    text = page.read_text(encoding="utf-8")
    return _TABLE.sub(lambda found: found[1] + _table(found[2], lang), text)


def _table(name: str, lang: str) -> str:
    source = vocabulary() if hasattr(vocabulary(), name) else policy()
    terms = list(getattr(source, name).values())
    code, meaning, more = _HEADS[lang]
    extra = {field: head for field, head in more.items() if all(hasattr(term, field) for term in terms)}
    rows = [
        [f"`{term.code}`", term.label(lang), *(_cell(getattr(term, field)) for field in extra)]
        for term in terms
    ]
    lines = [[code, meaning, *extra.values()], ["---"] * (2 + len(extra)), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, int) else " ".join(f"`{one}`" for one in sorted(value))


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(renewed(path), encoding="utf-8")
