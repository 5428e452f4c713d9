"""Taking in: one effect for each envelope, whatever comes twice, late, forged or out of turn."""

from __future__ import annotations

from typing import Any

import pytest

from songtor_hub.seats import registry
from songtor_hub.store.engine import reading, writing
from songtor_hub.translog.append import frontier
from songtor_hub.translog.read import stored_subtrees
from songtor_proto import receipts
from songtor_proto.envelope.check import digest
from songtor_proto.envelope.layout import signed_bytes
from songtor_proto.errors import EnvelopeError
from songtor_proto.times import to_ms
from songtor_proto.translog.entry import leaf, taken_in
from songtor_proto.translog.proof import check_inclusion, inclusion
from songtor_proto.wire.envelope_pb2 import (
    BASIS_VITAL_INTEREST,
    KIND_ANSWER,
    KIND_CONFIRMATION,
    KIND_OPENING,
    KIND_QUESTION,
    KIND_REMINDER,
    KIND_STATUS,
    KIND_WITHDRAWAL,
    STATE_ACCEPTED,
    STATE_CANCELLED,
    STATE_COMPLETED,
    STATE_IN_PROGRESS,
    STATE_RECEIVED,
    STATE_REJECTED,
    URGENCY_RED,
    Envelope,
    Header,
)
from songtor_proto.wire.exchange_pb2 import SubmitResult
from tests.support.correspondent import DAY_MS, Correspondent, header_of, join, terms_to
from tests.support.post import Post


def code(result: SubmitResult) -> str:
    return result.refusal.code


def test_a_receipt_is_the_hubs_word_and_the_log_holds_what_it_says(post: Post) -> None:
    """D2, T2, T3: the receipt verifies for its envelope, and with its salt the leaf is proven in the tree."""
    sent = post.berlin.refer(post.dwf)
    result = post.send(sent)
    body = receipts.check(result.receipt, sent, post.hub.signing_key().public)
    assert (result.state, body.state) == (STATE_RECEIVED, STATE_RECEIVED)
    with reading(post.hub.engine) as connection:
        tree = frontier(connection)
        path = inclusion(body.log_index, tree.size, stored_subtrees(connection))
    hash_ = leaf(taken_in(digest(sent)), body.log_salt)
    check_inclusion(hash_, body.log_index, tree.size, path, tree.root())


def test_the_same_envelope_again_after_a_second_a_restart_a_month(post: Post) -> None:
    """Row 18, D3: one effect, the identical receipt, the state of now; after expiry and destruction too."""
    sent = post.berlin.refer(post.dwf)
    first = post.send(sent)
    assert post.send(sent) == first
    post.act(post.dwf.reply(sent, KIND_STATUS, post.berlin, state=STATE_ACCEPTED))
    post.restart()
    post.pass_time(days=30)
    again = post.send(sent)
    assert (again.receipt, again.state) == (first.receipt, STATE_ACCEPTED)
    post.pass_time(days=100)
    post.exchange.tick()
    assert post.stored(sent).sealed is None
    assert post.send(sent).receipt == first.receipt
    post.send(post.berlin.reply(sent, KIND_WITHDRAWAL, post.dwf))
    assert (post.send(sent).receipt, post.send(sent).state) == (first.receipt, STATE_CANCELLED)


def test_twice_in_one_batch_is_once(post: Post) -> None:
    """D3: both get the one receipt, and one envelope is stored."""
    sent = post.berlin.refer(post.taipei)
    one, two = post.submit(sent, sent).results
    assert one == two
    assert len(post.fetch(post.taipei)) == 1


def test_the_same_id_with_other_bytes_is_a_conflict(post: Post, logged: list[Any]) -> None:
    """Row 19, D4: refused and alerted, the original kept, the rest of the batch taken in."""
    sent = post.berlin.refer(post.dwf)
    post.send(sent)
    header = header_of(sent)
    id_ = header.envelope_id
    other, third = (
        post.berlin.refer(post.dwf, envelope_id=id_, task=id_, thread=id_),
        post.berlin.refer(post.dwf),
    )
    refused, taken = post.submit(other, third).results
    assert code(refused) == "envelope.conflict"
    assert taken.receipt
    assert post.stored(sent).digest == digest(sent)
    assert [line["log_level"] for line in logged if line.get("what") == "conflict"] == ["critical"]


def test_nobody_takes_another_seats_id(post: Post) -> None:
    """D4: the id of another's envelope is refused as a conflict, and that one stays."""
    sent = post.berlin.refer(post.dwf)
    post.send(sent)
    header = header_of(sent)
    stolen = post.taipei.refer(
        post.dwf, envelope_id=header.envelope_id, task=header.task, thread=header.thread
    )
    assert code(post.send(stolen)) == "envelope.conflict"
    assert post.task(sent).referrer == "DE-02"


