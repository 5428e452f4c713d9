"""What comes in: one effect each, nothing wrong believed, nothing wrong in the way of what follows."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from songtor_hub.desks import acts as desk_acts
from songtor_hub.desks.confirm import confirm
from songtor_hub.desks.opening import open_task
from songtor_node.cases.models import Case
from songtor_node.consents import acts as consents
from songtor_node.referrals import acts, history, inbox, outbox, replies
from songtor_node.referrals.models import Copy, Inbox, Outbox, Referral
from songtor_node.store.engine import reading
from songtor_proto.errors import ConsentError, EnvelopeError, LinkError
from songtor_proto.reference import new as new_reference
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Answer, Facts, Payload, Reminder, Request, Status
from songtor_proto.wire.payload_pb2 import Referral as Said
from tests.support.linked import LinkedNode, wish
from tests.support.pair import ALONE, Pair


def last(node: LinkedNode) -> Inbox:
    return node.rows(Inbox)[-1]


def test_the_same_envelope_again_is_one_effect(pair: Pair) -> None:
    """Row 18, D1: after a second, after a restart, after a month; and it is acknowledged again."""
    about = pair.berlin.referral(pair.refer())
    again = pair.write(about, wire.KIND_REMINDER, Payload(reminder=Reminder(text="ตามเรื่อง")))
    pair.deliver(again)
    before = len(pair.taipei.rows(Inbox))
    pair.deliver(again, again)
    pair.taipei.restart()
    pair.network.pass_time(days=31)
    pair.deliver(again)
    assert len(pair.taipei.rows(Inbox)) == before
    assert not pair.taipei.alerts()


def test_the_same_id_with_other_bytes_is_a_conflict_and_the_first_stays(pair: Pair) -> None:
    """Row 19, D4."""
    about = pair.berlin.referral(pair.refer())
    first = pair.write(about, wire.KIND_REMINDER, Payload(reminder=Reminder(text="หนึ่ง")))
    header = wire.Header.FromString(first.header)
    other = pair.write(
        about, wire.KIND_REMINDER, Payload(reminder=Reminder(text="สอง")), envelope_id=header.envelope_id
    )
    pair.deliver(first, other)
    assert "envelope.conflict" in pair.taipei.alerts()
    assert Payload.FromString(last(pair.taipei).payload or b"").reminder.text == "หนึ่ง"


def flipped(field: str) -> Callable[[wire.Envelope], wire.Envelope]:
    def flip(envelope: wire.Envelope) -> wire.Envelope:
        data = bytearray(getattr(envelope, field))
        data[len(data) // 2] ^= 1
        setattr(envelope, field, bytes(data))
        return envelope

    return flip


def of_nobody(envelope: wire.Envelope) -> wire.Envelope:
    return wire.Envelope(header=b"\xff" * 20, sealed=envelope.sealed, signature=envelope.signature)


@pytest.mark.parametrize(
    "break_it",
    [flipped("header"), flipped("sealed"), flipped("signature"), of_nobody],
    ids=["header", "sealed", "signature", "of nobody"],
)
def test_a_wrong_envelope_is_set_aside_and_stops_nothing(
    pair: Pair, break_it: Callable[[wire.Envelope], wire.Envelope]
) -> None:
    """Row 12: kept with an alert, without effect; the one after it has its effect."""
    reference = pair.refer()
    about = pair.berlin.referral(reference)
    wrong = break_it(
        pair.write(about, wire.KIND_STATUS, Payload(status=Status()), state=wire.STATE_CANCELLED)
    )
    pair.deliver(wrong)
    assert last(pair.taipei).effect == "aside"
    assert pair.taipei.state(reference) == "received"
    assert pair.taipei.alerts()
    right = pair.write(about, wire.KIND_STATUS, Payload(status=Status()), state=wire.STATE_CANCELLED)
    pair.deliver(right)
    assert pair.taipei.state(reference) == "cancelled"


def test_another_seats_word_about_a_referral_is_not_believed(pair: Pair) -> None:
    """Row 13, row 29: only the two ends speak of a task, each in its own part."""
    reference = pair.refer()
    about = pair.berlin.referral(reference)
    stranger = pair.network.node("US-20")
    pair.taipei.sync()
    said = Payload(status=Status())
    foreign = pair.write(about, wire.KIND_STATUS, said, state=wire.STATE_CANCELLED, sender=stranger)
    not_theirs = pair.write(about, wire.KIND_STATUS, said, state=wire.STATE_ACCEPTED)
    pair.deliver(foreign, not_theirs)
    assert [row.code for row in pair.taipei.rows(Inbox)[-2:]] == ["envelope.not_found", "envelope.actor"]
    assert pair.taipei.state(reference) == "received"


def test_without_a_ground_the_receiving_node_refuses(pair: Pair) -> None:
    """Row 15: between nodes the terms are sealed, so this is the door; kept closed, rejected, reported."""
    bare = pair.write(None, wire.KIND_REFERRAL, Payload(referral=Said(facts=Facts(case_code="X"))))
    pair.deliver(bare)
    (referral,) = pair.taipei.rows(Referral)
    assert (referral.payload, referral.reason) == (None, "more_than_terms")
    assert pair.taipei.state(referral.reference) == "rejected"
    (answer,) = pair.taipei.rows(Outbox)
    assert answer.kind == wire.KIND_STATUS
    assert "consent.basis" in pair.taipei.alerts()


def test_more_than_its_terms_is_refused_reported_and_kept_closed(pair: Pair) -> None:
    """Row 16, M6: the recipient works out the same rule."""
    said = Said(facts=Facts(case_code="X", request=Request(text="ขอ"), address="Musterstraße 1"))
    wide = pair.write(None, wire.KIND_REFERRAL, Payload(terms=pair.said_terms(), referral=said))
    pair.deliver(wide)
    (referral,) = pair.taipei.rows(Referral)
    assert (referral.payload, last(pair.taipei).payload) == (None, None)
    assert referral.reason == "more_than_terms"
    with pytest.raises((ConsentError, EnvelopeError)), pair.taipei.act() as now:
        replies.accept(now, referral.reference)


def test_a_reply_beyond_the_purpose_stays_closed_but_its_state_counts(pair: Pair) -> None:
    """M8: what a recipient may not send back is not read; the referral is completed all the same."""
    reference = pair.refer()
    with pair.taipei.act() as now:
        replies.accept(now, reference)
        replies.start(now, reference)
    pair.meet()
    about = pair.berlin.referral(reference)
    too_much = Payload(status=Status(outcome="assisted", facts=Facts(religion="พุทธ")))
    with pair.taipei.act() as there:
        outbox.post(
            there,
            there.session.get_one(Referral, about.task),
            wire.KIND_STATUS,
            too_much,
            state=wire.STATE_COMPLETED,
        )
    pair.taipei.sync()
    pair.berlin.sync()
    assert pair.berlin.state(reference) == "completed"
    assert last(pair.berlin).payload is None
    assert "consent.more_than_terms" in pair.berlin.alerts()


def test_codes_of_a_newer_vocabulary_are_kept_and_shown_as_unknown(pair: Pair) -> None:
    """Row 31, E11: a kind, a state and a reason that nobody here knows are no error."""
    reference = pair.refer()
    about = pair.berlin.referral(reference)
    pair.deliver(
        pair.write(about, wire.Kind.ValueType(77), Payload(reminder=Reminder(text="?"))),
        pair.write(
            about, wire.KIND_STATUS, Payload(status=Status(reason="zz_new")), state=wire.State.ValueType(55)
        ),
    )
    rows = pair.taipei.rows(Inbox)[-2:]
    assert [row.effect for row in rows] == ["done", "done"]
    assert pair.taipei.state(reference) == "received"
    assert not pair.taipei.alerts()
    with pair.taipei.act() as now:
        told = [history.message_data(one, "en") for one in history.messages(now.session, about.task)]
    assert [one["kind"] for one in told[-2:]] == ["77", "status"]
    assert (told[-1]["state"], told[-1]["reason"]) == ("55", "zz_new")


def test_the_cursor_moves_with_the_effects_or_not_at_all(pair: Pair) -> None:
    """D6: a process that dies while it stores has stored nothing, and is handed the same again."""
    reference = pair.berlin.refer(to="TW-44")
    pair.berlin.sync()
    answer = pair.taipei.link.poll(pair.taipei.link.connect(), 0)
    with pytest.raises(ZeroDivisionError), pair.taipei.act() as now:
        for delivery in answer.deliveries:
            inbox.receive(now, delivery.envelope)
        raise ZeroDivisionError
    assert not pair.taipei.rows(Inbox)
    pair.taipei.restart()
    assert pair.taipei.sync().received == 1
    assert pair.taipei.state(reference) == "received"
    assert pair.taipei.sync().received == 0


def test_a_lost_acknowledgement_is_said_again(pair: Pair) -> None:
    """D7: the hub keeps what it relayed until it has the seat's word for it."""
    pair.berlin.refer(to="TW-44")
    pair.berlin.sync()
    pair.network.line.lose = {"acknowledge": "request"}
    with pytest.raises(LinkError):
        pair.taipei.sync()
    assert [row.acknowledged for row in pair.taipei.rows(Inbox)] == [False]
    pair.network.line.lose = {}
    pair.taipei.sync()
    assert [row.acknowledged for row in pair.taipei.rows(Inbox)] == [True]


