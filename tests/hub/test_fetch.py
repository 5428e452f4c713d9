"""Handing out: in order, to whom it is addressed, until they say that they have it. Rules D6, D7, D9, D11."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from songtor_hub.exchange.hand_out import MAX_BYTES
from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_proto.errors import EnvelopeError, PeerError
from songtor_proto.times import to_ms
from songtor_proto.wire.envelope_pb2 import KIND_STATUS, STATE_ACCEPTED, STATE_REJECTED
from songtor_proto.wire.exchange_pb2 import (
    AcknowledgeRequest,
    CompareOpenRequest,
    FetchRequest,
    GetStatusRequest,
)
from tests.support.correspondent import header_of
from tests.support.post import Post


def test_in_the_order_of_take_in_and_after_the_cursor(post: Post) -> None:
    """D6, P1: pages of at most 64, each from where the last one ended; all stays until acknowledged."""
    sent = [post.berlin.refer(post.taipei) for _ in range(70)]
    post.submit(*sent[:40])
    post.submit(*sent[40:])
    got, cursor, more = [], 0, True
    while more:
        page = post.exchange.fetch("TW-44", FetchRequest(after=cursor, limit=1000))
        assert len(page.deliveries) <= 64
        got += [delivery.envelope for delivery in page.deliveries]
        cursor, more = page.cursor, page.more
    assert got == sent
    assert post.exchange.fetch("TW-44", FetchRequest(after=cursor)).cursor == cursor
    assert len(post.exchange.fetch("TW-44", FetchRequest(limit=3)).deliveries) == 3


def test_a_page_stays_below_what_a_message_may_hold(post: Post) -> None:
    """P2: the largest envelopes come in more pages."""
    sent = [post.berlin.refer(post.taipei, text="ก" * 21_000) for _ in range(64)]
    post.submit(*sent[:32])
    post.submit(*sent[32:])
    page = post.exchange.fetch("TW-44", FetchRequest())
    assert page.more
    assert MAX_BYTES - 70_000 < page.ByteSize() < 4 * 1024 * 1024
    assert len(page.deliveries) + len(post.fetch(post.taipei, page.cursor)) == 64


def test_a_box_is_its_owners(post: Post) -> None:
    """Row 27: a seat sees what is addressed to it and nothing of others' or of desks'."""
    post.submit(post.berlin.refer(post.taipei), post.berlin.refer(post.dwf))
    assert not post.fetch(post.berlin)
    assert len(post.fetch(post.taipei)) == 1


def test_what_the_recipient_has_the_hub_deletes(post: Post) -> None:
    """D7: on its signed word; header, digest and receipt stay, and it is not handed out again."""
    sent = post.berlin.refer(post.taipei)
    receipt = post.send(sent).receipt
    deliveries = post.fetch(post.taipei)
    word = post.taipei.acknowledge(deliveries)
    assert post.exchange.acknowledge("TW-44", word).deleted == 1
    assert post.exchange.acknowledge("TW-44", word).deleted == 0
    row = post.stored(sent)
    assert (row.sealed, row.header, row.receipt) == (None, sent.header, receipt)
    assert row.delivered_ms == row.destroyed_ms
    assert not post.fetch(post.taipei)


def test_nobody_elses_word_deletes_anything(post: Post) -> None:
    """D7: not a forged one, not another seat's, not for other bytes."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    deliveries = post.fetch(post.taipei)
    word = post.taipei.acknowledge(deliveries)
    forged = AcknowledgeRequest(delivery_receipt=word.delivery_receipt, signature=bytes(64))
    with pytest.raises(EnvelopeError, match=r"envelope\.signature"):
        post.exchange.acknowledge("TW-44", forged)
    with pytest.raises(PeerError, match=r"peer\.sender"):
        post.exchange.acknowledge("DE-02", word)
    assert post.exchange.acknowledge("DE-02", post.berlin.acknowledge(deliveries)).deleted == 0
    deliveries[0].envelope.sealed += b"x"
    assert post.exchange.acknowledge("TW-44", post.taipei.acknowledge(deliveries)).deleted == 0
    assert post.fetch(post.taipei)[0].envelope == sent


def test_what_has_expired_is_not_handed_out(post: Post) -> None:
    """C4: not after its end, though its status still comes home; the clock then destroys the content."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    post.pass_time(days=91)
    assert not post.fetch(post.taipei)
    post.send(post.taipei.reply(sent, KIND_STATUS, post.berlin, state=STATE_ACCEPTED))
    assert len(post.fetch(post.berlin)) == 1
    assert post.stored(sent).sealed is not None
    post.exchange.tick()
    assert post.stored(sent).sealed is None


def test_a_revoked_seat_is_answered_nothing(post: Post) -> None:
    """Row 8, I10: whatever it asks."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    with writing(post.hub.engine) as connection:
        registry.revoke(connection, "TW-44", to_ms(post.clock()), post.hub.random)
    word = post.taipei.acknowledge([])
    asked: list[tuple[Any, Any]] = [
        (post.exchange.fetch, FetchRequest()),
        (post.exchange.acknowledge, word),
        (post.exchange.compare_open, CompareOpenRequest()),
        (post.exchange.get_status, GetStatusRequest(task=header_of(sent).task)),
    ]
    for method, request in asked:
        with pytest.raises(PeerError, match=r"peer\.revoked"):
            method("TW-44", request)


def test_both_ends_compare_what_is_open(post: Post) -> None:
    """D9: the same digest over ids and states means the same; else the hub says its list."""
    mine, closed = post.berlin.refer(post.taipei), post.berlin.refer(post.taipei)
    theirs = post.taipei.refer(post.berlin)
    post.submit(mine, closed)
    post.send(theirs)
    post.send(post.taipei.reply(closed, KIND_STATUS, post.berlin, state=STATE_REJECTED))
    listed = post.exchange.compare_open("DE-02", CompareOpenRequest()).tasks
    assert [one.task for one in listed] == sorted(header_of(one).task for one in (mine, theirs))
    digest = hashlib.sha256(b"".join(one.task + one.state.to_bytes(4, "big") for one in listed)).digest()
    answer = post.exchange.compare_open("DE-02", CompareOpenRequest(digest=digest))
    assert answer.same
    assert not answer.tasks


def test_where_a_task_stands_is_told_to_its_two_ends(post: Post) -> None:
    """D11, row 27: to a third seat there is no such task."""
    sent = post.berlin.refer(post.dwf)
    post.send(sent)
    post.act(post.dwf.reply(sent, KIND_STATUS, post.berlin, state=STATE_ACCEPTED))
    asked = GetStatusRequest(task=header_of(sent).task)
    assert post.exchange.get_status("DE-02", asked).state == STATE_ACCEPTED
    for seat, request in (("TW-44", asked), ("DE-02", GetStatusRequest(task=bytes(16)))):
        with pytest.raises(EnvelopeError, match=r"envelope\.not_found task"):
            post.exchange.get_status(seat, request)
