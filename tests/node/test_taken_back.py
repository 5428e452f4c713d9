"""Taking back holds whatever crosses it: late commits, lost answers, held envelopes, a recipient who means
harm."""

from __future__ import annotations

import pytest

from songtor_node.alerts import Alert
from songtor_node.cases.models import Case
from songtor_node.referrals import acts, outbox, replies
from songtor_node.referrals.models import Copy, Outbox, Referral
from songtor_proto.envelope import uuid7
from songtor_proto.errors import LinkError
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.exchange_pb2 import Refusal, SubmitRequest, SubmitResult
from songtor_proto.wire.payload_pb2 import Confirmation, Facts, Payload, Request, Withdrawal
from songtor_proto.wire.payload_pb2 import Referral as Said
from tests.support.linked import LinkedNode, wish
from tests.support.pair import ALONE, Pair


def take_back(node: LinkedNode, reference: str) -> None:
    with node.act() as now:
        acts.withdraw(now, reference, person="client")


def own(node: LinkedNode, reference: str, kind: int) -> list[Outbox]:
    task = node.referral(reference).task
    return [row for row in node.rows(Outbox) if row.task == task and row.kind == kind]


def test_what_arrived_late_is_taken_back_as_soon_as_it_shows(pair: Pair) -> None:
    """W1, D8: offered, its answer lost, withdrawn; the hub commits it after it has said that it has nothing,
    and the recipient closes it. Whatever then comes of it is answered with the withdrawal."""
    berlin, taipei, line = pair.berlin, pair.taipei, pair.network.line
    reference = berlin.refer(to="TW-44")
    (row,) = own(berlin, reference, wire.KIND_REFERRAL)
    late = outbox.envelope(row)
    line.lose = {"submit": "request"}
    with pytest.raises(LinkError):
        berlin.sync()
    line.lose = {}
    take_back(berlin, reference)
    berlin.sync()
    line.exchange.submit("DE-02", SubmitRequest(envelopes=[late]))
    taipei.sync()
    with taipei.act() as now:
        replies.decline(now, reference, "no_capacity")
    for _ in range(2):
        taipei.sync()
        berlin.sync()
    taipei.sync()
    assert taipei.referral(reference).payload is None
    assert taipei.referral(reference).withdrawn_at is not None


def test_an_answer_to_what_was_taken_back_meanwhile_changes_nothing(pair: Pair) -> None:
    """W1, D8: the withdrawal was stored while the referral was on the line. Its receipt is no forgery, and
    what the hub refuses is not sealed again: nothing is left to be sealed."""
    berlin = pair.berlin
    reference = berlin.refer(to="TW-44")
    (row,) = own(berlin, reference, wire.KIND_REFERRAL)
    sent = SubmitRequest(envelopes=[outbox.envelope(row)])
    (result,) = pair.network.line.exchange.submit("DE-02", sent).results
    with berlin.act() as now:
        now.session.get_one(Outbox, row.sequence).offered = True
    take_back(berlin, reference)
    stale = SubmitResult(refusal=Refusal(code="peer.stale_key"))
    for answer in (result, stale):
        with berlin.act() as now:
            outbox.settle(now, now.session.get_one(Outbox, row.sequence), answer)
    assert [row.state for row in own(berlin, reference, wire.KIND_REFERRAL)] == ["recalled"]
    assert (berlin.state(reference), berlin.alerts()) == ("cancelled", set())
    berlin.sync()
    assert [row.state for row in own(berlin, reference, wire.KIND_WITHDRAWAL)] == ["sent"]


def test_a_withdrawal_waits_for_no_other_version(pair: Pair) -> None:
    """W1, L9: the next version, to somebody whose new key nobody has compared yet, holds up no withdrawal."""
    berlin, network = pair.berlin, pair.network
    reference = berlin.refer(to="TW-44")
    pair.meet()
    angeles = network.node("US-20")
    berlin.sync()
    (case,) = berlin.rows(Case)
    berlin.consent(case.code, recipients=["US-20"])
    with berlin.act() as now:
        acts.again(now, reference, wish(to="US-20"))
    network.nodes.remove(angeles)
    network.node("US-20", folder="US-20 anew")
    berlin.sync()
    assert "held" in {row.state for row in berlin.rows(Outbox)}
    first = next(one for one in berlin.rows(Referral) if one.version == 1)
    with berlin.act() as now:
        acts.withdraw_ground(now, first.ground, person="client")
    pair.meet()
    assert pair.taipei.rows(Referral)[0].payload is None


