"""What was typed where no form can take it any more: to be read, copied, or sent again. Nobody's words are
lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.drafts import Draft
from songtor_node.web.visit import Visit

_NOT_TYPED = frozenset({"form", "made", "settle", "was"})
_SECRET = ("password", "passphrase", "code")


def typed_words(
    visit: Visit, values: Mapping[str, Sequence[str]], asks: Sequence[Ask] = ()
) -> list[tuple[str, str]]:
    """The label of each field, where it has one, and what stood in it; nothing secret."""
    keys = {ask.name: ask.words or ask.name for ask in asks}
    found = []
    for name, said in values.items():
        whole = name.partition(".")[0]
        words = ", ".join(filter(None, said))
        if words and whole not in _NOT_TYPED and not is_secret(name):
            key = f"field.{keys.get(whole, whole)}"
            found.append((str(visit.t(key)) if key in visit.texts else "", words))
    return found


def form_values(visit: Visit) -> dict[str, list[str]]:
    """All that the form says, by name; no files."""
    return {name: visit.all_said(name) for name in visit.form}


def draft_values(visit: Visit) -> dict[str, list[str]]:
    """The worker's draft of a page that is no more."""
    with visit.reading() as session:
        draft = session.get(Draft, (visit.me.code, visit.here))
        return draft.values if draft else {}


def is_secret(name: str) -> bool:
    return any(one in name for one in _SECRET)
