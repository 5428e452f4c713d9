"""Withdrawal: destroyed at once, asked for onward, told to whoever withdrew. Rules C11, W1 to W5."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_hub.store.tables import task
from songtor_proto.envelope.check import read_header, verify
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import ConsentError
from songtor_proto.times import to_ms
from songtor_proto.wire.envelope_pb2 import (
    BASIS_VITAL_INTEREST,
    KIND_OPENING,
    KIND_QUESTION,
    KIND_RECALL_RECEIPT,
    KIND_STATUS,
    KIND_WITHDRAWAL,
    RECALL_RESULT_DESTROYED,
    RECALL_RESULT_KEPT_BY_LEGAL_DUTY,
    RECALL_RESULT_NOT_REACHED,
    STATE_ACCEPTED,
    STATE_COMPLETED,
    STATE_IN_PROGRESS,
    STATE_REJECTED,
    URGENCY_RED,
    Envelope,
    Recall,
)
from songtor_proto.wire.exchange_pb2 import Delivery
from tests.support.correspondent import DAY_MS, header_of, join, terms_to
from tests.support.post import Post


def told(deliveries: Sequence[Delivery]) -> list[dict[bytes, tuple[str, int, str]]]:
    """What each recall receipt among them says: by copy, its place, result and reason."""
    headers = [header_of(delivery.envelope) for delivery in deliveries]
    return [
        {one.envelope_id: (one.place, one.result, one.reason) for one in header.recalls}
        for header in headers
        if header.kind == KIND_RECALL_RECEIPT
    ]


def copy_of(envelope: Envelope) -> bytes:
    return header_of(envelope).envelope_id


def shared(post: Post) -> tuple[Envelope, Envelope, Envelope]:
    """Berlin's referral to the centre, routed on to a desk and to the node in Taipei."""
    now_ms = to_ms(post.clock())
    sent = post.berlin.refer(post.centre, given=terms_to("TH-00/tsda", now_ms))
    post.send(sent)
    part = post.centre.refer(post.dwf, part_of=sent)
    onward = post.centre.refer(post.taipei, part_of=sent)
    post.act(part)
    post.act(onward)
    return sent, part, onward


def test_withdrawn_means_destroyed_everywhere_in_the_hub(post: Post) -> None:
    """W1, W2: in the transaction that takes it in; all parts end, and only tombstones remain (W5)."""
    sent, part, onward = shared(post)
    opening = post.centre.reply(sent, KIND_OPENING, post.berlin)
    post.act(opening)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.centre))
    for envelope in (sent, part, onward):
        row = post.stored(envelope)
        assert row.sealed is None
        assert (row.header, row.signature) == (envelope.header, envelope.signature)
        assert post.state(envelope) == "CANCELLED"
        assert post.task(envelope).withdrawn_ms == row.destroyed_ms
    assert post.stored(opening).sealed is not None


def test_a_closed_task_stays_closed_and_is_destroyed_all_the_same(post: Post) -> None:
    """W1: possible in every state; the outcome is not rewritten."""
    sent = post.berlin.refer(post.dwf)
    post.send(sent)
    for state in (STATE_ACCEPTED, STATE_IN_PROGRESS, STATE_COMPLETED):
        post.act(post.dwf.reply(sent, KIND_STATUS, post.berlin, state=state))
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.dwf))
    assert post.state(sent) == "COMPLETED"
    assert post.stored(sent).sealed is None


