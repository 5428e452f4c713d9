"""docs/protocol-examples.md: each byte layout of the protocol, worked out with the vectors' own keys."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from uuid import UUID

from songtor_proto.comparison import open_digest
from songtor_proto.consent import record_digest
from songtor_proto.envelope import check, layout, uuid7
from songtor_proto.identity import directory, fingerprint, statement
from songtor_proto.identity import renewal as renewals
from songtor_proto.identity.invitation import to_text
from songtor_proto.receipts import DELIVERY_TYPE, GROUP_TYPE
from songtor_proto.translog.checkpoint import cosign, sign
from songtor_proto.translog.tree import leaf_hash, node_hash
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.directory_pb2 import KeyStatement
from songtor_proto.wire.receipt_pb2 import GroupHead, Receipt, ReceiptBody
from tests.support.keys import seeded
from tests.vectors import deliveries, directories, envelopes, log, receipts, statements, terms
from tests.vectors.cast import DESK, HUB, NETWORK, NODE, NOW, NOW_MS, sealing_key, signing_key
from tests.vectors.headers import recall_receipt
from tests.vectors.hpke import open_by_hand
from tests.vectors.invitations import invitation
from tests.vectors.kept import Kept
from tests.vectors.markdown import block, fields, hexes
from tests.vectors.renewals import renewal
from tests.vectors.sealing import REFERENCE, TASK, encode
from tests.vectors.sealing import sign as signed

HEAD = """\
# The Songtor protocol, worked examples

