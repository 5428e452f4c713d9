"""Envelopes: layout, composing, checking, opening."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto import reference
from songtor_proto.envelope import check, layout, pae, uuid7
from songtor_proto.envelope.compose import pad, seal
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import EnvelopeError
from songtor_proto.identity.keys import seal_to
from songtor_proto.times import from_ms
from songtor_proto.wire.envelope_pb2 import (
    KIND_RECALL_RECEIPT,
    KIND_REFERRAL,
    KIND_REMINDER,
    KIND_STATUS,
    RECALL_RESULT_DESTROYED,
    STATE_ACCEPTED,
    SUITE_UNSPECIFIED,
    URGENCY_RED,
    Envelope,
    Header,
    Recall,
    Terms,
)
from songtor_proto.wire.payload_pb2 import Facts, Payload, Referral, Reminder, Request, Status
from tests.support.keys import owner, seeded

CREATED = 1_795_143_600_000
NODE, DESK, THIEF = owner("DE-02"), owner("TH-00/dwf"), owner("US-01")
ID = uuid7(CREATED, seeded("id"))
OTHER_ID = uuid7(CREATED, seeded("other"))


def referral(**changed: Any) -> Header:
    fields: dict[str, Any] = {
        "envelope_id": ID,
        "kind": KIND_REFERRAL,
        "sender": NODE.address,
        "recipient": DESK.address,
        "reference": reference.new("DE-02", seeded("reference")),
        "urgency": URGENCY_RED,
        "created_ms": CREATED,
        "expires_ms": CREATED + 1000,
        "thread": ID,
        "task": ID,
        "task_version": 1,
        "signing_key_version": 1,
        "sealing_key_version": 1,
        "terms": Terms(purpose="protection"),
    }
    return Header(**fields | changed)


def reminder(**changed: Any) -> Header:
    fields = {"kind": KIND_REMINDER, "task": OTHER_ID, "thread": OTHER_ID, "task_version": 0, "terms": None}
    return referral(**fields | changed)


def recall_receipt(**changed: Any) -> Header:
    recall = Recall(envelope_id=OTHER_ID, place="desk", result=RECALL_RESULT_DESTROYED)
    fields = {"kind": KIND_RECALL_RECEIPT, "sealing_key_version": 0, "recalls": [recall], "expires_ms": 0}
    return reminder(**fields | changed)


PAYLOAD = Payload(referral=Referral(facts=Facts(case_code="BER-7", request=Request(text="ขอที่พัก"))))
REMINDER = Payload(reminder=Reminder(text="?"))


def sealed(header: Header, payload: Payload | None = PAYLOAD) -> Envelope:
    return seal(
        header, payload, signing_key=NODE.signing, recipient_key=DESK.sealing.public, random=seeded("seal")
    )


ENVELOPE = sealed(referral())


def refusal(attempt: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(EnvelopeError) as caught:
        attempt()
    return caught.value.code.removeprefix("envelope."), caught.value.field


def take(envelope: Envelope) -> Payload:
    """All that a recipient does."""
    header = check.read_header(envelope)
    check.verify(envelope, NODE.signing.public)
    return open_payload(envelope, header, DESK.sealing)


def test_pae_is_the_dsse_specification_s_example() -> None:
    """The bytes under a signature are DSSE's (E8)."""
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae("ก", b"") == b"DSSEv1 3 \xe0\xb8\x81 0 "


