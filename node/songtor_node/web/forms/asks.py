"""What a form asks: its fields as they are shown, and what was typed into them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songtor_node.web.visit import Visit
from songtor_proto.errors import SongtorError
from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.dates import ABOUT, STILL, iso_date
from songtor_web.fields import Field, Kind, Option


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a form. `of`: the list of the vocabulary or policy whose codes are its choices. Its words
    stand in texts/field.yaml under `name` (and `name_hint`), or under `words`."""

    name: str
    kind: Kind = "line"
    of: str = ""
    words: str = ""
    options: tuple[str, ...] = ()  # codes that are no list's; their words stand under `name_code`
    remembered: bool = False  # a password that the browser may fill in


def fields_of(
    visit: Visit, asks: Sequence[Ask], values: Mapping[str, Any], error: SongtorError | None = None
) -> list[Field]:
    """The fields with these values; the one that `error` names says what is wrong with it."""
    at_fault = error.field.split(":")[0].split("[")[0].split(".")[0] if error else ""
    made = [_field(visit, ask, values.get(ask.name)) for ask in asks]
    return [one_wrong(visit, one, error) if error and one.name == at_fault else one for one in made]


def one_wrong(visit: Visit, one: Field, error: SongtorError) -> Field:
    """The field with what is wrong, in words that fit how it is answered."""
    fitting = f"wrong.{error.code.split('.')[1]}_{one.kind}"
    return one.wrong(visit.t(fitting) if fitting in visit.texts else error.words(visit.lang))


def _field(visit: Visit, ask: Ask, value: Any) -> Field:
    words = f"field.{ask.words or ask.name}"
    hint = f"{words}_hint"
    several = [str(one) for one in value] if isinstance(value, (list, tuple, set, frozenset)) else []
    single = "" if several or isinstance(value, (list, tuple)) else str(plain(value))
    return Field(
        name=ask.name,
        kind=ask.kind,
        label=visit.t(words),
        hint=visit.t(hint) if hint in visit.texts else "",
        value=single,
        values=several,
        options=_options(visit, ask),
        remembered=ask.remembered,
    )


def _options(visit: Visit, ask: Ask) -> list[Option]:
    if ask.of:
        terms = getattr(vocabulary(), ask.of, None) or getattr(policy(), ask.of)
        return [Option(term.code, term.label(visit.lang)) for term in terms.values()]
    return [Option(code, visit.t(f"field.{ask.words or ask.name}_{code}")) for code in ask.options]


def typed(visit: Visit, asks: Sequence[Ask]) -> dict[str, Any]:
    """What the form says, field by field; of boxes a list."""
    return {ask.name: said_in(ask, visit.all_said) for ask in asks}


def said_in(ask: Ask, all_said: Callable[[str], Sequence[str]]) -> Any:
    """One field, from the texts that stand under its name; a date from its three parts and what is ticked
    beside it, or whole."""

    def single(name: str) -> str:
        return next((one for one in all_said(name) if one), "")

    if ask.kind == "checks":
        return [one for one in all_said(ask.name) if one]
    if ask.kind in ("date", "partial_date"):
        if single(f"{ask.name}.still"):
            return STILL
        parts = [single(f"{ask.name}.{part}").strip() for part in ("year", "month", "day")]
        typed = single(ask.name) or iso_date(*parts)
        return typed + ABOUT if typed and single(f"{ask.name}.about") else typed
    return single(ask.name)


def mark(value: Any) -> str:
    """A short digest of a field's value, which the page carries as `was.NAME`."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, default=str).encode()).hexdigest()[:16]


def marks(asks: Sequence[Ask], values: Mapping[str, Any]) -> dict[str, str]:
    """Hidden fields that say what the page was made from."""
    return {f"was.{ask.name}": mark(plain(values.get(ask.name))) for ask in asks}


def plain(value: Any) -> Any:
    """A value as a form carries it, whether it was typed or kept."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted(str(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n")
