"""Routing on: a part of a referral, minimised again for another desk, sealed to it. Rules L10, M2, M3, M7."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from songtor_hub.addresses import HUB
from songtor_hub.desks import free_text, references
from songtor_hub.desks.desk import SENT, Desk, Saying
from songtor_hub.desks.model import Act
from songtor_hub.desks.opening import Opened, open_task
from songtor_hub.seats.desk_keys import address_of
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import task as task_table
from songtor_proto import lifecycle
from songtor_proto.address import Address
from songtor_proto.consent import Grant, onward
from songtor_proto.envelope import uuid7
from songtor_proto.errors import ConsentError, EnvelopeError, InputError
from songtor_proto.findings import Search
from songtor_proto.minimise import Disclosure, may_receive, split
from songtor_proto.times import from_ms, to_ms
from songtor_proto.vocabulary import jurisdictions
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import ABSENT_REASON_UNSAFE, Payload, Referral


@dataclass(frozen=True, slots=True)
class Part:
    """What one desk is to get: to be shown, then sent."""

    recipient: str
    reference: str
    disclosure: Disclosure
    search: Search
    saying: Saying
    kept: Act


def prepare(
    desk: Desk, text: str, to: Sequence[str], lang: str = "th", *, cleared: Collection[str] = ()
) -> list[Part]:
    """The parts for these desks ("dwf", "province-10"), sealed but not sent. Opens the referral, on record.

    It must be accepted here. InputError: "unknown_code" (no such desk), "routed" (a part is open there);
    ConsentError("recipient") where consent or purpose do not name that desk; and all that `open_task` raises.
    """
    recipients = [address_of(name, desk.hub.vocabulary) for name in dict.fromkeys(to)]
    task = desk.received(text)
    if task.state not in (wire.STATE_ACCEPTED, wire.STATE_IN_PROGRESS):
        raise EnvelopeError("transition", field=task.reference)
    there = select(task_table.c.recipient).where(
        task_table.c.part_of == task.id, task_table.c.state.in_(lifecycle.OPEN)
    )
    with reading(desk.hub.engine) as connection:
        taken = {desk.address, *connection.scalars(there)}
    for recipient in recipients:
        if recipient in taken:
            raise InputError("routed", field=Address.parse(recipient).desk)
    opened = open_task(desk, text)
    return [_part(desk, opened, recipient, cleared, lang) for recipient in recipients]


def send(desk: Desk, parts: Sequence[Part]) -> None:
    """All parts together, or none; ConsentError("findings") while one was not cleared (M7)."""
    for part in parts:
        part.search.require_cleared()
    desk.commit(*(part.saying for part in parts), acts=[part.kept for part in parts])


def _part(desk: Desk, opened: Opened, recipient: str, cleared: Collection[str], lang: str) -> Part:
    task, terms = opened.task, opened.terms
    assert terms is not None
    if not may_receive(desk.hub.policy, terms.purpose, recipient):
        raise ConsentError("recipient", field=Address.parse(recipient).desk)
    # (By its kind: an officer's clock may be behind the exchange's.)
    referral = next(one.said.referral for one in opened.messages if one.kind == "referral" and not one.ours)
    disclosure = split(
        referral.facts,
        policy=desk.hub.policy,
        purpose=terms.purpose,
        recipient=recipient,
        grant=_ground(terms),
        ticked=terms.categories,
        unsafe=[absent.category for absent in referral.absent if absent.reason == ABSENT_REASON_UNSAFE],
        lang=lang,
    )
    identity = uuid7(to_ms(desk.now()), desk.hub.random)
    header = wire.Header(
        envelope_id=identity,
        kind=wire.KIND_REFERRAL,
        recipient=recipient,
        reference=references.new(desk.hub),
        urgency=task.urgency,
        expires_ms=task.expires_ms,
        thread=identity,
        task=identity,
        part_of=task.id,
        task_version=1,
        terms=onward(
            terms,
            categories=disclosure.categories,
            recipient=recipient,
            law=jurisdictions()[Address.parse(HUB).country],
            confirmed=task.confirmed,
        ),
    )
    payload = Payload(
        referral=Referral(facts=disclosure.facts, absent=disclosure.absent, referrer=referral.referrer)
    )
    messages = [one.said for one in opened.messages if not one.ours]
    return Part(
        recipient,
        header.reference,
        disclosure,
        free_text.search_part(desk, task, messages, disclosure.facts, cleared),
        desk.say(header, payload, "routed", of=task.id),
        desk.record(identity, SENT, payload.SerializeToString()),
    )


def _ground(terms: wire.Terms) -> Grant:
    """The terms as a ground for the same rule that made them; nobody here knows more of it."""
    return Grant(
        id="",
        basis=terms.basis,
        jurisdiction=terms.jurisdiction,
        citation=terms.legal_citation,
        purpose=terms.purpose,
        categories=frozenset(terms.categories),
        recipients=frozenset(terms.recipients),
        liaison_sight=terms.liaison_sight,
        given_at=from_ms(0),
        expires_at=from_ms(terms.expires_ms),
        record=b"",
    )
