"""How a field's value the reason it leaves or stays, and a finding read for a person."""

from __future__ import annotations

import re
from functools import cache

from google.protobuf.message import Message

from songtor_proto.vocabulary import Terms, policy, vocabulary
from songtor_proto.vocabulary.dates import date_text
from songtor_proto.vocabulary.source import parse_yaml, read
from songtor_proto.vocabulary.terms import term
from songtor_proto.wire.payload_pb2 import Genogram

# Where a field holds a code, the vocabulary's list of it.
_LISTS = {
    "Facts.problems": "problems",
    "Request.kinds": "assistance_kinds",
    "Demographics.target_group": "target_groups",
    "Threat.dimension": "dimensions",
    "Threat.level": "threat_levels",
    "Service.kind": "assistance_kinds",
    "Service.practice_form": "practice_forms",
    "Contact.channel": "channels",
}
# Where it holds a date that may be known in part, or about, or two of them with a stroke between (EDTF).
_DATES = {"Facts.birth_date", "Incident.when", "LifeEvent.when", "Service.date"}
_COUNTRIES = {"Demographics.nationality", "Place.country", "IdentityNumber.country"}
_LANGUAGES = {"Demographics.languages"}
# Where it holds a code that is the schema's own.
_OWN = {"Demographics.sex", "Threat.subject", "Contact.channel", "IdentityNumber.kind"}
# Where it holds the place of an event among the others: the picture shows it.
_DRAWN = {"LifeEvent.id", "LifeEvent.after", "LifeEvent.before", "LifeEvent.led_to"}

_PARTIAL = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?~?"
EDTF = re.compile(rf"{_PARTIAL}(/({_PARTIAL}|\.\.))?", re.ASCII)


@cache
def _words() -> dict[str, Terms]:
    data = parse_yaml("disclosure_words", read("disclosure_words.yaml"))
    words = {name: data.terms(name, term) for name in ("leaves", "stays", "values", "findings")}
    data.done()
    return words


def why_text(why: str, lang: str = "th") -> str:
    """The sentence for a `Line.why`."""
    words = _words()
    return (words["leaves"].get(why) or words["stays"][why]).label(lang)


def finding_text(kind: str, lang: str = "th") -> str:
    """What was found in free text: a pattern's name, else the label of a data category."""
    return (_words()["findings"].get(kind) or policy().categories[kind]).label(lang)


def own_words() -> Terms:
    """The codes that are the schema's own."""
    return _words()["values"]


def value_text(message: Message, field: str, lang: str = "th") -> str:
    """One line for a field's value: labels for codes, an unknown code as it is; empty where not known."""
    descriptor = message.DESCRIPTOR.fields_by_name[field]
    if descriptor.has_presence and not message.HasField(field):
        return ""
    value, path = getattr(message, field), f"{message.DESCRIPTOR.name}.{field}"
    items = value if descriptor.is_repeated else [value]
    return "; ".join(filter(None, (_text(item, path, lang) for item in items)))


def _text(value: object, path: str, lang: str) -> str:
    own = own_words()
    if isinstance(value, Genogram):
        return own["people_unnamed"].label(lang).format(n=len(value.people)) if value.people else ""
    if path in _DRAWN:
        return ""
    if isinstance(value, Message):
        inner = (value_text(value, field.name, lang) for field in value.DESCRIPTOR.fields)
        return " · ".join(filter(None, inner))
    if isinstance(value, bool):
        return own[path.partition(".")[2]].label(lang) if value else ""
    text = str(value).strip() if value else ""
    if path in _DATES and EDTF.fullmatch(text):
        return "–".join(_when(part, lang) for part in text.split("/"))
    if path in _COUNTRIES | _LANGUAGES:
        return _name(path, text, lang)
    known: Terms = getattr(vocabulary(), _LISTS[path]) if path in _LISTS else {}
    if text in known:
        return known[text].label(lang)
    return own[text].label(lang) if path in _OWN and text in own else text


def _when(date: str, lang: str) -> str:
    own = own_words()
    if date == "..":
        return own["still"].label(lang)
    said = date_text(date.rstrip("~"), lang)
    return own["about"].label(lang).format(when=said) if date.endswith("~") else said


def _name(path: str, code: str, lang: str) -> str:
    from songtor_proto.vocabulary import names  # a large library, which sealing and opening can do without

    return (names.country if path in _COUNTRIES else names.language)(code, lang)