def test_an_unknown_senders_envelope_waits_for_its_keys(pair: Pair) -> None:
    """K4: it is tried again once the directory has told who that is."""
    network = pair.network
    angeles = network.node("US-20")
    angeles.refer({"form": "written"}, to="TW-44")
    angeles.sync()
    pair.taipei.link.take(pair.taipei.link.poll(pair.taipei.link.connect(), 0))
    assert last(pair.taipei).code == "peer.unknown"
    pair.taipei.sync()
    assert last(pair.taipei).effect == "done"


def test_what_was_taken_back_while_it_waited_for_keys_raises_no_alarm(pair: Pair) -> None:
    """W3, K4: the hub's withdrawal came before the desk's keys were known; nothing is left to be tried."""
    network = pair.network
    angeles = network.node("US-20")
    angeles.refer({"form": "written"}, to="TW-44")
    angeles.sync()
    pair.taipei.link.take(pair.taipei.link.poll(pair.taipei.link.connect(), 0))
    with pair.taipei.act() as now:
        now.session.get_one(Inbox, last(pair.taipei).id).sealed = None
    pair.taipei.sync()
    assert pair.taipei.alerts() == {"peer.unknown"}


def test_an_answer_that_overtakes_the_receipt_proves_the_take_in(pair: Pair) -> None:
    """The receipt was lost, the desk has accepted: the node believes both, in the right order."""
    network, berlin = pair.network, pair.berlin
    reference = berlin.refer()
    network.line.lose = {"submit": "answer"}
    with pytest.raises(LinkError):
        berlin.sync()
    desk_acts.accept(network.desk("dwf"), reference)
    berlin.link.pull()
    assert berlin.state(reference) == "accepted"
    network.line.lose = {}
    berlin.sync()
    assert berlin.state(reference) == "accepted"
    assert {row.state for row in berlin.rows(Outbox)} == {"sent"}