def test_what_is_refused_stops_nothing_else(post: Post) -> None:
    """D10: every envelope of a batch is answered on its own, in order."""
    good, forged, unknown = (post.berlin.refer(post.dwf) for _ in range(3))
    forged = Envelope(header=forged.header, sealed=forged.sealed, signature=bytes(64))
    stray = post.berlin.reply(unknown, KIND_STATUS, post.dwf, state=STATE_CANCELLED)
    results = post.submit(
        good, forged, stray, Envelope(header=b"\xff"), post.berlin.refer(post.taipei)
    ).results
    assert [code(result) for result in results] == [
        "",
        "envelope.signature",
        "envelope.not_found",
        "envelope.signature",
        "",
    ]


def test_nobody_sends_in_anothers_name(post: Post) -> None:
    """I1: the certificate's seat is the header's sender, or it is refused."""
    (result,) = post.submit(post.berlin.refer(post.dwf), seat="TW-44").results
    assert code(result) == "peer.sender"


@pytest.mark.parametrize("part", ["header", "sealed", "signature"])
def test_a_flipped_bit_is_refused(post: Post, part: str) -> None:
    """Row 12, E8: whichever part it is in."""
    sent = post.berlin.refer(post.taipei)
    setattr(sent, part, getattr(sent, part)[:-1] + bytes([getattr(sent, part)[-1] ^ 1]))
    (result,) = post.submit(sent, seat="DE-02").results
    assert code(result).startswith("envelope.")
    assert not post.fetch(post.taipei)


def test_an_unknown_suite_or_version_is_refused(post: Post) -> None:
    """Row 14, E12: there is no negotiation, and no weaker way in."""
    sent = post.berlin.refer(post.taipei)
    for field in ("suite", "version"):
        header = header_of(sent)
        setattr(header, field, 2)
        assert code(post.send(_signed_anew(post.berlin, header, sent.sealed))) == f"envelope.{field}"


def test_a_key_that_the_directory_does_not_know_signs_nothing(post: Post) -> None:
    """K1: a version that was never published is refused."""
    assert code(post.send(post.berlin.refer(post.dwf, signing_key_version=2))) == "peer.key_unknown"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"expires_ms": -1}, "consent.expiry"),
        ({"recipients": ["TH-00/dcy"]}, "consent.recipient"),
        ({"purpose": "older_person"}, "consent.recipient"),
        ({"purpose": "unheard_of"}, "consent.purpose"),
        ({"categories": ["case_code", "religion", "request"]}, "consent.categories"),
        ({"basis": 0}, "consent.basis"),
        ({"consent_digest": b""}, "consent.digest"),
    ],
)
def test_terms_that_do_not_carry_it_are_refused_at_the_door(
    post: Post, change: dict[str, Any], refusal: str
) -> None:
    """Row 15, C2: a referral to a desk without a ground that fits is not taken in."""
    now_ms = to_ms(post.clock())
    if "expires_ms" in change:
        change = {"expires_ms": now_ms + DAY_MS}
    sent = post.berlin.refer(post.dwf, given=terms_to("TH-00/dwf", now_ms, **change))
    assert code(post.send(sent)) == refusal


def test_without_terms_nothing_comes_to_a_desk(post: Post) -> None:
    """C1: no ground, no way in; of a withdrawn consent the node makes no terms."""
    sent = post.berlin.refer(post.dwf)
    header = header_of(sent)
    header.ClearField("terms")
    assert code(post.send(_signed_anew(post.berlin, header, sent.sealed))) == "consent.missing"


def test_the_wrong_clock_and_the_expired_are_refused(post: Post) -> None:
    """P6: made more than ten minutes ahead, or past its end; a late one that still holds is welcome."""
    early = post.berlin.refer(post.taipei, created_ms=to_ms(post.clock()) + 11 * 60_000)
    assert code(post.send(early)) == "envelope.created"
    late, ended = post.berlin.refer(post.taipei), post.berlin.refer(post.taipei)
    post.pass_time(days=80)
    assert post.send(late).receipt
    post.pass_time(days=11)
    assert code(post.send(ended)) == "envelope.expired"


def test_only_who_is_there_can_be_sent_to(post: Post) -> None:
    """A1, K1: not a seat without keys, not a vacant one, not a desk that nobody keeps, not the hub itself."""
    nobody = map(post.named, ("US-18", "ZZ-31", "TH-00"))
    results = [code(post.send(post.berlin.refer(to))) for to in nobody]
    assert results == ["peer.recipient", "peer.recipient", "envelope.header"]