def test_uuid7_is_rfc_9562_s_example() -> None:
    """Time, version, variant and random bits lie where RFC 9562, appendix A.6, has them (E4)."""
    random = (0xCC3 << 62 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    made = uuid7(0x017F22E279B0, lambda size: random[:size])
    assert UUID(bytes=made) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    assert layout.is_uuid7(made)


@given(st.integers(0, layout.MAX_MS), st.binary(min_size=10, max_size=10))
def test_uuid7_keeps_its_time_and_orders_by_it(now_ms: int, random: bytes) -> None:
    """Ids made later sort later, to the millisecond; the library agrees on version and variant (E4)."""
    made = UUID(bytes=uuid7(now_ms, lambda _: random))
    assert (made.version, made.variant, made.int >> 80) == (7, "specified in RFC 4122", now_ms)


def test_envelope_opens_for_its_recipient() -> None:
    """What was composed is what is read, and composing leaves the caller's header alone (E1, E7)."""
    header = referral()
    envelope = sealed(header)
    assert take(envelope) == PAYLOAD
    assert header == referral()
    read = check.read_header(envelope)
    assert (read.version, read.suite, len(read.commitment)) == (1, 1, 32)


def test_digest_covers_the_three_byte_strings() -> None:
    """A receipt's digest is SHA-256 over PAE and signature, byte for byte (E9)."""
    body = len(ENVELOPE.header).to_bytes(8, "big") + ENVELOPE.header + ENVELOPE.sealed
    kind = b"application/vnd.songtor.envelope.v1"
    encoded = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)
    assert check.digest(ENVELOPE) == hashlib.sha256(encoded + ENVELOPE.signature).digest()


@given(part=st.sampled_from(["header", "sealed", "signature"]), at=st.floats(0, 1, exclude_max=True))
def test_any_flipped_bit_is_refused(part: str, at: float) -> None:
    """One bit of header, sealed part or signature, anywhere: refused with a declared error (E8)."""
    data = bytearray(getattr(ENVELOPE, part))
    bit = int(at * len(data) * 8)
    data[bit // 8] ^= 1 << bit % 8
    changed = Envelope()
    changed.CopyFrom(ENVELOPE)
    setattr(changed, part, bytes(data))
    with pytest.raises(EnvelopeError):
        take(changed)
    # A sealed part or header that a thief signs anew does not open either: the header is HPKE's info.
    if part != "signature":
        with pytest.raises(EnvelopeError):
            open_payload(changed, check.read_header(ENVELOPE), DESK.sealing)


def test_captured_sealed_part_signed_by_another_seat_cannot_be_opened() -> None:
    """A thief's own header round a captured sealed part is another info: nobody can open that (E7)."""
    header = check.read_header(ENVELOPE)
    header.sender, header.envelope_id, header.task, header.thread = (
        THIEF.address,
        OTHER_ID,
        OTHER_ID,
        OTHER_ID,
    )
    clear = header.SerializeToString(deterministic=True)
    signature = THIEF.signing.sign_raw(layout.signed_bytes(clear, ENVELOPE.sealed))
    stolen = Envelope(header=clear, sealed=ENVELOPE.sealed, signature=signature)
    check.verify(stolen, THIEF.signing.public)
    assert refusal(lambda: open_payload(stolen, check.read_header(stolen), DESK.sealing)) == ("sealed", "")


def test_only_the_recipient_opens() -> None:
    """Not even the sender, and no other desk, opens what was sealed (E7)."""
    header = check.read_header(ENVELOPE)
    for key in (NODE.sealing, THIEF.sealing):
        assert refusal(partial(open_payload, ENVELOPE, header, key)) == ("sealed", "")


@pytest.mark.parametrize(
    ("version", "suite", "code"), [(0, 1, "version"), (2, 1, "version"), (1, 2, "suite")]
)
def test_unknown_version_or_suite_is_refused(version: int, suite: int, code: str) -> None:
    """A suite that this side does not know, or none, is never accepted (E2, E12)."""
    assert refusal(lambda: check.read_header(raw(version=version, suite=suite)))[0] == code
    assert refusal(lambda: check.read_header(raw(suite=SUITE_UNSPECIFIED)))[0] == "suite"


def raw(base: Header | None = None, extra: bytes = b"", **changed: Any) -> Envelope:
    """An envelope with a header that `seal` would not make; only its header is to be checked."""
    header: Any = Header()
    header.CopyFrom(base or check.read_header(ENVELOPE))
    for field, value in changed.items():
        header.ClearField(field)
        if isinstance(value, list):
            getattr(header, field).extend(value)
        elif isinstance(value, Terms):
            getattr(header, field).CopyFrom(value)
        else:
            setattr(header, field, value)
    return Envelope(
        header=header.SerializeToString() + extra, sealed=ENVELOPE.sealed, signature=ENVELOPE.signature
    )


NOT_V7 = ID[:6] + b"\x4f" + ID[7:]
BAD_FIELDS: list[tuple[str, Any]] = [
    ("envelope_id", b""),
    ("envelope_id", ID[:15]),
    ("envelope_id", NOT_V7),
    ("thread", b""),
    ("thread", OTHER_ID),
    ("task", NOT_V7),
    ("task", OTHER_ID),
    ("part_of", b"x"),
    ("part_of", ID),
    ("kind", 0),
    ("sender", ""),
    ("sender", "de-02"),
    ("sender", "DE-02/dwf"),
    ("recipient", "TH-00/"),
    ("recipient", "DE-02"),
    ("recipient", "TH-00/dwf "),
    ("reference", ""),
    ("reference", "DE02-0000-0001"),
    ("reference", check.read_header(ENVELOPE).reference.lower()),
    ("urgency", 0),
    ("created_ms", 0),
    ("created_ms", -1),
    ("created_ms", layout.MAX_MS + 1),
    ("expires_ms", 0),
    ("expires_ms", CREATED),
    ("expires_ms", layout.MAX_MS + 1),
    ("task_version", 0),
    ("thread", uuid7(CREATED, seeded("third"))),
    ("commitment", b""),
    ("commitment", bytes(31)),
    ("signing_key_version", 0),
    ("sealing_key_version", 0),
    ("recalls", [Recall(envelope_id=OTHER_ID, place="desk", result=RECALL_RESULT_DESTROYED)]),
]


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS)
def test_header_field_that_breaks_a_rule_is_named(field: str, value: Any) -> None:
    """Each field's bound is checked, and the refusal says which field, never its value (E2 to E6)."""
    assert refusal(lambda: check.read_header(raw(**{field: value}))) == ("header", field)