def test_a_cancellation_that_crossed_an_acceptance_ends_cancelled_on_both_sides(pair: Pair) -> None:
    """The hub's order is the order."""
    reference = pair.refer()
    with pair.taipei.act() as now:
        replies.accept(now, reference)
    pair.taipei.sync()
    with pair.berlin.act() as now:
        acts.cancel(now, reference, "no_longer_needed")
    pair.meet()
    pair.meet()
    assert (pair.berlin.state(reference), pair.taipei.state(reference)) == ("cancelled", "cancelled")
    assert not pair.berlin.alerts() | pair.taipei.alerts()


def test_who_opened_it_when_and_for_what_is_told_to_the_node(pair: Pair) -> None:
    """A desk's opening reaches the node that sent it, and can be shown to the client."""
    berlin, network = pair.berlin, pair.network
    reference = berlin.refer()
    berlin.sync()
    open_task(network.desk("dwf"), reference)
    berlin.sync()
    with reading(berlin.node.engine) as session:
        ((row, opening),) = history.openings(session, [berlin.referral(reference).task])
    assert (row.sender, opening.role, opening.purpose) == ("TH-00/dwf", "desk_officer", "domestic_violence")


def test_withdrawal_destroys_at_the_recipient_and_the_receipt_comes_home(pair: Pair) -> None:
    """W3, W4, row 28: payload, messages and the case made of it are gone; the referrer has it in writing."""
    reference = pair.refer()
    with pair.taipei.act() as now:
        replies.accept(now, reference)
        replies.start(now, reference)
        replies.ask(now, reference, "ที่ไหน", cleared=())
    pair.meet()
    with pair.berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    pair.meet()
    there = pair.taipei.referral(reference)
    assert (there.payload, there.case_id, pair.taipei.state(reference)) == (None, None, "cancelled")
    assert not pair.taipei.rows(Case)
    kept = (wire.KIND_WITHDRAWAL, wire.KIND_RECALL_RECEIPT)
    assert not [row for row in pair.taipei.rows(Inbox) if row.payload and row.kind not in kept]
    assert not [row for row in pair.taipei.rows(Outbox) if row.payload and row.kind not in kept]
    (copy,) = pair.berlin.rows(Copy)
    assert (copy.place, copy.result) == ("node", wire.RECALL_RESULT_DESTROYED)
    with pytest.raises(ConsentError, match="withdrawn"), pair.taipei.act() as now:
        replies.read(now.session.get_one(Referral, there.task), now.now)