def test_a_revoked_seat_sends_and_gets_nothing(post: Post) -> None:
    """Row 8, I10: also where it was admitted before and revoked before the commit."""
    sent, earlier = post.berlin.refer(post.taipei), post.berlin.refer(post.taipei)
    receipt = post.send(earlier).receipt
    admitted = post.desks.admit(sent, "DE-02")
    with writing(post.hub.engine) as connection:
        registry.revoke(connection, "DE-02", to_ms(post.clock()), post.hub.random)
    (outcome,) = post.desks.commit([admitted])
    assert str(outcome) == "peer.revoked"
    assert [code(result) for result in post.submit(sent, earlier).results] == ["peer.revoked"] * 2
    assert code(post.send(post.taipei.refer(post.berlin))) == "peer.recipient"
    with writing(post.hub.engine) as connection:
        registry.reinstate(connection, "DE-02", to_ms(post.clock()), post.hub.random)
    assert receipt


def test_a_newer_sides_kinds_and_states_are_relayed_as_they_are(post: Post) -> None:
    """Row 31, E11: a code that this hub does not know is carried, and no task moves for it."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    kind = post.taipei.reply(sent, 42, post.berlin)
    state = post.taipei.reply(sent, KIND_STATUS, post.berlin, state=77)
    assert all(result.receipt for result in post.submit(kind, state).results)
    assert [delivery.envelope for delivery in post.fetch(post.berlin)] == [kind, state]
    assert post.state(sent) == "RECEIVED"


def test_nobody_skips_a_state_or_sets_anothers(post: Post) -> None:
    """Row 29, L3 to L8: the task stays where it is."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    skipped = post.taipei.reply(sent, KIND_STATUS, post.berlin, state=STATE_COMPLETED)
    usurped = post.berlin.reply(sent, KIND_STATUS, post.taipei, state=STATE_ACCEPTED)
    assert code(post.send(skipped)) == "envelope.transition"
    assert code(post.send(usurped)) == "envelope.actor"
    assert post.state(sent) == "RECEIVED"
    assert len(post.fetch(post.berlin)) == 0


def test_anothers_referral_is_not_there(post: Post, logged: list[Any]) -> None:
    """Row 27: who is no party hears the same as of a task that does not exist, and it is logged."""
    sent, never = post.berlin.refer(post.dwf), post.berlin.refer(post.dwf)
    post.send(sent)
    answers = [
        post.send(post.taipei.reply(about, kind, to, state=state)).refusal
        for about in (sent, never)
        for to in (post.berlin, post.dwf)
        for kind, state in ((KIND_STATUS, STATE_CANCELLED), (KIND_REMINDER, 0), (KIND_WITHDRAWAL, 0))
    ]
    assert {(answer.code, answer.field) for answer in answers} == {("envelope.not_found", "task")}
    assert len([line for line in logged if line["event"] == "envelope.refused"]) == len(answers)
    assert post.state(sent) == "RECEIVED"


def test_question_and_answer_return_to_where_it_was(post: Post) -> None:
    """L4, L5: on hold until the referrer answers."""
    sent = post.berlin.refer(post.taipei)
    post.send(sent)
    post.send(post.taipei.reply(sent, KIND_STATUS, post.berlin, state=STATE_ACCEPTED))
    post.send(post.taipei.reply(sent, KIND_QUESTION, post.berlin))
    assert post.state(sent) == "ON_HOLD"
    assert post.send(post.berlin.reply(sent, KIND_ANSWER, post.taipei)).state == STATE_ACCEPTED
    assert post.task(sent).held_from is None


def test_the_first_response_counts(post: Post) -> None:
    """L3, L4: the recipient's first act on it is noted; a reminder and an opening are none."""
    sent = post.berlin.refer(post.dwf)
    post.send(sent)
    post.send(post.berlin.reply(sent, KIND_REMINDER, post.dwf))
    post.act(post.dwf.reply(sent, KIND_OPENING, post.berlin))
    assert post.task(sent).first_response_ms is None
    post.pass_time(minutes=5)
    post.act(post.dwf.reply(sent, KIND_STATUS, post.berlin, state=STATE_ACCEPTED))
    assert post.task(sent).first_response_ms == post.task(sent).updated_ms