def test_new_version_of_a_referral_stays_in_its_thread() -> None:
    """Version 1 opens the thread; later ones point back to it (E2, L9)."""
    check.read_header(raw(task_version=2, thread=OTHER_ID))
    assert refusal(lambda: check.read_header(raw(task_version=2))) == ("header", "thread")


def test_terms_between_nodes_stay_inside() -> None:
    """From node to node the terms lie in the sealed part, where the hub cannot see the purpose (E2)."""
    assert refusal(lambda: check.read_header(raw(recipient="US-01"))) == ("header", "terms")
    between = Header()
    between.CopyFrom(check.read_header(ENVELOPE))
    between.ClearField("terms")
    check.read_header(raw(between, recipient="US-01"))


def test_status_must_say_a_state_and_other_kinds_open_no_task() -> None:
    """A status without a state asks for nothing; only a referral is its own task (E3, L1)."""
    status = sealed(reminder(kind=KIND_STATUS, state=STATE_ACCEPTED), Payload(status=Status()))
    base = check.read_header(status)
    assert refusal(lambda: check.read_header(raw(base, state=0))) == ("header", "state")
    assert refusal(lambda: check.read_header(raw(base, task=base.envelope_id))) == ("header", "task")
    assert refusal(lambda: check.read_header(raw(base, task_version=1))) == ("header", "task_version")


def test_only_a_recall_receipt_has_no_sealed_part() -> None:
    """A recall receipt has none and says so; every other kind has one (E6)."""
    receipt = sealed(recall_receipt(), None)
    assert receipt.sealed == b""
    header = check.read_header(receipt)
    check.verify(receipt, NODE.signing.public)
    assert header.recalls[0].place == "desk"
    assert refusal(lambda: sealed(recall_receipt(), REMINDER)) == ("header", "sealed")
    assert refusal(lambda: sealed(reminder(), None)) == ("header", "sealed")
    assert refusal(lambda: check.read_header(raw(header))) == ("header", "sealed")


