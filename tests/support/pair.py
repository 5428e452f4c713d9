"""Two nodes of one network, and what the one sends to the other, right or wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from songtor_node.keys import opening_key
from songtor_node.referrals import inbox
from songtor_node.referrals.models import Referral
from songtor_proto.consent import terms
from songtor_proto.envelope import uuid7
from songtor_proto.envelope.compose import seal
from songtor_proto.reference import new as new_reference
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Payload
from tests.support.grounds import agreed, scope
from tests.support.linked import LinkedNetwork, LinkedNode

ALONE = {
    "basis": "vital_interest",
    "categories": ("demographics", "place", "problems", "threat"),
    "harm": "ถูกขู่ฆ่าคืนนี้",
    "incapacity": "หมดสติ",
}
"""Red at night, one worker."""


class Pair:
    """Berlin refers to Taipei; `write` makes an envelope of Berlin's by hand, right or wrong."""

    def __init__(self, network: LinkedNetwork) -> None:
        self.network = network
        self.berlin, self.taipei = network.node("DE-02"), network.node("TW-44")
        self.berlin.sync()

    def refer(self) -> str:
        """Sent, and fetched by Taipei."""
        reference = self.berlin.refer(to="TW-44")
        self.meet()
        return reference

    def meet(self) -> None:
        self.berlin.sync()
        self.taipei.sync()
        self.berlin.sync()

    def write(
        self,
        about: Referral | None,
        kind: wire.Kind.ValueType,
        payload: Payload | None,
        *,
        state: wire.State.ValueType = wire.STATE_UNSPECIFIED,
        sender: LinkedNode | None = None,
        **fields: Any,
    ) -> wire.Envelope:
        """To Taipei, of a referral's or, where there is none, of a thread of its own."""
        sender = sender or self.berlin
        now_ms = to_ms(self.network.clock())
        own = uuid7(now_ms, os.urandom)
        header = wire.Header(
            envelope_id=own,
            kind=kind,
            sender=sender.seat,
            recipient="TW-44",
            reference=about.reference if about else new_reference("DE-02", os.urandom),
            urgency=wire.URGENCY_RED,
            state=state,
            created_ms=now_ms,
            thread=about.thread if about else own,
            task=about.task if about else own,
            task_version=0 if about else 1,
            expires_ms=0 if about else now_ms + 1000 * 3600,
            signing_key_version=1,
            sealing_key_version=1,
        )
        for name, value in fields.items():
            setattr(header, name, value)
        with sender.act() as now, self.taipei.act() as there:
            return seal(
                header,
                payload,
                signing_key=now.me.signing,
                recipient_key=opening_key(there.session, 1).public,
                random=os.urandom,
            )

    def deliver(self, *envelopes: wire.Envelope) -> None:
        with self.taipei.act() as now:
            for one in envelopes:
                inbox.receive(now, one)

    def said_terms(self, *categories: str, **more: Any) -> wire.Terms:
        grant = agreed(scope(recipients=frozenset({"TW-44"})))
        return terms(
            grant, categories={"case_code", "request", *categories}, recipient="TW-44", salt=bytes(32)
        )


@pytest.fixture
def pair(network: LinkedNetwork) -> Pair:
    return Pair(network)


@pytest.fixture
def east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine stands in Taipei, where the year 9999 ends eight hours early."""
    monkeypatch.setenv("TZ", "Asia/Taipei")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