Each byte layout of [protocol.md](protocol.md) with real bytes, for whoever writes another implementation.
Made by `make vectors` from the keys and messages of [tests/vectors](../tests/vectors), where they stand in
full; a test holds this page to them. Hexadecimal throughout; `…` cuts what is long. The keys are those of
`keys.json`. Messages are shown field by field: bytes as they are written, then what they say."""


def text(kept: Kept) -> str:
    """The page."""
    sections = [HEAD, *_people(), *_keys(kept), *_envelope(kept), *_hub()]
    return "\n\n".join(sections) + "\n"


def _people() -> Iterator[str]:
    yield f"## R2: the check symbol of `{REFERENCE}`"
    symbols, values = REFERENCE.replace("-", ""), [13, 14, 0, 2, 7, 19, 3, 20, 23, 9, 29]
    power, total, lines = 1, 0, ["symbol  value  α^(i+1)  product  sum"]
    for symbol, value in zip(symbols, values, strict=False):
        power = _times(power, 2)
        product = _times(power, value)
        total ^= product
        lines.append(f"{symbol:<8}{value:<7}{power:<9}{product:<9}{total}")
    yield block(*lines)
    yield f"The sum is {total}, which Crockford writes `{symbols[-1]}`."


def _times(a: int, b: int) -> int:
    """The product in GF(2^5) modulo x^5 + x^2 + 1, as a pencil does it."""
    product = 0
    for bit in range(5):
        product ^= a << bit if b >> bit & 1 else 0
    for bit in range(9, 4, -1):
        product ^= 0b100101 << bit - 5 if product >> bit & 1 else 0
    return product


def _keys(kept: Kept) -> Iterator[str]:
    yield "## E8: joining, PAE, signature"
    body = layout.join(b"header", b"sealed")
    yield "The body of an envelope whose header were `header` and whose sealed part were `sealed`:"
    yield hexes(body)
    yield f"PAE(`{layout.PAYLOAD_TYPE}`, body):"
    yield hexes(layout.pae(layout.PAYLOAD_TYPE, body))
    yield f"Ed25519 over that by {NODE}'s key of version 1:"
    yield hexes(signing_key(NODE).sign(layout.PAYLOAD_TYPE, body))

    yield "## K1 to K3: a key statement"
    entry = statements.entry(2, previous=signing_key(NODE))
    yield f"The second statement of {NODE}:"
    yield fields(KeyStatement.FromString(entry.statement))
    yield (
        f"`owner_signature`, by the key in it, over PAE(`{statement.PAYLOAD_TYPE}`, statement); "
        "`previous_signature`, by the key before, over the same:"
    )
    yield block(entry.owner_signature.hex(), entry.previous_signature.hex())

    yield "## K4: the fingerprint"
    key = signing_key(NODE).public
    parts = layout.join(NETWORK.encode(), NODE.encode(), key)
    hashed = hashlib.sha256(layout.pae(fingerprint.PAYLOAD_TYPE, parts)).digest()
    yield (
        f"join(`{NETWORK}`, `{NODE}`, signing key), then SHA-256 of PAE(`{fingerprint.PAYLOAD_TYPE}`, that), "
        "then its eight words modulo 100,000:"
    )
    yield block(
        parts.hex(), hashed.hex(), " ".join(f"{word % 100_000:05d}" for word in struct.unpack(">8I", hashed))
    )

    yield "## K5: the directory"
    listed = directories.directory()
    yield fields(listed)
    yield f"The hub's signature over PAE(`{directory.PAYLOAD_TYPE}`, that):"
    yield hexes(directory.sign_directory(listed, signing_key(HUB)).signature)

    yield "## I4: an invitation"
    code = invitation(kept)
    body = code.SerializeToString(deterministic=True)
    yield fields(code)
    yield f"Its SHA-256 begins with `{hashlib.sha256(body).hexdigest()[:8]}`. The code begins and ends:"
    yield block(f"{to_text(code)[:60]}…{to_text(code)[-20:]}")

    yield "## I9: a renewal"
    told = renewal(kept)
    csr, nonce = bytes.fromhex(told["csr"]), bytes.fromhex(told["nonce"])
    yield f"join(`{NODE}`, nonce, CSR), and the signature over PAE(`{renewals.PAYLOAD_TYPE}`, that):"
    yield hexes(layout.join(NODE.encode(), nonce, csr))
    yield block(told["signature"])


def _envelope(kept: Kept) -> Iterator[str]:
    yield "## E4: an id"
    yield f"Milliseconds {NOW_MS} and 80 random bits, of which the lowest 74 stay; version 7, variant 10:"
    random = seeded("task")(10)
    yield block(NOW_MS.to_bytes(6, "big").hex(), random.hex(), UUID(bytes=TASK).hex, str(UUID(bytes=TASK)))

    yield "## C2: the digest of a consent record"
    record = json.dumps(terms.RECORD, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    yield "The record, its SHA-256, the salt, and SHA-256(salt ‖ digest):"
    yield block(record, record_digest(terms.RECORD).hex(), terms.SALT.hex(), terms.DIGEST.hex())

    yield "## E2: a header"
    sent = envelopes.first(kept)
    header = wire.Header.FromString(sent.header)
    yield f"`a referral to a desk` of `envelopes.json`, {len(sent.header)} bytes, its terms among them:"
    yield fields(header)
    yield fields(header.terms)

    yield "## E5, E7 and E10: the sealed part"
    steps = open_by_hand(sealing_key(DESK).to_bytes(), sent.sealed, sent.header)
    size = int.from_bytes(steps.plaintext[:4], "big")
    yield "What it holds: length of the payload, commitment key, payload, zeros up to 1,024 bytes."
    yield block(
        f"{steps.plaintext[:4].hex()}  ({size})",
        steps.plaintext[4:36].hex(),
        f"{steps.plaintext[36:68].hex()}…  ({size} bytes)",
        f"00…  ({len(steps.plaintext) - 36 - size} bytes)",
    )
    yield "The commitment in the header, HMAC-SHA-256 of the payload under that key:"
    yield block(header.commitment.hex())
    yield (
        f"The sealed part, {len(sent.sealed):,} bytes: ML-KEM ciphertext (1,088), X25519 share (32), "
        "AES-256-GCM ciphertext (1,024) and tag (16)."
    )
    yield block(
        *(
            f"{sent.sealed[a : a + 32].hex()}{'…' if b - a > 32 else ''}"
            for a, b in [(0, 1088), (1088, 1120), (1120, 2144), (2144, 2160)]
        )
    )
    yield "Opening it: ML-KEM's secret, X25519's, the shared secret, HPKE's key and base nonce:"
    yield block(*(step.hex() for step in steps[:5]))

    yield "## E8 and E9: its signature and digest"
    yield "u64 length of header, the signature, and the digest SHA-256(PAE ‖ signature):"
    yield block(len(sent.header).to_bytes(8, "big").hex(), sent.signature.hex(), check.digest(sent).hex())

    yield "## E6: a recall receipt, a whole envelope in few bytes"
    short = signed(encode(recall_receipt()), b"")
    yield hexes(short.SerializeToString(deterministic=True))
    yield fields(wire.Header.FromString(short.header))
    yield fields(wire.Header.FromString(short.header).recalls[0])


def _hub() -> Iterator[str]:
    yield "## D2: receipts of a group of three"
    (_, first), *others = receipts.group(3)
    receipt = Receipt.FromString(first)
    yield "The first one's body, and its leaf SHA-256(0x00 ‖ body):"
    yield fields(ReceiptBody.FromString(receipt.body))
    leaves = [leaf_hash(Receipt.FromString(one).body) for one in (first, *(other for _, other in others))]
    yield block(leaves[0].hex())
    yield (
        "Its path (the second leaf, the third), and the root, "
        "SHA-256(0x01 ‖ SHA-256(0x01 ‖ first ‖ second) ‖ third):"
    )
    yield block(*(step.hex() for step in receipt.path), node_hash(node_hash(*leaves[:2]), leaves[2]).hex())
    yield f"The group's head, and the hub's signature over PAE(`{GROUP_TYPE}`, head):"
    yield fields(GroupHead.FromString(receipt.group))
    yield block(receipt.signature.hex())
    yield f"All of it as a `Receipt`, {len(first)} bytes:"
    yield fields(receipt)

    yield "## D7: a delivery receipt"
    said = deliveries.receipt(1)
    yield fields(said)
    yield fields(said.delivered[0])
    data = said.SerializeToString(deterministic=True)
    yield f"{NODE}'s signature over PAE(`{DELIVERY_TYPE}`, that):"
    yield block(signing_key(NODE).sign(DELIVERY_TYPE, data).hex())

    yield "## D9: comparing open tasks"
    tasks = [(TASK, wire.STATE_RECEIVED), (uuid7(NOW_MS + 1, seeded("other")), wire.STATE_ON_HOLD)]
    yield "Two open tasks, received and on-hold, and SHA-256 of both lines:"
    yield block(
        *(task.hex() + state.to_bytes(4, "big").hex() for task, state in tasks), open_digest(tasks).hex()
    )

    yield "## T2: a leaf of the log"
    vector = next(iter(log.vectors(Kept())))
    made, salt = vector.result or {}, vector.given["leaf"]["salt"]
    commitment = hashlib.sha256(bytes.fromhex(salt) + made["entry"].encode()).hexdigest()
    yield "Entry, salt, commitment SHA-256(salt ‖ entry), leaf SHA-256(0x00 ‖ commitment):"
    yield block(made["entry"], salt, commitment, made["hash"])

    yield "## T4 and T5: a checkpoint and a cosignature"
    yield block(*sign(log.head(7), signing_key(HUB)).split("\n")[:-1])
    yield f"What {NODE} signs, and its line:"
    line = cosign(log.head(7), NODE, signing_key(NODE), NOW)
    yield block("cosignature/v1", f"time {int(NOW.timestamp())}", *log.head(7).text().split("\n"), line)