@pytest.mark.parametrize(
    ("recall", "field"),
    [
        (Recall(envelope_id=b"x", place="hub", result=RECALL_RESULT_DESTROYED), "recalls.envelope_id"),
        (Recall(envelope_id=OTHER_ID, result=RECALL_RESULT_DESTROYED), "recalls.place"),
        (Recall(envelope_id=OTHER_ID, place="hub"), "recalls.result"),
    ],
)
def test_recall_must_say_what_became_of_which_copy(recall: Recall, field: str) -> None:
    """Each line of a recall receipt names a copy, a place and a result (E6, W4)."""
    assert refusal(lambda: sealed(recall_receipt(recalls=[recall]), None)) == ("header", field)


def test_codes_and_fields_of_a_newer_side_are_kept() -> None:
    """An unknown kind, urgency, state or field is read and kept, not refused (E11)."""
    header = check.read_header(raw(urgency=99, state=98, extra=b"\xfa\x3f\x03new"))
    assert (header.urgency, header.state) == (99, 98)
    assert b"new" in header.SerializeToString()
    newer = sealed(reminder(kind=77), Payload())
    assert open_payload(newer, check.read_header(newer), DESK.sealing) == Payload()


@pytest.mark.parametrize("smaller", range(len(layout.PADDED_SIZES)))
def test_payload_is_padded_to_exactly_five_sizes(smaller: int) -> None:
    """The largest payload of a class stays in it, one byte more goes to the next; 64 KiB is the end (E5)."""
    size = layout.PADDED_SIZES[smaller]
    room = size - 36
    assert len(pad(bytes(room), bytes(32))[0]) == size
    assert len(seal_to(DESK.sealing.public, pad(bytes(room), bytes(32))[0], b"")) in layout.SEALED_SIZES
    if size == layout.PADDED_SIZES[-1]:
        assert refusal(lambda: pad(bytes(room + 1), bytes(32))) == ("too_large", "payload")
    else:
        assert len(pad(bytes(room + 1), bytes(32))[0]) == layout.PADDED_SIZES[smaller + 1]


def test_largest_payload_travels_and_one_byte_more_does_not() -> None:
    """A message of the last size is sealed and opened; the next byte is refused when composing (E5, P3)."""

    def of(size: int) -> Payload:
        payload = Payload(reminder=Reminder(text="x" * size))
        return Payload(reminder=Reminder(text="x" * (2 * size - payload.ByteSize())))

    largest = of(layout.MAX_PAYLOAD)
    assert largest.ByteSize() == layout.MAX_PAYLOAD
    envelope = sealed(reminder(), largest)
    assert len(envelope.sealed) == 65536 + 1136
    assert take(envelope) == largest
    assert refusal(lambda: sealed(reminder(), of(layout.MAX_PAYLOAD + 1))) == ("too_large", "payload")


def test_oversized_parts_are_refused_before_they_are_read() -> None:
    """A header over 4,096 bytes and a sealed part of any other size are refused by length alone (P3)."""
    header, signature = ENVELOPE.header, ENVELOPE.signature
    big = Envelope(header=bytes(4097), sealed=ENVELOPE.sealed, signature=signature)
    assert refusal(lambda: check.read_header(big)) == ("too_large", "header")
    huge = Envelope(header=header, sealed=bytes(65536 + 1137), signature=signature)
    assert refusal(lambda: check.read_header(huge)) == ("too_large", "sealed")
    odd = Envelope(header=header, sealed=ENVELOPE.sealed + b"\0", signature=signature)
    assert refusal(lambda: check.read_header(odd)) == ("header", "sealed")
    short = Envelope(header=header, sealed=ENVELOPE.sealed, signature=signature[:63])
    assert refusal(lambda: check.read_header(short)) == ("signature", "")
    wide = referral(terms=Terms(recipients=["TH-00/dwf"] * 400))
    assert refusal(lambda: sealed(wide)) == ("too_large", "header")


