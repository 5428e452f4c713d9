"""What a hub that means harm hands out, or a clock says: nothing of it ends the node, hides what is its own
or destroys what it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from songtor_node import waiting
from songtor_node.alerts import Alert
from songtor_node.keeper import Keeper
from songtor_node.keys import opening_key
from songtor_node.referrals import acts, replies
from songtor_node.referrals.models import Copy, Inbox, Referral
from songtor_node.store.engine import reading
from songtor_node.workers import acting
from songtor_proto.envelope.layout import MAX_MS
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import SongtorError
from songtor_proto.identity.keys import SigningKey
from songtor_proto.translog.checkpoint import Checkpoint, sign
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.exchange_pb2 import Delivery, FetchResponse, GetCheckpointResponse
from songtor_proto.wire.payload_pb2 import Facts, Name, Payload, Request, Withdrawal
from songtor_proto.wire.payload_pb2 import Referral as Said
from tests.support.linked import LinkedNetwork, LinkedNode
from tests.support.pair import Pair
from tests.support.visitor import front_of, visitor

DAY = 24 * 3600 * 1000
SECONDS = 20
HIDDEN = "ดาวเรือง สมมติ"


def referred(pair: Pair, *categories: str, name: str = "", **fields: Any) -> wire.Envelope:
    facts = Facts(case_code="C-X", request=Request(text="ขอที่พัก"))
    if name:
        facts.name.CopyFrom(Name(thai=name))
    body = Payload(referral=Said(facts=facts), terms=pair.said_terms(*categories))
    return pair.write(None, wire.KIND_REFERRAL, body, **fields)


def keeps_on(node: LinkedNode, line: Any, reached: Callable[[], bool]) -> bool:
    """Whether `serve`'s line lives until that is so, and after it."""
    front = front_of(node.node)
    front.network = line
    keeper = Keeper(front)
    thread = Thread(target=keeper.run)
    thread.start()
    try:
        until = monotonic() + SECONDS
        while not reached() and thread.is_alive() and monotonic() < until:
            sleep(0.02)
        return reached() and thread.is_alive()
    finally:
        keeper.stop()
        thread.join(SECONDS)


def readable(node: LinkedNode) -> list[str]:
    """What whoever has the store's keys still reads in what is sealed there, in rows and in evidence."""
    kept = [
        wire.Envelope(header=row.header, sealed=row.sealed or b"", signature=row.signature)
        for row in node.rows(Inbox)
    ]
    kept += [wire.Envelope.FromString(one.evidence) for one in node.rows(Alert) if one.evidence]
    found = []
    for envelope in kept:
        header = wire.Header.FromString(envelope.header)
        if envelope.sealed:
            with node.act() as now:
                key = opening_key(now.session, header.sealing_key_version)
            found.append(open_payload(envelope, header, key).referral.facts.name.thai)
    return found


def test_an_envelope_of_the_year_9999_waits_aside(network: LinkedNetwork) -> None:
    """P6, D6: the line goes on, and what comes after it has its effect."""
    pair = Pair(network)
    poison = referred(pair, created_ms=MAX_MS - 1, expires_ms=MAX_MS)

    def handed_out(answer: FetchResponse) -> FetchResponse:
        if not answer.deliveries:
            answer.deliveries.append(Delivery(sequence=answer.cursor + 1, envelope=poison))
            answer.cursor += 1
        return answer

    network.line.change = {"fetch": handed_out}
    assert keeps_on(pair.taipei, network.line, lambda: bool(pair.taipei.rows(Inbox)))
    network.line.change = {}
    assert pair.taipei.alerts() == {"envelope.created"}
    right = referred(pair)
    pair.deliver(right)
    assert [row.effect for row in pair.taipei.rows(Inbox)] == ["aside", "done"]