def test_a_duty_in_law_keeps_it_and_the_receipt_says_which(pair: Pair) -> None:
    """W4: kept by legal duty, with its code."""
    reference = pair.refer()
    with pair.taipei.act() as now:
        duty = next(iter(now.policy.duties_to_keep))
        replies.accept(now, reference)
        replies.hold(now, reference, duty)
    pair.meet()
    with pair.berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    pair.meet()
    (copy,) = pair.berlin.rows(Copy)
    assert (copy.result, copy.reason) == (wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY, duty)
    assert pair.taipei.rows(Case)


def test_a_duty_that_ends_destroys_what_waited_for_it(pair: Pair) -> None:
    """W4: released, what was taken back meanwhile is gone with its case, and the referrer is told."""
    reference = pair.refer()
    with pair.taipei.act() as now:
        replies.accept(now, reference)
        with pytest.raises(EnvelopeError, match="transition"):
            replies.release(now, reference)
        replies.hold(now, reference, "court_order")
    pair.meet()
    with pair.berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    pair.meet()
    assert pair.taipei.rows(Case)
    with pair.taipei.act() as now:
        replies.release(now, reference)
    pair.meet()
    assert (pair.taipei.rows(Case), pair.taipei.referral(reference).payload) == ([], None)
    (copy,) = pair.berlin.rows(Copy)
    assert (copy.result, copy.reason) == (wire.RECALL_RESULT_DESTROYED, "")


def test_withdrawal_follows_what_was_passed_on(pair: Pair) -> None:
    """W3, L10: the node takes back from the next, and the first learns what became of that copy too."""
    network, taipei = pair.network, pair.taipei
    angeles = network.node("US-20")
    taipei.sync()
    reference = pair.refer()
    with taipei.act() as now:
        _, case = replies.accept(now, reference)
        code = case.code
    taipei.consent(code, recipients=["US-20"])
    with taipei.act() as now:
        onward = acts.refer(now, code, wish(to="US-20"))
        part = onward.reference
    assert onward.part_of == pair.berlin.referral(reference).task
    network.sync_all()
    assert angeles.state(part) == "received"
    with pair.berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    network.sync_all(rounds=3)
    assert angeles.referral(part).payload is None
    assert {(copy.envelope_id, copy.result) for copy in pair.berlin.rows(Copy)} == {
        (pair.berlin.referral(reference).task, wire.RECALL_RESULT_DESTROYED),
        (onward.task, wire.RECALL_RESULT_DESTROYED),
    }


