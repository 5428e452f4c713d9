"""Whoever writes envelopes at a hub: a seat or a desk with its keys, and the envelopes of a referral's life.

berlin = join(hub, "DE-02")                         # a seat in the directory, without a certificate
dwf = desk(hub, console, "TH-00/dwf")               # a desk, by the console's keyring
referral = berlin.refer(dwf)                        # an envelope; .header of it: read(referral)
reply = dwf.reply(referral, KIND_STATUS, STATE_ACCEPTED)
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

from songtor_hub.bootstrap import Hub
from songtor_hub.seats import desk_keys, directory, registry
from songtor_hub.store.engine import writing
from songtor_proto import reference
from songtor_proto.address import Address
from songtor_proto.envelope import uuid7
from songtor_proto.envelope.check import digest
from songtor_proto.envelope.compose import seal
from songtor_proto.identity.statement import make_entry
from songtor_proto.receipts import sign_delivery
from songtor_proto.times import Clock, to_ms
from songtor_proto.vocabulary import organisations
from songtor_proto.wire.envelope_pb2 import (
    BASIS_CONSENT,
    KIND_ANSWER,
    KIND_CONFIRMATION,
    KIND_OPENING,
    KIND_QUESTION,
    KIND_RECALL_RECEIPT,
    KIND_REFERRAL,
    KIND_REMINDER,
    KIND_STATUS,
    KIND_WITHDRAWAL,
    URGENCY_YELLOW,
    Envelope,
    Header,
    Kind,
    Recall,
    State,
    Terms,
    Urgency,
)
from songtor_proto.wire.exchange_pb2 import AcknowledgeRequest, Delivery
from songtor_proto.wire.payload_pb2 import (
    Answer,
    Confirmation,
    Facts,
    Opening,
    Payload,
    Question,
    Referral,
    Reminder,
    Request,
    Status,
    Withdrawal,
)
from songtor_proto.wire.receipt_pb2 import Delivered, DeliveryReceipt
from tests.support.keys import Owner, owner

DAY_MS = 86_400_000
PURPOSE = "domestic_violence"

_CONTENT = {
    KIND_STATUS: Payload(status=Status(reason="no_capacity")),
    KIND_QUESTION: Payload(question=Question(text="ขอทราบเพิ่มเติม")),
    KIND_ANSWER: Payload(answer=Answer(text="ตามนี้")),
    KIND_WITHDRAWAL: Payload(withdrawal=Withdrawal(reason="withdrawn")),
    KIND_OPENING: Payload(opening=Opening(role="desk_officer", desk_kind="department")),
    KIND_CONFIRMATION: Payload(confirmation=Confirmation(role="caseworker")),
    KIND_REMINDER: Payload(reminder=Reminder(text="ขอติดตาม")),
}


def header_of(envelope: Envelope) -> Header:
    return Header.FromString(envelope.header)


def terms_to(recipient: str, now_ms: int, *, country: str = "DE", **others: Any) -> Terms:
    """Terms of an adult's consent that any desk of `PURPOSE` may receive."""
    values: dict[str, Any] = {
        "basis": BASIS_CONSENT,
        "legal_citation": "GDPR Art. 49(1)(a)",
        "jurisdiction": country,
        "purpose": PURPOSE,
        "categories": ["case_code", "problems", "request"],
        "recipients": [recipient],
        "expires_ms": now_ms + 91 * DAY_MS,
        "consent_digest": bytes(32),
    }
    return Terms(**(values | others))