def test_dates_beyond_a_calendar_break_no_page(network: LinkedNetwork, east: None) -> None:
    """P6, P8, C11: however far off a sender's dates are, Today and the lists are there, also east of
    Greenwich."""
    pair = Pair(network)
    far = referred(pair, created_ms=MAX_MS - DAY - 1000, expires_ms=MAX_MS)
    endless = referred(pair, name=HIDDEN, expires_ms=MAX_MS)
    terms = pair.said_terms()
    terms.confirm_by_ms = MAX_MS
    facts = Facts(case_code="C-X", request=Request(text="ขอที่พัก"))
    unconfirmed = pair.write(
        None,
        wire.KIND_REFERRAL,
        Payload(referral=Said(facts=facts), terms=terms),
        expires_ms=terms.expires_ms,
    )
    pair.deliver(far, endless, unconfirmed)
    who = visitor(pair.taipei.node, "malee", "en")
    references = [one.reference for one in pair.taipei.rows(Referral)]
    pages = ["/", "/referrals", "/referrals/incoming", *(f"/referrals/{one}" for one in references)]
    assert {path: who.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    assert max(one.expires_at for one in pair.taipei.rows(Referral)) < network.clock() + timedelta(days=366)


def test_what_came_too_early_for_a_slow_clock_is_taken_in_once_it_is_right(network: LinkedNetwork) -> None:
    """P6: no honest mail is lost to this side's own clock."""
    pair = Pair(network)
    reference = pair.berlin.refer(to="TW-44")
    pair.berlin.sync()
    slow = replace(pair.taipei.node, clock=lambda: network.clock() - timedelta(hours=1))
    right, pair.taipei.node = pair.taipei.node, slow
    pair.taipei.restart()
    pair.taipei.sync()
    assert [row.effect for row in pair.taipei.rows(Inbox)] == ["aside"]
    pair.taipei.node = right
    pair.taipei.restart()
    pair.taipei.sync()
    assert pair.taipei.state(reference) == "received"


def test_a_fault_that_nobody_foresaw_stops_nothing(network: LinkedNetwork) -> None:
    """D6: an envelope of which the effect cannot be stored is set aside, with an alert."""
    pair = Pair(network)
    beyond = referred(pair, urgency=wire.URGENCY_RED, created_ms=MAX_MS - 1, expires_ms=MAX_MS)
    later = replace(pair.taipei.node, clock=lambda: network.clock().replace(9999, 12, 31, 23, 55))
    with_act, pair.taipei.node = pair.taipei.node, later
    pair.deliver(beyond)
    pair.taipei.node = with_act
    (row,) = pair.taipei.rows(Inbox)
    assert (row.effect, row.code) == ("aside", "envelope.payload")


def test_a_log_larger_than_any_does_not_end_the_line(network: LinkedNetwork) -> None:
    """P9, T4: it is refused and told, as what is no checkpoint."""
    node = network.node("DE-02", synced=False)
    key = SigningKey.from_bytes(network.hub.keyring.get("signing_key"))

    def larger(answer: GetCheckpointResponse) -> GetCheckpointResponse:
        answer.checkpoint = sign(
            Checkpoint(f"{network.hub.network}/log", 9_300_000_000_000_000_000, bytes(32)), key
        )
        return answer

    network.line.change = {"get_checkpoint": larger}
    assert keeps_on(node, network.line, lambda: network.line.calls.get("fetch", 0) > 1)
    assert "peer.checkpoint" in node.alerts()


def test_whatever_a_hub_answers_the_line_tries_again(network: LinkedNetwork) -> None:
    """The end of the process would lock the store, and with it all pages, until somebody comes."""
    node = network.node("DE-02")

    def broken(answer: FetchResponse) -> FetchResponse:
        raise OverflowError

    network.line.change = {"fetch": broken}
    known = network.line.calls["fetch"]
    assert keeps_on(node, network.line, lambda: network.line.calls["fetch"] > known + 1)


def test_our_reference_in_anothers_referral_hides_nothing(network: LinkedNetwork) -> None:
    """R1: under a reference of this seat's own, from another, it is set aside; ours stays overdue on Today
    and can be cancelled."""
    pair = Pair(network)
    taipei = pair.taipei
    ours = taipei.refer(to="TH-00/dwf")
    taipei.sync()
    pair.deliver(referred(pair, reference=ours))
    assert taipei.alerts() == {"envelope.header"}
    network.pass_time(days=4)
    with reading(taipei.node.engine) as session:
        late = waiting.overdue(session, acting(session, "malee"), network.clock())
    assert [one.reference for one in late] == [ours]
    with taipei.act() as now:
        acts.cancel(now, ours, "no_longer_needed")


def test_a_clock_that_nobody_answered_destroys_nothing(network: LinkedNetwork) -> None:
    """C4, C11: a laptop that wakes in the year 2569 without a line keeps what came; with a line what has
    expired is destroyed."""
    pair = Pair(network)
    reference = pair.refer()
    ahead = timedelta(days=543 * 365)
    network.line.cut = True
    network.clock.ahead += ahead
    with pytest.raises(SongtorError):
        pair.taipei.sync()
    network.clock.ahead -= ahead
    network.line.cut = False
    pair.taipei.sync()
    assert replies.read(pair.taipei.referral(reference), network.clock()).facts.case_code
    for _ in range(5):
        network.pass_time(days=19)
        pair.meet()
    assert pair.taipei.referral(reference).payload is None


def test_what_said_more_than_its_terms_does_not_outlive_its_expiry(network: LinkedNetwork) -> None:
    """C4, M6: it stayed closed here, and its sealed bytes, which our key would open, end with its time."""
    pair = Pair(network)
    pair.deliver(referred(pair, name=HIDDEN))
    assert pair.taipei.rows(Referral)[0].reason == "more_than_terms"
    assert HIDDEN in readable(pair.taipei)
    network.pass_time(hours=2)
    pair.taipei.sync()
    assert readable(pair.taipei) == []
    assert pair.taipei.rows(Referral)[0].destroyed_at is not None


@pytest.mark.parametrize("categories", [("name",), ()], ids=["as agreed", "more than its terms"])
def test_a_referral_that_comes_after_its_withdrawal_is_not_kept(
    network: LinkedNetwork, categories: tuple[str, ...]
) -> None:
    """W3, W4: this node has told that it is destroyed; a hub that turned the two round makes it no liar."""
    pair = Pair(network)
    referral = referred(pair, *categories, name=HIDDEN)
    header = wire.Header.FromString(referral.header)
    withdrawal = pair.write(
        None,
        wire.KIND_WITHDRAWAL,
        Payload(withdrawal=Withdrawal(reason="withdrawn")),
        state=wire.STATE_CANCELLED,
        reference=header.reference,
        thread=header.thread,
        task=header.task,
        task_version=0,
        expires_ms=0,
    )
    pair.deliver(withdrawal, referral)
    assert [row.effect for row in pair.taipei.rows(Inbox)] == ["done", "crossed"]
    assert [copy.result for copy in pair.taipei.rows(Copy)] == [wire.RECALL_RESULT_DESTROYED]
    assert readable(pair.taipei) == []
    assert [row.payload for row in pair.taipei.rows(Inbox)][1] is None
    assert pair.taipei.alerts() == set()