def test_a_reply_that_the_withdrawal_overtook_is_no_copy(pair: Pair) -> None:
    """W3, W5: what the hub then refuses of it is forgotten like all else that was said about the task."""
    reference = pair.refer()
    with pair.taipei.act() as now:
        replies.accept(now, reference)
        replies.start(now, reference)
    pair.taipei.sync()
    with pair.taipei.act() as now:
        replies.complete(now, reference, "assisted", words="ช่วยเหลือแล้ว", give=(), cleared=())
    take_back(pair.berlin, reference)
    pair.berlin.sync()
    pair.taipei.sync()
    pair.taipei.sync()
    assert pair.taipei.referral(reference).withdrawn_at is not None
    said = [row for row in pair.taipei.rows(Outbox) if row.kind == wire.KIND_STATUS]
    assert [row.state for row in said] == ["sent", "sent", "refused"]
    assert {(row.payload, row.sealed) for row in said} == {(None, b"")}


def test_the_evidence_of_an_alert_is_no_copy(pair: Pair) -> None:
    """W3, W5: what said more than its terms is kept as evidence, until its content is taken back."""
    facts = Facts(request=Request(text="ขอที่พัก"), religion="พุทธ")
    over = Payload(terms=pair.said_terms(), referral=Said(facts=facts))
    pair.deliver(pair.write(None, wire.KIND_REFERRAL, over))
    (about,) = pair.taipei.rows(Referral)
    assert [one for one in pair.taipei.rows(Alert) if about.task in one.evidence]
    taken = Payload(withdrawal=Withdrawal(reason="withdrawn"))
    pair.deliver(pair.write(about, wire.KIND_WITHDRAWAL, taken))
    assert not [one for one in pair.taipei.rows(Alert) if about.task in one.evidence]


def test_a_recipient_cannot_take_back_in_the_referrers_name(pair: Pair) -> None:
    """W4, C11: a recall receipt that nobody asked for is noted, and cancels nothing."""
    reference = pair.refer()
    task = pair.berlin.referral(reference).task
    said = wire.Recall(envelope_id=task, place="node", result=wire.RECALL_RESULT_DESTROYED)
    with pair.taipei.act() as now:
        outbox.post(now, now.session.get_one(Referral, task), wire.KIND_RECALL_RECEIPT, None, recalls=[said])
    pair.meet()
    pair.meet()
    referral = pair.berlin.referral(reference)
    assert (pair.berlin.state(reference), referral.withdrawn_at) == ("received", None)
    assert referral.payload is not None


def test_many_copies_are_told_in_more_than_one_envelope(pair: Pair) -> None:
    """P3, W4: however many copies others say there are, a withdrawal is obeyed and each is told of."""
    reference = pair.refer()
    task = pair.taipei.referral(reference).task
    with pair.taipei.act() as now:
        for number in range(150):
            copy = uuid7(to_ms(now.now) + number, now.random)
            now.session.add(Copy(task=task, envelope_id=copy, place="node" * 6, result=2, reason="r" * 24))
    take_back(pair.berlin, reference)
    pair.meet()
    pair.meet()
    assert pair.taipei.referral(reference).payload is None
    assert len(pair.berlin.rows(Copy)) == 151


def test_only_its_own_people_or_the_centre_stand_behind_a_disclosure(pair: Pair) -> None:
    """C7, C11: the recipient's word is no second person; unconfirmed it is recalled all the same."""
    reference = pair.berlin.refer(ALONE, to="TW-44", urgency="red")
    pair.meet()
    with pair.taipei.act() as now:
        there = now.session.get_one(Referral, pair.taipei.referral(reference).task)
        said = Payload(confirmation=Confirmation(role="caseworker"))
        outbox.post(now, there, wire.KIND_CONFIRMATION, said)
    pair.meet()
    assert pair.berlin.referral(reference).confirm_by is not None
    pair.network.pass_time(hours=25)
    pair.meet()
    assert pair.berlin.referral(reference).reason == "not_confirmed"


def test_the_comparison_is_not_put_off_by_what_cannot_leave(pair: Pair) -> None:
    """D9: while one envelope is held for its recipient's key, every other referral is still compared."""
    berlin, network = pair.berlin, pair.network
    open_one = pair.refer()
    angeles = network.node("US-20")
    berlin.sync()
    berlin.refer(to="US-20")
    network.nodes.remove(angeles)
    network.node("US-20", folder="US-20 anew")
    berlin.sync()
    assert "held" in {row.state for row in berlin.rows(Outbox)}
    with berlin.act() as now:
        now.session.get_one(Referral, berlin.referral(open_one).task).state = wire.STATE_ACCEPTED
    network.pass_time(days=1, minutes=1)
    berlin.sync()
    assert berlin.state(open_one) == "received"
    assert "peer.differs" in berlin.alerts()