@dataclass(frozen=True)
class Correspondent:
    """`keys` are of version 1 in the directory. The clock dates what it writes."""

    keys: Owner
    clock: Clock

    @property
    def address(self) -> str:
        return self.keys.address

    def refer(
        self,
        to: Correspondent,
        *,
        before: Envelope | None = None,
        part_of: Envelope | None = None,
        urgency: Urgency.ValueType = URGENCY_YELLOW,
        given: Terms | None = None,
        text: str = "ขอความช่วยเหลือ",
        **fields: object,
    ) -> Envelope:
        """A referral; `before`: the version that it follows. To a desk its terms lie in the header."""
        now_ms = to_ms(self.clock())
        task = uuid7(now_ms, os.urandom)
        earlier = header_of(before) if before else None
        header = Header(
            envelope_id=task,
            kind=KIND_REFERRAL,
            sender=self.address,
            recipient=to.address,
            reference=earlier.reference
            if earlier
            else reference.new(Address.parse(self.address).seat, os.urandom),
            urgency=urgency,
            created_ms=now_ms,
            expires_ms=now_ms + 90 * DAY_MS,
            thread=earlier.thread if earlier else task,
            task=task,
            part_of=header_of(part_of).task if part_of else b"",
            task_version=earlier.task_version + 1 if earlier else 1,
            signing_key_version=1,
            sealing_key_version=1,
        )
        if Address.parse(to.address).is_desk:
            country = Address.parse(self.address).country
            header.terms.CopyFrom(given or terms_to(to.address, now_ms, country=country))
        facts = Facts(case_code="A-1", request=Request(text=text))
        return self._seal(header, Payload(referral=Referral(facts=facts)), to, fields)

    def reply(
        self,
        referral: Envelope,
        kind: int,
        to: Correspondent,
        *,
        state: int = 0,
        recalls: list[Recall] | None = None,
        **fields: object,
    ) -> Envelope:
        """A message about a referral."""
        about, now_ms = header_of(referral), to_ms(self.clock())
        header = Header(
            envelope_id=uuid7(now_ms, os.urandom),
            kind=Kind.ValueType(kind),
            sender=self.address,
            recipient=to.address,
            reference=about.reference,
            urgency=about.urgency,
            state=State.ValueType(state),
            created_ms=now_ms,
            thread=about.thread,
            task=about.task,
            signing_key_version=1,
            sealing_key_version=0 if kind == KIND_RECALL_RECEIPT else 1,
            recalls=recalls,
        )
        content = None if kind == KIND_RECALL_RECEIPT else _CONTENT.get(header.kind, _CONTENT[KIND_STATUS])
        return self._seal(header, content, to, fields)

    def acknowledge(self, deliveries: list[Delivery]) -> AcknowledgeRequest:
        """Its signed word that it has stored these."""
        stored = DeliveryReceipt(seat=self.address, stored_ms=to_ms(self.clock()), signing_key_version=1)
        for delivery in deliveries:
            header = header_of(delivery.envelope)
            stored.delivered.append(
                Delivered(
                    sender=header.sender,
                    envelope_id=header.envelope_id,
                    digest=digest(delivery.envelope),
                )
            )
        receipt, signature = sign_delivery(stored, self.keys.signing)
        return AcknowledgeRequest(delivery_receipt=receipt, signature=signature)

    def _seal(
        self, header: Header, payload: Payload | None, to: Correspondent, fields: dict[str, object]
    ) -> Envelope:
        for name, value in fields.items():
            setattr(header, name, value)
        return seal(
            header,
            payload,
            signing_key=self.keys.signing,
            recipient_key=to.keys.sealing.public,
            random=os.urandom,
        )


def join(hub: Hub, seat: str, *, version: int = 1) -> Correspondent:
    """A seat with keys of its own for that version in the directory, as after enrolment."""
    keys = replace(owner(f"{seat} {version}"), address=seat)
    with writing(hub.engine) as connection:
        registry.fill(connection, organisations())
        entry = make_entry(
            network=hub.network,
            owner=seat,
            version=version,
            signing_key=keys.signing,
            sealing_key=keys.sealing.public,
            now_ms=to_ms(hub.clock()),
        )
        directory.publish(connection, hub.network, seat, entry, to_ms(hub.clock()), hub.random, anew=True)
    return Correspondent(keys, hub.clock)


def desk(console: Hub, address: str) -> Correspondent:
    """A desk, whose keys only the console has."""
    signing = desk_keys.signing_key(console.keyring, address)
    sealing = desk_keys.sealing_key(console.keyring, address)
    return Correspondent(Owner(address, signing, sealing), console.clock)