def test_what_may_no_longer_be_opened_is_destroyed_and_the_rest_still_travels(pair: Pair) -> None:
    """C4: expiry stops disclosure; status and outcome come home."""
    soon = (pair.network.clock() + timedelta(days=5)).date().isoformat()
    reference = pair.berlin.refer({"expires": soon}, to="TW-44")
    pair.meet()
    with pair.taipei.act() as now:
        replies.accept(now, reference)
        replies.start(now, reference)
    pair.meet()
    pair.network.pass_time(days=6)
    pair.meet()
    assert pair.taipei.referral(reference).payload is None
    with pair.taipei.act() as now:
        replies.complete(now, reference, "assisted", words="", give=(), cleared=())
    pair.meet()
    assert pair.berlin.referral(reference).outcome == "assisted"


def test_facts_that_come_after_the_end_stay_closed(pair: Pair) -> None:
    """C1, C4: whatever date its header has, an answer opens nothing once the referral's terms have ended."""
    soon = (pair.network.clock() + timedelta(days=5)).date().isoformat()
    reference = pair.berlin.refer({"expires": soon}, to="TW-44")
    pair.meet()
    pair.network.pass_time(days=6)
    about = pair.berlin.referral(reference)
    more = Payload(answer=Answer(text="ตามนี้", facts=Facts(request=Request(text="ขอที่พัก"))))
    with pair.taipei.act() as now:
        there = now.session.get_one(Referral, about.task)
        there.state, there.held_from = wire.STATE_ON_HOLD, wire.STATE_RECEIVED
    pair.deliver(pair.write(about, wire.KIND_ANSWER, more))
    assert (last(pair.taipei).code, last(pair.taipei).payload) == ("consent.expired", None)


def test_nobody_confirmed_so_it_is_recalled_by_itself(pair: Pair) -> None:
    """C11: red at night, one worker; a day later the node takes it back without anyone."""
    berlin = pair.berlin
    reference = berlin.refer(ALONE, to="TW-44", urgency="red")
    pair.meet()
    assert pair.taipei.referral(reference).confirm_by is not None
    pair.network.pass_time(hours=25)
    pair.meet()
    assert (berlin.state(reference), berlin.referral(reference).reason) == ("cancelled", "not_confirmed")
    assert pair.taipei.referral(reference).payload is None


def test_a_second_person_who_confirms_in_time_keeps_it_alive(pair: Pair) -> None:
    """C11: the recipient is told by an envelope, and nothing is recalled."""
    berlin = pair.berlin
    reference = berlin.refer(ALONE, to="TW-44", urgency="red")
    pair.meet()
    with berlin.act("anong") as now:
        ground, _, by = consents.find(
            now.session, berlin.referral(reference).ground, "anong", what="confirm", now=now.now
        )
        consents.confirm(now.session, ground, by=by, now=now.now)
    pair.meet()
    pair.network.pass_time(hours=25)
    pair.meet()
    assert berlin.state(reference) == "received"
    assert pair.taipei.referral(reference).confirm_by is None
    assert pair.taipei.referral(reference).payload is not None


def test_a_confirmation_that_waits_in_the_mail_is_heard_before_anything_is_recalled(pair: Pair) -> None:
    """C11: the centre confirmed in time; the node was off and learns of it late."""
    berlin, network = pair.berlin, pair.network
    reference = berlin.refer({**ALONE, "recipients": ["TH-00/tsda"]}, to="TH-00/tsda", urgency="red")
    berlin.sync()
    confirm(network.desk("tsda"), reference)
    network.pass_time(hours=40)
    berlin.sync()
    assert berlin.state(reference) == "received"
    assert berlin.referral(reference).confirm_by is None


def test_another_seats_task_id_is_set_aside(pair: Pair) -> None:
    """Row 19: an id that is taken by another's referral does not touch it, nor stop the mail."""
    reference = pair.refer()
    about = pair.berlin.referral(reference)
    stranger = pair.network.node("US-20")
    pair.taipei.sync()
    said = Payload(terms=pair.said_terms(), referral=Said(facts=Facts(case_code="X")))
    stolen = pair.write(
        None,
        wire.KIND_REFERRAL,
        said,
        sender=stranger,
        reference=new_reference("US-20", os.urandom),
        envelope_id=about.task,
        task=about.task,
        thread=about.task,
    )
    pair.deliver(stolen)
    assert (last(pair.taipei).effect, last(pair.taipei).code) == ("aside", "envelope.header")
    assert pair.taipei.referral(reference).peer == "DE-02"


