"""What a client is shown or read before anything is disclosed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from string import Template

from songtor_proto.address import Address
from songtor_proto.consent import citation
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import Jurisdiction, Policy, Vocabulary, organisations
from songtor_proto.wire.envelope_pb2 import BASIS_CONSENT
from songtor_web.dates import date_text

_SIGHT = {
    ("th", True): "สถานทูตหรือกงสุลจะเห็นว่ามีเรื่องนี้และไปถึงขั้นใด แต่ไม่เห็นเนื้อหา",
    ("th", False): "สถานทูตและกงสุลจะไม่เห็นว่ามีเรื่องนี้",
    (
        "en",
        True,
    ): "An embassy or consulate may see that the case exists and how far it is, never what it says.",
    ("en", False): "No embassy or consulate will see that the case exists.",
}


def notice(
    *,
    purpose: str,
    categories: Iterable[str],
    recipients: Iterable[str],
    until: date,
    sight: bool,
    law: Jurisdiction,
    vocabulary: Vocabulary,
    policy: Policy,
    lang: str,
) -> str:
    """InputError("unknown_code") where a recipient is nobody of this network."""
    told = policy.always | set(categories)
    text = files("songtor_node").joinpath("data", f"notice.{lang}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(
        purpose=policy.purposes[purpose].label(lang),
        categories=_lines(term.label(lang) for term in policy.categories.values() if term.code in told),
        recipients=_lines(party_name(to, vocabulary, lang) for to in recipients),
        until=date_text(until, lang),
        sight=_SIGHT[lang, sight],
        law=f"{law.law}, {citation(law, BASIS_CONSENT)}",
    )


RISK, SIGHT = 3, 4
"""Which of the text's parts say what may follow, and what an embassy may see."""


def parts(text: str) -> list[list[str]]:
    """The text as it is shown, part by part, each a list of its lines."""
    return [part.split("\n") for part in text.strip().split("\n\n")]


def party_name(address: str, vocabulary: Vocabulary, lang: str) -> str:
    """Who a person calls the party at that address; InputError: address, unknown_code."""
    party = Address.parse(address)
    if party.is_desk:
        return vocabulary.desk(party).label(lang)
    for organisation in organisations():
        if organisation.seat == address and not organisation.vacant:
            return organisation.label(lang)
    raise InputError("unknown_code", field="recipients")


def _lines(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