def test_share_reject_share_again(post: Post) -> None:
    """Row 30, L9: each is a new version with the next number; the one before, if open, is cancelled."""
    first = post.berlin.refer(post.taipei)
    post.send(first)
    post.send(post.taipei.reply(first, KIND_STATUS, post.berlin, state=STATE_REJECTED))
    second = post.berlin.refer(post.taipei, before=first)
    third = post.berlin.refer(post.dwf, before=second)
    assert all(result.receipt for result in post.submit(second, third).results)
    assert [post.state(one) for one in (first, second, third)] == ["REJECTED", "CANCELLED", "RECEIVED"]
    skipped = post.berlin.refer(post.dwf, before=third, task_version=5)
    assert code(post.send(skipped)) == "envelope.task_version"
    assert code(post.send(post.berlin.refer(post.dwf, before=first))) == "envelope.task_version"
    own = header_of(post.taipei.refer(post.dwf)).reference
    stranger = post.taipei.refer(post.dwf, before=third, reference=own)
    assert code(post.send(stranger)) == "envelope.not_found"


def test_a_referral_bears_a_reference_of_its_own_seat(post: Post) -> None:
    """R1: under another's, a liaison or a desk would be shown the wrong one."""
    theirs = header_of(post.berlin.refer(post.dwf)).reference
    refused = post.send(post.taipei.refer(post.dwf, reference=theirs))
    assert (refused.refusal.code, refused.refusal.field) == ("envelope.header", "reference")


def test_a_part_is_the_recipients_to_pass_on(post: Post) -> None:
    """L10: routed on by the desk it came to; a rejected part leaves the parent where it is."""
    sent = post.berlin.refer(post.centre, given=terms_to("TH-00/tsda", to_ms(post.clock())))
    post.send(sent)
    part = post.centre.refer(post.dwf, part_of=sent)
    post.act(part)
    post.act(post.dwf.reply(part, KIND_STATUS, post.centre, state=STATE_REJECTED))
    assert (post.state(sent), post.state(part)) == ("RECEIVED", "REJECTED")
    assert post.task(part).root == post.task(sent).id
    foreign = post.taipei.refer(post.dwf, part_of=sent)
    assert code(post.send(foreign)) == "envelope.not_found"


def test_a_desks_envelope_goes_out_without_a_receipt(post: Post) -> None:
    """ADR 0007: the console commits with the same rules, and the node gets it."""
    sent = post.dwf.refer(post.berlin)
    assert post.act(sent).receipt == b""
    assert [delivery.envelope for delivery in post.fetch(post.berlin)] == [sent]
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        post.act(post.dwf.reply(sent, KIND_STATUS, post.berlin, state=STATE_IN_PROGRESS))


def test_a_group_sees_what_it_has_done_itself(post: Post) -> None:
    """D10: a message about a referral in the same batch finds it, in order."""
    sent = post.berlin.refer(post.taipei)
    cancel = post.berlin.reply(sent, KIND_STATUS, post.taipei, state=STATE_CANCELLED)
    one, two = post.submit(sent, cancel).results
    assert (one.state, two.state) == (STATE_RECEIVED, STATE_CANCELLED)
    assert post.state(sent) == "CANCELLED"


def test_a_second_person_confirms_in_time(post: Post) -> None:
    """C7, C11: the confirmation counts for the task, and comes too late after 24 hours."""
    now_ms = to_ms(post.clock())
    alone = terms_to("TH-00/dwf", now_ms, basis=BASIS_VITAL_INTEREST, confirm_by_ms=now_ms + DAY_MS)
    sent, late = (post.berlin.refer(post.dwf, urgency=URGENCY_RED, given=alone) for _ in range(2))
    post.submit(sent, late)
    assert not post.task(sent).confirmed
    post.send(post.berlin.reply(sent, KIND_CONFIRMATION, post.dwf))
    assert post.task(sent).confirmed
    post.pass_time(hours=25)
    assert code(post.send(post.berlin.reply(late, KIND_CONFIRMATION, post.dwf))) == "consent.expired"


def test_keys_that_were_replaced_after_a_revocation_sign_nothing_new(post: Post) -> None:
    """I10, D3: the revoked key's envelopes are refused, but what it sent in time still has its receipt."""
    sent, held_back = post.berlin.refer(post.taipei), post.berlin.refer(post.taipei)
    receipt = post.send(sent).receipt
    with writing(post.hub.engine) as connection:
        registry.revoke(connection, "DE-02", to_ms(post.clock()), post.hub.random)
        registry.reinstate(connection, "DE-02", to_ms(post.clock()), post.hub.random)
    join(post.hub, "DE-02", version=2)
    assert code(post.send(held_back)) == "peer.key_unknown"
    assert post.send(sent).receipt == receipt


def _signed_anew(sender: Correspondent, header: Header, sealed: bytes) -> Envelope:
    clear = header.SerializeToString()
    signature = sender.keys.signing.sign_raw(signed_bytes(clear, sealed))
    return Envelope(header=clear, sealed=sealed, signature=signature)