def test_a_new_version_replaces_the_one_before_at_the_recipient(pair: Pair) -> None:
    """Row 30, L9: rejected and shared again under a wider consent, in the same thread and with the same
    reference."""
    reference = pair.refer()
    with pair.taipei.act() as now:
        replies.decline(now, reference, "not_enough_facts")
    pair.meet()
    assert pair.berlin.state(reference) == "rejected"
    with pair.berlin.act() as now:
        acts.again(now, reference, wish(to="TW-44", tick=frozenset({"name"})))
    pair.meet()
    versions = [row for row in pair.taipei.rows(Referral) if row.reference == reference]
    assert [row.version for row in sorted(versions, key=lambda row: row.version)] == [1, 2]
    assert pair.taipei.state(reference) == "received"
    said = Payload.FromString(pair.taipei.referral(reference).payload or b"").referral
    assert said.facts.name.thai == "ดาวเรือง สมมติ"


def test_an_open_version_is_cancelled_by_the_next(pair: Pair) -> None:
    """L9: graver danger: the open version ends as the new one arrives."""
    reference = pair.refer()
    with pair.berlin.act() as now:
        acts.again(now, reference, wish(to="TW-44", urgency="red"))
    pair.meet()
    states = {row.version: row.state for row in pair.taipei.rows(Referral)}
    assert states == {1: wire.STATE_CANCELLED, 2: wire.STATE_RECEIVED}


def test_sent_again_elsewhere_the_first_recipient_is_told(pair: Pair) -> None:
    """Row 30: re-routed by the node; nobody keeps an open referral that went to somebody else."""
    reference = pair.refer()
    berlin = pair.berlin
    with berlin.act() as now:
        case = now.session.get_one(Case, berlin.referral(reference).case_id).code
    berlin.consent(case)
    with berlin.act() as now:
        acts.again(now, reference, wish())
    network = pair.network
    network.sync_all()
    assert pair.taipei.state(reference) == "cancelled"
    assert berlin.state(reference) == "received"


@pytest.mark.parametrize("agreed_to", [False, True])
def test_of_a_traced_person_nothing_is_told_before_they_agree(pair: Pair, agreed_to: bool) -> None:
    """C9: until then the answer is `not_found`, without a word or fact, whatever was found."""
    reference = pair.berlin.refer(
        {"categories": ("name", "demographics", "place")}, to="TW-44", purpose="tracing"
    )
    pair.meet()
    with pair.taipei.act() as now:
        replies.accept(now, reference)
        replies.start(now, reference)
        with pytest.raises(ConsentError, match="traced_person"):
            replies.fail(now, reference, "moved_away")
        replies.complete(
            now,
            reference,
            "person_found",
            words="สบายดี",
            give=(),
            cleared=(),
            traced_person_consented=agreed_to,
        )
    pair.meet()
    told = Payload.FromString(last(pair.berlin).payload or b"").status
    assert told.outcome == ("person_found" if agreed_to else "not_found")
    assert told.facts.narrative == ("สบายดี" if agreed_to else "")


def test_results_of_what_was_passed_on_are_rolled_up_without_saying_where(pair: Pair) -> None:
    """L10: nothing is reported while a part is open; then the part's result is in the report."""
    network, taipei = pair.network, pair.taipei
    reference = pair.refer()
    with taipei.act() as now:
        _, case = replies.accept(now, reference)
        replies.start(now, reference)
        code = case.code
    taipei.consent(code)
    with taipei.act() as now:
        part = acts.refer(now, code, wish()).reference
    network.sync_all()
    with pytest.raises(EnvelopeError, match="parts_open"), taipei.act() as now:
        replies.complete(now, reference, "assisted", words="", give=(), cleared=())
    desk_acts.reject(network.desk("dwf"), part, "no_capacity")
    network.sync_all()
    with taipei.act() as now:
        replies.complete(now, reference, "partly_assisted", words="", give=(), cleared=())
    network.sync_all()
    (result,) = Payload.FromString(last(pair.berlin).payload or b"").status.parts
    assert (result.state, result.reason) == (wire.STATE_REJECTED, "no_capacity")
