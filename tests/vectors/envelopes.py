"""Whole envelopes, from their bytes to their content: rules E1, E3, E5 to E11."""

from __future__ import annotations

from collections.abc import Iterator

from songtor_proto.envelope import check, pae
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import PeerError
from songtor_proto.times import from_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire import payload_pb2 as content
from tests.vectors import sealing
from tests.vectors.cast import DESK, NODE, NOW_MS, OTHER_DESK, OTHER_NODE, PARTIES, sealing_key, signing_key
from tests.vectors.headers import recall_receipt
from tests.vectors.kept import Kept
from tests.vectors.sealing import encode, message, referral, seal, sign
from tests.vectors.terms import agreed
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
header, sealed, signature: of an Envelope. now_ms: the recipient's clock. Keys are those of keys.json, by
the owner and version that the header names. What a recipient does, in this order: header and sizes, dates,
signature, opening, padding, commitment, content. digest: rule E9; payload: the serialised Payload inside.
"""

FACTS = content.Facts(
    case_code="BER-7",
    request=content.Request(text="ขอที่พักปลอดภัยคืนนี้", kinds=["shelter"]),
    demographics=content.Demographics(
        sex="female", age_band="25-39", languages=["th", "de"], nationality="TH"
    ),
    place=content.Place(city="เชียงใหม่", country="TH"),
)
_STATES = {wire.KIND_STATUS: wire.STATE_ACCEPTED, wire.KIND_WITHDRAWAL: wire.STATE_CANCELLED}
_BODIES = {
    wire.KIND_STATUS: content.Payload(status=content.Status()),
    wire.KIND_QUESTION: content.Payload(question=content.Question(text="มีเด็กมาด้วยไหม")),
    wire.KIND_ANSWER: content.Payload(answer=content.Answer(text="มีเด็กหญิงหนึ่งคน")),
    wire.KIND_WITHDRAWAL: content.Payload(withdrawal=content.Withdrawal(reason="withdrawn")),
    wire.KIND_OPENING: content.Payload(
        opening=content.Opening(
            role="desk_officer", desk_kind="department", purpose="domestic_violence", opened_ms=NOW_MS
        )
    ),
    wire.KIND_CONFIRMATION: content.Payload(confirmation=content.Confirmation(role="caseworker")),
    wire.KIND_REMINDER: content.Payload(reminder=content.Reminder(text="รอคำตอบอยู่")),
}
_FROM_NODE = {"sender": NODE, "recipient": DESK}
_BY_REFERRER = (wire.KIND_ANSWER, wire.KIND_WITHDRAWAL, wire.KIND_CONFIRMATION)


def first(kept: Kept) -> wire.Envelope:
    """The referral that most of the others spoil."""
    return sealing.make(kept, "a referral to a desk", referral(terms=agreed()), _referral())


def vectors(kept: Kept) -> Iterator[Vector]:
    yield from _good(kept)
    yield from _changed_on_the_way(first(kept))
    yield from _signed_wrongly(first(kept))
    yield from _sealed_wrongly(kept)
    yield from _content(kept)


def judge(given: Given) -> Result:
    envelope = wire.Envelope(
        **{part: bytes.fromhex(given[part]) for part in ("header", "sealed", "signature")}
    )
    header = check.read_header(envelope)
    check.dates(header, from_ms(given["now_ms"]))
    if header.sender not in PARTIES:
        raise PeerError("key_unknown", field="signing_key_version")
    check.verify(envelope, signing_key(header.sender, header.signing_key_version).public)
    result = {"kind": header.kind, "digest": check.digest(envelope).hex()}
    if envelope.sealed:
        opened = open_payload(envelope, header, sealing_key(header.recipient, header.sealing_key_version))
        result["payload"] = opened.SerializeToString(deterministic=True).hex()
    return result


def _good(kept: Kept) -> Iterator[Vector]:
    yield _opens("E1", "a referral to a desk", first(kept), _referral())
    between = _referral(agreed(recipients=[OTHER_NODE]))
    to_node = sealing.make(kept, "a referral between nodes", referral(recipient=OTHER_NODE), between)
    yield _opens("C2", "a referral between nodes, its terms sealed", to_node, between)
    for kind, body in _BODIES.items():
        ends = _FROM_NODE if kind in _BY_REFERRER else {}
        header = message(kind, state=_STATES.get(kind, wire.STATE_UNSPECIFIED), **ends)
        what = wire.Kind.Name(kind)[5:].lower()
        yield _opens("E3", f"kind {kind}: {what}", sealing.make(kept, what, header, body), body)
    receipt = sign(encode(recall_receipt()), b"")
    yield _opens("E6", "kind 6: a recall receipt, which has no sealed part", receipt, None)
    long = content.Payload(reminder=content.Reminder(text="ก" * 400))
    two = sealing.make(kept, "2 KiB", message(wire.KIND_REMINDER), long)
    yield _opens("E5", "a payload that needs 2 KiB", two, long)
    again = message(wire.KIND_REMINDER, sealing_key_version=2)
    body = _BODIES[wire.KIND_REMINDER]
    yield _opens("E7", "to the second sealing key", sealing.make(kept, "key 2", again, body), body)
    signed = message(wire.KIND_REMINDER, **_FROM_NODE, signing_key_version=2)
    yield _opens("E8", "by the second signing key", sealing.make(kept, "signed by key 2", signed, body), body)
    future = content.Payload()
    unknown = sealing.make(kept, "a kind of the future", message(42), future)
    yield _opens("E11", "a kind of the future is kept, whatever it holds", unknown, future)
    clear, plaintext = sealing.commit(message(wire.KIND_REMINDER), body, "other order")
    clear = _reordered(clear)
    other = sign(clear, seal(kept, "other order", clear, plaintext))
    yield _opens("E1", "a header whose fields came in another order", other, body)


def _changed_on_the_way(good: wire.Envelope) -> Iterator[Vector]:
    commitment = wire.Header.FromString(good.header).commitment
    places = {"header": good.header.index(commitment), "sealed": -1, "signature": -1}
    for part, place in places.items():
        spoilt = wire.Envelope.FromString(good.SerializeToString())
        bits = bytearray(getattr(good, part))
        bits[place] ^= 1
        setattr(spoilt, part, bytes(bits))
        yield _refused("E8", f"one bit of the {part} changed", spoilt, "signature")
    rewritten = wire.Envelope(header=_reordered(good.header), sealed=good.sealed, signature=good.signature)
    yield _refused("E1", "the header written anew with its fields in another order", rewritten, "signature")
    short = wire.Envelope(header=good.header, sealed=good.sealed, signature=good.signature[:-1])
    yield _refused("E8", "a signature of 63 bytes", short, "signature")


def _signed_wrongly(good: wire.Envelope) -> Iterator[Vector]:
    header, sealed, key = good.header, good.sealed, signing_key(NODE)

    def signed(signature: bytes) -> wire.Envelope:
        return wire.Envelope(header=header, sealed=sealed, signature=signature)

    yield _refused("E8", "signed by another seat", sign(header, sealed, (OTHER_NODE, 1)), "signature")
    yield _refused("E8", "signed by the key of another version", sign(header, sealed, (NODE, 2)), "signature")
    bare = key.sign("application/vnd.songtor.envelope.v1", header + sealed)
    yield _refused("E8", "signed without the header's length", signed(bare), "signature")
    body = len(header).to_bytes(8, "big") + header + sealed
    yield _refused("E8", "signed without PAE", signed(key.sign_raw(body)), "signature")
    other = key.sign_raw(pae("application/vnd.songtor.directory.v1", body))
    yield _refused("E8", "signed under another type", signed(other), "signature")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(good.signature[32:], "little") + order
    again = good.signature[:32] + s.to_bytes(32, "little")
    yield _refused("E8", "the same signature with the group's order added", signed(again), "signature")


def _sealed_wrongly(kept: Kept) -> Iterator[Vector]:
    good, body = first(kept), _BODIES[wire.KIND_REMINDER]
    clear = wire.Header.FromString(good.header)
    clear.urgency = wire.URGENCY_RED
    yield _refused(
        "E7", "another header over the same sealed part", sign(encode(clear), good.sealed), "sealed"
    )
    clear.sender, clear.urgency = OTHER_NODE, wire.URGENCY_YELLOW
    yield _refused(
        "E7", "a captured sealed part, sent by another seat", sign(encode(clear), good.sealed), "sealed"
    )
    header, plaintext = sealing.commit(message(wire.KIND_REMINDER, sealing_key_version=2), body, "wrong key")
    wrong = sign(header, seal(kept, "wrong key", header, plaintext, to=(NODE, 1)))
    yield _refused("E7", "sealed to the key of another version", wrong, "sealed")
    header, plaintext = sealing.commit(message(wire.KIND_REMINDER), body, "wrong desk")
    wrong = sign(header, seal(kept, "wrong desk", header, plaintext, to=(OTHER_DESK, 1)))
    yield _refused("E7", "sealed to somebody else", wrong, "sealed")


def _content(kept: Kept) -> Iterator[Vector]:
    reminder, body = message(wire.KIND_REMINDER), _BODIES[wire.KIND_REMINDER]

    def with_plaintext(what: str, header: bytes, plaintext: bytes) -> wire.Envelope:
        return sign(header, seal(kept, what, header, plaintext))

    header, plain = sealing.commit(reminder, body, "padding")
    size, end = int.from_bytes(plain[:4], "big"), 36 + int.from_bytes(plain[:4], "big")
    for what, spoilt in [
        ("padding that is not zero", plain[:-1] + b"\1"),
        ("a larger size than it needs", plain + bytes(1024)),
        ("a length beyond the end", (989).to_bytes(4, "big") + plain[4:]),
        ("a length that leaves some of it out", (size - 1).to_bytes(4, "big") + plain[4:]),
    ]:
        yield _refused("E5", what, with_plaintext(what, header, spoilt), "padding")
    spoilt = plain[: end - 1] + bytes([plain[end - 1] ^ 1]) + plain[end:]
    changed = with_plaintext("another payload", header, spoilt)
    yield _refused("E10", "a payload that the header does not commit to", changed, "commitment")
    spoilt = plain[:4] + bytes(32) + plain[36:]
    changed = with_plaintext("another commitment key", header, spoilt)
    yield _refused("E10", "another commitment key", changed, "commitment")
    header, plain = sealing.commit(reminder, b"\xff", "no message")
    yield _refused(
        "E3", "content that cannot be read", with_plaintext("no message", header, plain), "payload"
    )
    for what, wrong in [
        ("a question in a reminder", _BODIES[wire.KIND_QUESTION]),
        ("a reminder without content", content.Payload()),
    ]:
        header, plain = sealing.commit(reminder, wrong, what)
        yield _refused("E3", what, with_plaintext(what, header, plain), "payload", "body")


def _referral(terms: wire.Terms | None = None) -> content.Payload:
    absent = content.Absent(category="contact", reason=content.ABSENT_REASON_UNSAFE)
    said = content.Referral(facts=FACTS, absent=[absent], referrer="organisation")
    return content.Payload(terms=terms, referral=said)


def _reordered(header: bytes) -> bytes:
    """The same message, written as no serialiser of ours would: its sender and recipient last."""
    first, last = wire.Header.FromString(header), wire.Header()
    last.sender, last.recipient = first.sender, first.recipient
    first.ClearField("sender")
    first.ClearField("recipient")
    return encode(first) + encode(last)


def _given(envelope: wire.Envelope) -> Given:
    return {
        "header": envelope.header.hex(),
        "sealed": envelope.sealed.hex(),
        "signature": envelope.signature.hex(),
        "now_ms": NOW_MS,
    }


def _opens(rule: str, what: str, envelope: wire.Envelope, payload: content.Payload | None) -> Vector:
    header = wire.Header.FromString(envelope.header)
    result: Result = {"kind": header.kind, "digest": check.digest(envelope).hex()}
    if payload is not None:
        result["payload"] = payload.SerializeToString(deterministic=True).hex()
    return Vector(rule, what, _given(envelope), result=result)


def _refused(rule: str, what: str, envelope: wire.Envelope, name: str, field: str = "") -> Vector:
    return refused(rule, what, _given(envelope), f"envelope.{name}", field)