def test_nothing_more_is_said_about_a_withdrawn_task(post: Post) -> None:
    """W1: a late question is refused, and reaches nobody."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.taipei))
    late = post.send(post.taipei.reply(sent, KIND_QUESTION, post.berlin))
    assert late.refusal.code == "envelope.transition"
    headers = [header_of(delivery.envelope) for delivery in post.fetch(post.taipei)]
    assert [header.kind for header in headers] == [KIND_WITHDRAWAL]


def test_what_is_taken_back_while_a_desk_opens_it_stays_closed(post: Post) -> None:
    """C1, W1: the opening is committed before anything is shown, and a withdrawal before it refuses it."""
    sent, part, _ = shared(post)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.centre))
    for opening in (
        post.centre.reply(sent, KIND_OPENING, post.berlin),
        post.dwf.reply(sent, KIND_OPENING, post.berlin, part_of=copy_of(part)),
    ):
        with pytest.raises(ConsentError, match=r"consent\.withdrawn"):
            post.act(opening)


def test_the_onward_node_is_told_and_the_receipt_lists_every_copy(post: Post) -> None:
    """W3, W4: first at once, with what was not reached; again when its fate is known."""
    sent, part, onward = shared(post)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.centre))
    assert post.exchange.tick() == {"DE-02", "TW-44"}
    assert post.exchange.tick() == set()

    asked = post.fetch(post.taipei)[-1].envelope
    header = read_header(asked)
    verify(asked, post.hub.signing_key().public)
    assert (header.kind, header.sender, header.task) == (KIND_WITHDRAWAL, "TH-00", copy_of(onward))
    assert open_payload(asked, header, post.taipei.keys.sealing).withdrawal.reason == "withdrawn"

    destroyed = ("desk", RECALL_RESULT_DESTROYED, "")
    first = {
        copy_of(sent): destroyed,
        copy_of(part): destroyed,
        copy_of(onward): ("node", RECALL_RESULT_NOT_REACHED, ""),
    }
    assert told(post.fetch(post.berlin)) == [first]

    gone = [Recall(envelope_id=copy_of(onward), place="node", result=RECALL_RESULT_DESTROYED)]
    assert post.send(
        post.taipei.reply(onward, KIND_RECALL_RECEIPT, post.named("TH-00"), recalls=gone)
    ).receipt
    assert post.exchange.tick() == {"DE-02"}
    assert told(post.fetch(post.berlin))[-1] == first | {
        copy_of(onward): ("node", RECALL_RESULT_DESTROYED, "")
    }
    assert post.exchange.tick() == set()


def test_what_a_duty_keeps_is_kept_and_said(post: Post) -> None:
    """W4: the content under legal hold stays, closed, and the receipt names the duty."""
    sent, part, _ = shared(post)
    with writing(post.hub.engine) as connection:
        connection.execute(update(task).where(task.c.id == copy_of(part)).values(legal_hold="court_order"))
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.centre))
    post.exchange.tick()
    assert post.stored(part).sealed == part.sealed
    assert post.state(part) == "CANCELLED"
    (list_,) = told(post.fetch(post.berlin))
    assert list_[copy_of(part)] == ("desk", RECALL_RESULT_KEPT_BY_LEGAL_DUTY, "court_order")
    post.pass_time(days=100)
    post.exchange.tick()
    assert post.stored(part).sealed == part.sealed


def test_between_two_nodes_the_recipient_answers(post: Post) -> None:
    """W3: the hub destroys what it still holds, relays, and says nothing of its own."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.taipei))
    assert post.exchange.tick() == set()
    assert post.stored(sent).sealed is None
    gone = [Recall(envelope_id=copy_of(sent), place="node", result=RECALL_RESULT_DESTROYED)]
    post.send(post.taipei.reply(sent, KIND_RECALL_RECEIPT, post.berlin, recalls=gone))
    assert told(post.fetch(post.berlin)) == [{copy_of(sent): ("node", RECALL_RESULT_DESTROYED, "")}]


def test_only_the_holder_says_what_became_of_its_copy(post: Post) -> None:
    """W4: another seat's recall receipt is refused."""
    sent, _, onward = shared(post)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.centre))
    gone = [Recall(envelope_id=copy_of(onward), place="node", result=RECALL_RESULT_DESTROYED)]
    false = post.berlin.reply(onward, KIND_RECALL_RECEIPT, post.centre, recalls=gone)
    assert post.send(false).refusal.code == "envelope.not_found"


def test_unconfirmed_after_a_day_is_recalled_by_the_hub(post: Post) -> None:
    """C7, C11: nobody confirmed red at night; it ends as if withdrawn, with its parts, and that is told."""
    now_ms = to_ms(post.clock())
    alone = terms_to("TH-00/tsda", now_ms, basis=BASIS_VITAL_INTEREST, confirm_by_ms=now_ms + DAY_MS)
    alone.purpose = "emergency_protection"
    sent = post.berlin.refer(post.centre, urgency=URGENCY_RED, given=alone)
    assert post.send(sent).receipt
    onward = post.centre.refer(post.taipei, part_of=sent)
    post.act(onward)
    assert post.exchange.tick() == set()
    post.pass_time(hours=25)
    assert post.exchange.tick() == {"DE-02", "TW-44"}
    assert post.state(sent) == "CANCELLED"
    assert post.stored(sent).sealed is None
    asked = post.fetch(post.taipei)[-1].envelope
    opened = open_payload(asked, header_of(asked), post.taipei.keys.sealing)
    assert opened.withdrawal.reason == "not_confirmed"
    assert set(told(post.fetch(post.berlin))[0]) == {copy_of(sent), copy_of(onward)}
    post.pass_time(hours=25)
    assert post.exchange.tick() == set()


def test_a_revoked_holder_stays_not_reached(post: Post) -> None:
    """W4, K5: a revoked owner is sent nothing; it is asked once it is back."""
    sent, _, onward = shared(post)
    with writing(post.hub.engine) as connection:
        registry.revoke(connection, "TW-44", to_ms(post.clock()), post.hub.random)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.centre))
    assert post.exchange.tick() == {"DE-02"}
    assert told(post.fetch(post.berlin))[0][copy_of(onward)][1] == RECALL_RESULT_NOT_REACHED
    with writing(post.hub.engine) as connection:
        registry.reinstate(connection, "TW-44", to_ms(post.clock()), post.hub.random)
    join(post.hub, "TW-44", version=2)
    assert post.exchange.tick() == {"TW-44"}


def test_many_copies_come_in_more_than_one_receipt(post: Post) -> None:
    """P3, W4: each header stays within its limit, and every copy is listed."""
    sent = post.berlin.refer(post.centre, given=terms_to("TH-00/tsda", to_ms(post.clock())))
    post.send(sent)
    parts = [post.centre.refer(post.dwf, part_of=sent) for _ in range(70)]
    for part in parts:
        post.act(part)
    post.act(post.dwf.reply(parts[0], KIND_STATUS, post.centre, state=STATE_REJECTED))
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.centre))
    post.exchange.tick()
    lists = told(post.fetch(post.berlin))
    assert [len(one) for one in lists] == [64, 7]
    assert post.state(parts[0]) == "REJECTED"
