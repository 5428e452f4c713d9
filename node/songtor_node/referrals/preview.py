"""What would leave and what stays, side by side, before anything is sent; for a person and for a program.
Rules M2 to M5, M7."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import Any

from rich.table import Table
from rich.text import Text

from songtor_node.consents.notice import party_name
from songtor_node.referrals.acts import Prepared
from songtor_node.referrals.compose import Draft
from songtor_node.referrals.pictures import family_lines
from songtor_proto.address import Address
from songtor_proto.envelope.layout import SEAL_OVERHEAD, padded_size
from songtor_proto.findings import Finding
from songtor_proto.minimise import Line, why_text
from songtor_proto.times import from_ms
from songtor_proto.vocabulary import policy, vocabulary
from songtor_proto.wire.payload_pb2 import AbsentReason
from songtor_web.dates import date_text

_AROUND = 30  # characters of text shown on either side of a finding
_ORPHAN = re.compile("^[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]+")  # Thai marks cut off from their letter


def as_data(prepared: Prepared, lang: str) -> dict[str, Any]:
    draft = prepared.draft
    leaves, stays = draft.disclosure.leaves, draft.disclosure.stays
    return {
        "case": prepared.case.code,
        "to": draft.intent.recipient,
        "purpose": draft.intent.purpose,
        "consent": prepared.ground.code,
        "basis": prepared.ground.basis,
        "citation": draft.terms.legal_citation,
        "until": from_ms(draft.terms.expires_ms).isoformat(),
        "liaison_sight": draft.terms.liaison_sight,
        "leaves": [_line(line, lang) for line in leaves],
        "stays": [_line(line, lang) for line in stays],
        "absent": [
            {"category": absent.category, "reason": AbsentReason.Name(absent.reason)[14:].lower()}
            for absent in draft.disclosure.absent
        ],
        "warnings": [line.category for line in draft.disclosure.warnings],
        "findings": draft.search.as_data(),
        "facts_leaving": len(leaves),
        "facts_staying": len(stays),
        "bytes": sealed_bytes(draft),
    }


def as_lines(prepared: Prepared, lang: str, today: date) -> Iterator[Any]:
    """The two columns, the family that leaves, what must be looked at, and the sum."""
    draft = prepared.draft
    sender = Address.parse(draft.intent.sender)
    here = party_name(str(sender), vocabulary(), lang)
    there = party_name(draft.intent.recipient, vocabulary(), lang)
    thai = lang == "th"
    table = Table(expand=True, show_lines=True)
    for heading in (
        f"ออกจากประเทศ ({sender.country})" if thai else f"leaves the country ({sender.country})",
        f"อยู่ที่ {here}" if thai else f"stays in {here}",
    ):
        table.add_column(heading, overflow="fold")  # Thai has no spaces; nothing may be cut off
    for leaving, staying in zip_longest(draft.disclosure.leaves, draft.disclosure.stays):
        table.add_row(_cell(leaving, lang), _cell(staying, lang))
    yield table
    yield from map(Text, family_lines(draft.disclosure.facts, lang, today))
    for absent in draft.disclosure.absent:
        category = policy().categories[absent.category].label(lang)
        yield Text(
            f"{'ผู้รับจำเป็นต้องใช้แต่ไม่ได้รับ' if thai else 'needed and not sent'}: {category}", style="yellow"
        )
    for finding in draft.search.findings:
        yield _found(finding, draft, lang)
    until = date_text(from_ms(draft.terms.expires_ms).date(), lang)
    sent, kept, size = len(draft.disclosure.leaves), len(draft.disclosure.stays), sealed_bytes(draft)
    yield Text(
        f"ส่งออก {sent} เก็บไว้ {kept} · {size} ไบต์ · ถึง {there} · จนถึง {until} · ถอนได้ทุกเมื่อ"
        if thai
        else f"{sent} leave, {kept} stay · {size} bytes · to {there} · until {until} · may be withdrawn",
        style="bold",
    )


def sealed_bytes(draft: Draft) -> int:
    """Of the sealed part; 0 where it is too large to be sent."""
    size = padded_size(draft.payload.ByteSize())
    return size + SEAL_OVERHEAD if size else 0


def _line(line: Line, lang: str) -> dict[str, Any]:
    return {
        "category": line.category,
        "field": line.field,
        "value": line.value_text,
        "why": line.why,
        "why_text": why_text(line.why, lang),
        "needed": line.needed,
    }


def _cell(line: Line | None, lang: str) -> Text:
    if line is None:
        return Text()
    category = policy().categories[line.category].label(lang)
    return Text.assemble((category, "bold"), "\n", line.value_text or "-", "\n", (_why(line, lang), "dim"))


def _why(line: Line, lang: str) -> str:
    """With what to type where it is the worker's choice, and whether the recipient waits for it."""
    why = why_text(line.why, lang)
    if line.why != "not_ticked":
        return why
    needed = f" · {why_text('needed_by_recipient', lang)}" if line.needed else ""
    return f"{why} (--tick {line.category}){needed}"


def _found(finding: Finding, draft: Draft, lang: str) -> Text:
    text = draft.search.texts[finding.path]
    open_ = finding in draft.search.uncleared
    head = {
        (True, "th"): "ต้องตรวจก่อนส่ง",
        (False, "th"): "ตรวจแล้ว",
        (True, "en"): "look at this before it goes",
        (False, "en"): "cleared",
    }[open_, lang]
    before = _ORPHAN.sub("", text[max(0, finding.start - _AROUND) : finding.start])
    return Text.assemble(
        (f"{head} --clear {finding.id}", "bold red" if open_ else "green"),
        f" {finding.path}: …{before}".replace("\n", " "),
        (text[finding.start : finding.end], "reverse"),
        f"{text[finding.end : finding.end + _AROUND]}…".replace("\n", " "),
    )
