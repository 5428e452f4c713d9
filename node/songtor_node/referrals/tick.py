"""What happens by the clock, or because a ground changed. Rules C4, C7, C11 and W1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import exists
from sqlmodel import col, select

from songtor_node.consents.models import Consent
from songtor_node.referrals import outbox, recall
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Inbox, Referral
from songtor_node.workers import Worker
from songtor_proto.errors import PeerError
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Confirmation, Payload


def tick(act: Act, *, mail_read: bool) -> None:
    """May run at any time and any number of times. What cannot be said now (PeerError: a changed key) is next
    time. `mail_read`: only then is it known that no confirmation by the other side is on its way, and that
    the hub is of this clock's time, as its certificate is: nothing is destroyed by a clock alone."""
    for referral, ground in _resting_on_grounds(act):
        with suppress(PeerError), act.session.begin_nested():
            if ground.withdrawn_at is not None:
                recall.withdraw(act, referral, "withdrawn")
            elif referral.confirm_by is not None and ground.confirm_by is None:
                _tell_confirmed(act, referral, ground)
            elif mail_read and referral.confirm_by is not None and act.now >= referral.confirm_by:
                recall.withdraw(act, referral, "not_confirmed")
    if mail_read:
        for referral in _ended(act):
            recall.destroy(act, referral)


def _resting_on_grounds(act: Act) -> Iterator[tuple[Referral, Consent]]:
    query = (
        select(Referral, Consent)
        .join(Consent, col(Consent.code) == col(Referral.ground))
        .where(col(Referral.withdrawn_at).is_(None))
        .where(col(Consent.withdrawn_at).is_not(None) | col(Referral.confirm_by).is_not(None))
    )
    yield from act.session.exec(query).all()


def _tell_confirmed(act: Act, referral: Referral, ground: Consent) -> None:
    referral.confirm_by = None
    if not outbox.stands(act, referral):
        return
    second = act.session.get(Worker, ground.confirmed_by) if ground.confirmed_by else None
    said = Payload(confirmation=Confirmation(role=second.role if second else ""))
    outbox.post(act, referral, wire.KIND_CONFIRMATION, said)


def _ended(act: Act) -> list[Referral]:
    """What came here and may no longer be opened, read or sealed."""
    sealed = exists().where(
        col(Inbox.task) == Referral.task,
        col(Inbox.kind).not_in(outbox.KEPT_KINDS),
        col(Inbox.sealed).is_not(None),
    )
    query = select(Referral).where(
        col(Referral.outgoing).is_(False),
        col(Referral.payload).is_not(None) | sealed,
        col(Referral.expires_at) <= act.now,
        Referral.hold == "",
    )
    return list(act.session.exec(query))
