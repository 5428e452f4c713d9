"""Desks at work, and a partner node that is spoken for by the protocol alone: no gRPC, no node's code.

hub = new_hub(clock=clock)
berlin = Partner(hub, "DE-02")
reference = berlin.refer("TH-00/tsda", further=["TH-00/dwf"])
tsda = at(new_console, hub, "tsda")          # the desk of an officer of its own
open_task(tsda, reference)
berlin.mail(wire.KIND_OPENING)               # what came back, opened
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import officers
from songtor_hub.desks.desk import Desk, at_work
from songtor_hub.exchange.take_in import TakeIn
from songtor_hub.seats import directory
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import envelope as envelope_table
from songtor_hub.store.tables import task as task_table
from songtor_proto import reference
from songtor_proto.consent import Grant, record_digest, terms
from songtor_proto.envelope import compose, uuid7
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import SongtorError
from songtor_proto.minimise import keep
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import jurisdictions
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.directory_pb2 import KeyStatement
from songtor_proto.wire.payload_pb2 import (
    Contact,
    Demographics,
    Facts,
    Name,
    Payload,
    Place,
    Referral,
    Request,
    Threat,
)
from tests.support.correspondent import join

NEEDS = ("demographics", "place", "problems", "threat", "contact")
CANARY = "ดาวเรือง-ทดสอบ"  # a withheld or sealed word that no table and no log may hold


def facts() -> Facts:
    return Facts(
        case_code="B-0142",
        request=Request(text="ขอที่พักปลอดภัย", kinds=["protection"]),
        demographics=Demographics(sex="female", age_band="25-39", languages=["th"]),
        place=Place(city="Berlin", country="DE"),
        problems=["domestic_violence"],
        threats=[Threat(subject="client", dimension="social", level="red")],
        name=Name(thai=f"{CANARY} สมมติ"),
        contacts=[Contact(channel="phone", value="+49 30 000000", safe="เช้า")],
        narrative=f"{CANARY} เล่าว่า",
    )


class Partner:
    """A seat with keys of its own in the hub's directory; sends what it is told to, right or wrong."""

    def __init__(self, hub: Hub, seat: str) -> None:
        self.hub, self.seat, self.keys = hub, seat, join(hub, seat).keys
        self._take_in = TakeIn(hub.engine, hub.policy, hub.clock, os.urandom, None)

    @property
    def now_ms(self) -> int:
        return to_ms(self.hub.clock())

    def refer(
        self,
        to: str,
        *,
        purpose: str = "domestic_violence",
        said: Facts | None = None,
        categories: Collection[str] = NEEDS,
        further: Collection[str] = (),
        urgency: wire.Urgency.ValueType = wire.URGENCY_YELLOW,
        sight: bool = False,
        alone: bool = False,
        days: int = 90,
        again: str = "",
        part_of: bytes = b"",
    ) -> str:
        """A referral whose facts are cut to `categories` (`said` is sent as it is); gives the reference."""
        declared = {"case_code", "request", *categories}
        grant = self._grant(purpose, declared, {to, *further}, sight=sight, alone=alone, days=days)
        bounds = terms(grant, categories=declared, recipient=to, salt=os.urandom(32))
        identity = uuid7(self.now_ms, os.urandom)
        before = self.task(again) if again else None
        header = wire.Header(
            envelope_id=identity,
            kind=wire.KIND_REFERRAL,
            recipient=to,
            reference=before.reference if before else reference.new(self.seat, os.urandom),
            urgency=urgency,
            expires_ms=bounds.expires_ms,
            thread=before.thread if before else identity,
            task=identity,
            part_of=part_of,
            task_version=before.version + 1 if before else 1,
        )
        body = Payload(
            referral=Referral(facts=keep(facts(), declared) if said is None else said, referrer="client")
        )
        (header if to.startswith("TH-00") else body).terms.CopyFrom(bounds)
        self.submit(header, body)
        return header.reference

    def send(
        self,
        ref: str,
        kind: wire.Kind.ValueType,
        payload: Payload,
        *,
        state: wire.State.ValueType = wire.STATE_UNSPECIFIED,
    ) -> None:
        """A message about a task to its other end."""
        task = self.task(ref)
        header = wire.Header(
            envelope_id=uuid7(self.now_ms, os.urandom),
            kind=kind,
            recipient=task.recipient if task.referrer == self.seat else task.referrer,
            reference=task.reference,
            urgency=task.urgency,
            state=state,
            thread=task.thread,
            task=task.id,
        )
        self.submit(header, payload)

    def submit(self, header: wire.Header, payload: Payload) -> None:
        """Raises what the hub refuses."""
        header.sender, header.created_ms, header.signing_key_version = self.seat, self.now_ms, 1
        with reading(self.hub.engine) as connection:
            row = directory.latest(connection, header.recipient)
        assert row is not None
        header.sealing_key_version = row.version
        sealed = compose.seal(
            header,
            payload,
            signing_key=self.keys.signing,
            recipient_key=KeyStatement.FromString(row.statement).sealing_key,
            random=os.urandom,
        )
        (result,) = self._take_in.commit([self._take_in.admit(sealed, self.seat)])
        if isinstance(result, SongtorError):
            raise result

    def mail(self, kind: int = 0) -> list[tuple[wire.Header, Payload]]:
        """What the hub would hand out to this seat, opened; all kinds where none is named."""
        with reading(self.hub.engine) as connection:
            rows = connection.execute(
                select(envelope_table)
                .where(envelope_table.c.mailbox == self.seat, envelope_table.c.sealed.is_not(None))
                .order_by(envelope_table.c.sequence)
            ).all()
        found = []
        for row in rows:
            envelope = wire.Envelope(header=row.header, sealed=row.sealed, signature=row.signature)
            header = wire.Header.FromString(row.header)
            if kind in (0, header.kind):
                found.append((header, open_payload(envelope, header, self.keys.sealing)))
        return found

    def task(self, ref: str) -> Any:
        """The latest version of the seat's own row at the hub."""
        return row_of(self.hub, ref)

    def _grant(
        self, purpose: str, categories: set[str], to: set[str], *, sight: bool, alone: bool, days: int
    ) -> Grant:
        """Made by hand, so that a test can say more than a node would."""
        now = self.hub.clock()
        law = jurisdictions()[self.seat[:2]]
        return Grant(
            id="K-1",
            basis=wire.BASIS_VITAL_INTEREST if alone else wire.BASIS_CONSENT,
            jurisdiction=law.country,
            citation=law.consent_basis,
            purpose=purpose,
            categories=frozenset(categories),
            recipients=frozenset(to),
            liaison_sight=sight,
            given_at=now,
            expires_at=now + timedelta(days=days),
            record=record_digest({"shown": "…"}),
            confirm_by=now + timedelta(hours=24) if alone else None,
        )


def at(new_console: Callable[..., Hub], hub: Hub, desk: str, *, role: str = "") -> Desk:
    """The desk of a new officer; the centre's is its intake officer."""
    role = role or ("intake_officer" if desk == "tsda" else "desk_officer")
    code = f"{desk or 'no'}.{role.partition('_')[0]}".replace("_", "-")
    with writing(hub.engine) as connection:
        if code not in {officer.code for officer in officers.everyone(connection)}:
            officers.add(connection, code, desk, role, hub.vocabulary)
    return at_work(new_console(hub, code))


def row_of(hub: Hub, ref: str) -> Any:
    """The latest version's row of `task`."""
    with reading(hub.engine) as connection:
        return connection.execute(
            select(task_table)
            .where(task_table.c.reference == ref)
            .order_by(task_table.c.version.desc())
            .limit(1)
        ).one()


def state_of(hub: Hub, ref: str) -> str:
    return wire.State.Name(row_of(hub, ref).state)[6:].lower()
