"""A seat that is enrolled and means harm: it stops nobody else's work and learns of nobody else's."""

from __future__ import annotations

import pytest

from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_proto.envelope.check import digest
from songtor_proto.envelope.layout import signed_bytes
from songtor_proto.errors import EnvelopeError
from songtor_proto.receipts import sign_delivery
from songtor_proto.times import to_ms
from songtor_proto.wire.envelope_pb2 import (
    BASIS_VITAL_INTEREST,
    KIND_ANSWER,
    KIND_CONFIRMATION,
    KIND_RECALL_RECEIPT,
    KIND_STATUS,
    KIND_WITHDRAWAL,
    RECALL_RESULT_KEPT_BY_LEGAL_DUTY,
    STATE_ACCEPTED,
    STATE_RECEIVED,
    STATE_UNSPECIFIED,
    URGENCY_RED,
    Recall,
)
from songtor_proto.wire.exchange_pb2 import AcknowledgeRequest
from songtor_proto.wire.receipt_pb2 import Delivered, DeliveryReceipt
from tests.support.correspondent import DAY_MS, header_of, terms_to
from tests.support.post import Post

FUTURE = 99


@pytest.mark.parametrize("sender", ["\0", "DE-02\0", "nobody", ""])
def test_a_delivery_receipt_that_no_database_can_hold_fails_alone(post: Post, sender: str) -> None:
    """D7, D10: its names are addresses and its ids are ids, or it is refused before it meets others' work."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    said = DeliveryReceipt(
        seat="TW-44",
        delivered=[Delivered(sender=sender, envelope_id=header_of(sent).envelope_id, digest=digest(sent))],
        stored_ms=1,
        signing_key_version=1,
    )
    data, signature = sign_delivery(said, post.taipei.keys.signing)
    with pytest.raises(EnvelopeError, match=r"envelope\.receipt"):
        post.exchange.arrival("TW-44", AcknowledgeRequest(delivery_receipt=data, signature=signature))


@pytest.mark.parametrize(
    ("place", "reason"), [("node\0", ""), ("node", "\0"), ("Shelter Chiang Mai", ""), ("node", "r" * 3000)]
)
def test_what_became_of_a_copy_is_said_in_codes(post: Post, place: str, reason: str) -> None:
    """E2, W4: free text about a copy, or what no database can hold, is refused; others' mail goes through."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.taipei))
    kept = RECALL_RESULT_KEPT_BY_LEGAL_DUTY
    copy = Recall(envelope_id=header_of(sent).task, place="node", result=kept, reason="court_order")
    said = post.taipei.reply(sent, KIND_RECALL_RECEIPT, post.berlin, recalls=[copy])
    header = header_of(said)
    header.recalls[0].place, header.recalls[0].reason = place, reason
    said.header = header.SerializeToString()
    said.signature = post.taipei.keys.signing.sign_raw(signed_bytes(said.header, said.sealed))
    assert post.send(said).refusal.code == "envelope.header"


def test_nobody_learns_where_anothers_task_stands(post: Post) -> None:
    """D11, E11: an envelope of a kind of the future about a task that is not its sender's tells no state."""
    sent = post.berlin.refer(post.centre, given=terms_to("TH-00/tsda", to_ms(post.clock())))
    post.send(sent)
    part = post.centre.refer(post.dwf, part_of=sent)
    post.act(part)
    post.act(post.dwf.reply(part, KIND_STATUS, post.centre, state=STATE_ACCEPTED))
    probe = post.berlin.reply(part, FUTURE, post.taipei)
    assert post.send(probe).state == STATE_UNSPECIFIED
    assert post.send(probe).state == STATE_UNSPECIFIED
    own = post.berlin.reply(sent, FUTURE, post.centre)
    assert post.send(own).state != STATE_UNSPECIFIED


def test_a_withdrawal_counts_though_the_recipient_is_revoked(post: Post) -> None:
    """W1, W2: whoever holds the copy is out of the network; the hub destroys its own, and all parts end."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    part = post.taipei.refer(post.dwf, part_of=sent)
    post.send(part)
    with writing(post.hub.engine) as connection:
        registry.revoke(connection, "TW-44", to_ms(post.clock()), post.hub.random)
    assert post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.taipei)).receipt
    for one in (sent, part):
        assert (post.state(one), post.stored(one).sealed) == ("CANCELLED", None)


@pytest.mark.parametrize("kind", [KIND_WITHDRAWAL, KIND_CONFIRMATION, KIND_STATUS, KIND_ANSWER])
def test_a_state_of_the_future_opens_no_back_door(post: Post, kind: int) -> None:
    """E11, W1, C11: a known kind keeps to who may send it, whatever state it asks for: a stranger destroys
    nothing, confirms nothing, and is not read as the other side's word."""
    given = terms_to("TH-00/dwf", to_ms(post.clock()), basis=BASIS_VITAL_INTEREST)
    given.confirm_by_ms = to_ms(post.clock()) + DAY_MS
    sent = post.berlin.refer(post.dwf, given=given, urgency=URGENCY_RED)
    post.send(sent)
    forged = post.taipei.reply(sent, kind, post.dwf, state=FUTURE)
    assert post.send(forged).refusal.code == "envelope.not_found"
    assert post.stored(sent).sealed is not None
    assert (post.task(sent).confirmed, post.task(sent).withdrawn_ms) == (False, None)


def test_a_state_of_the_future_takes_no_task_out_of_the_hubs_sight(post: Post) -> None:
    """E11, W1: a referral begins a task and a withdrawal takes it back, whatever state they ask for; a status
    of the future moves nothing."""
    sent = post.berlin.refer(post.taipei, state=FUTURE)
    assert post.send(sent).state == STATE_RECEIVED
    assert post.send(post.taipei.reply(sent, KIND_STATUS, post.berlin, state=FUTURE)).state == STATE_RECEIVED
    assert post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.taipei, state=FUTURE)).receipt
    assert (post.state(sent), post.stored(sent).sealed) == ("CANCELLED", None)