def test_header_of_exactly_4096_bytes_is_read() -> None:
    """The bound itself is allowed (P3)."""
    base = ENVELOPE.header
    # Field 999, a newer side's, of the bytes that are left.
    rest = 4096 - len(base) - 4
    extra = b"\xba\x3e" + bytes([rest & 0x7F | 0x80, rest >> 7]) + bytes(rest)
    envelope = raw(extra=extra)
    assert len(envelope.header) == 4096
    check.read_header(envelope)


def reseal(plaintext: bytes, commitment: bytes | None = None) -> Envelope:
    """A signed envelope of the node's round a plaintext that `seal` would not make."""
    header = check.read_header(ENVELOPE)
    header.commitment = commitment or header.commitment
    clear = header.SerializeToString(deterministic=True)
    body = seal_to(DESK.sealing.public, plaintext, clear)
    return Envelope(
        header=clear, sealed=body, signature=NODE.signing.sign_raw(layout.signed_bytes(clear, body))
    )


def test_content_other_than_the_commitment_s_stays_closed() -> None:
    """A signed header cannot be answered for by another content later (E10)."""
    plaintext, commitment = pad(PAYLOAD.SerializeToString(), bytes(32))
    assert take(reseal(plaintext, commitment)) == PAYLOAD
    assert refusal(lambda: take(reseal(plaintext, bytes([7]) * 32))) == ("commitment", "")
    other = pad(REMINDER.SerializeToString(), bytes(32))[0]
    assert refusal(lambda: take(reseal(other, commitment))) == ("commitment", "")


def test_padding_is_the_smallest_and_all_zeros() -> None:
    """No bytes hide behind the payload, and no size lies about it (E5)."""
    content = PAYLOAD.SerializeToString()
    plaintext, commitment = pad(content, bytes(32))
    smuggled = plaintext[:-1] + b"\1"
    assert refusal(lambda: take(reseal(smuggled, commitment))) == ("padding", "")
    assert refusal(lambda: take(reseal(plaintext.ljust(2048, b"\0"), commitment))) == ("padding", "")
    beyond = (2**32 - 1).to_bytes(4, "big") + plaintext[4:]
    assert refusal(lambda: take(reseal(beyond, commitment))) == ("padding", "")


def test_content_of_another_kind_than_the_header_says_is_refused() -> None:
    """A header that says referral and a payload that says reminder do not agree (E3)."""
    assert refusal(lambda: take(reseal(*pad(REMINDER.SerializeToString(), bytes(32))))) == ("payload", "body")
    assert refusal(lambda: take(reseal(*pad(b"\xff\xff", bytes(32))))) == ("payload", "")


@given(st.binary(max_size=300), st.sampled_from([b"", ENVELOPE.sealed]), st.binary(min_size=64, max_size=64))
def test_no_bytes_break_the_reader(header: bytes, body: bytes, signature: bytes) -> None:
    """Whatever arrives, only a declared error comes out (E1, X1)."""
    with pytest.raises(EnvelopeError):
        check.read_header(Envelope(header=header, sealed=body, signature=signature))


@given(st.binary(max_size=2048))
def test_no_plaintext_breaks_the_opener(plaintext: bytes) -> None:
    """Whatever a sender sealed, only a declared error comes out (E5, X1)."""
    envelope = reseal(plaintext)
    with pytest.raises(EnvelopeError):
        open_payload(envelope, check.read_header(ENVELOPE), DESK.sealing)


def test_clock_ten_minutes_ahead_passes_and_expired_content_does_not() -> None:
    """Older is fine up to the expiry; the future is allowed ten minutes (P6)."""
    header, created = check.read_header(ENVELOPE), from_ms(CREATED)
    check.dates(header, created - timedelta(minutes=10))
    check.dates(header, created + timedelta(milliseconds=999))
    late = created + timedelta(milliseconds=1000)
    assert refusal(lambda: check.dates(header, late)) == ("expired", "expires_ms")
    early = created - timedelta(minutes=10, milliseconds=1)
    assert refusal(lambda: check.dates(header, early)) == ("created", "created_ms")
    header.expires_ms = 0
    check.dates(header, datetime(9999, 1, 1, tzinfo=UTC))
