"""Each envelope has one effect at its recipient, nothing is lost, the log is one. Rules D1 to D7, T1, T5."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Row

from songtor_node.referrals.models import Outbox
from songtor_proto import receipts
from songtor_proto.errors import EnvelopeError
from songtor_proto.translog.entry import leaf, taken_in
from songtor_proto.translog.proof import root_of
from songtor_proto.translog.tree import in_memory
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.envelope_pb2 import Envelope
from tests.simulate.found import Found, must
from tests.simulate.world import Broken

# A step that crossed another's, a ground that ended while the line was dead, a seat that is no more.
MAY_BE_REFUSED = {
    "envelope.transition",
    "consent.expired",
    "envelope.expired",
    "consent.not_confirmed",
    "peer.recipient",
}
# The daily comparison found a step that crossed; somebody has new keys.
MAY_BE_ALERTED = MAY_BE_REFUSED | {"peer.differs", "peer.key_changed", "peer.stale_key", "peer.unknown"}


def sent_once(there: Found, name: str) -> None:
    """What a node sent was taken in once, with a receipt that holds, or it is clear why not (D1 to D5)."""
    numbers = [row.sequence for row in there.outbox[name]]
    must(numbers == list(range(1, len(numbers) + 1)), f"{name} lost a row of its outbox")
    ids = {row.envelope_id for row in there.outbox[name]}
    for stored in there.envelopes:
        must(stored.sender != name or stored.id in ids, f"{name} never wrote what the hub took in from it")
    for row in there.outbox[name]:
        _is_clear(
            there, row, f"{name}: {_kind(row.kind)} of {there.name(row.task)} is {row.state} {row.code}"
        )


def stored_once(there: Found, name: str) -> None:
    """What was sent to a node had its effect there once and is gone from the hub (D6, D7)."""
    inbox = {row.envelope_id: row for row in there.inbox[name]}
    must(len(inbox) == len(there.inbox[name]), f"{name} stored one envelope twice")
    mine = [row for row in there.envelopes if row.mailbox == name]
    must(inbox.keys() <= {row.id for row in mine}, f"{name} stored what the hub never had for it")
    for row in mine:
        here = inbox.get(row.id)
        what = f"{_kind(row.kind)} of {there.name(row.task)} for {name}"
        if here is None:
            must(row.destroyed_ms is not None or there.is_over(row), f"{what} is lost")
            continue
        must(here.digest == row.digest, f"{what} has other bytes there")
        must(here.effect != "aside", f"{what} was set aside: {here.code}")
        must(row.delivered_ms is not None, f"{what} is stored there and the hub does not know")
        must(row.sealed is None, f"{what} is stored there and still lies in the hub")


def nobody_was_called(there: Found, name: str) -> None:
    """No alert for what did not happen: a forged receipt, a conflict, a second history."""
    odd = [f"{one.code} ({one.subject})" for one in there.alerts[name] if one.code not in MAY_BE_ALERTED]
    must(not odd, f"{name} was alerted: {', '.join(odd)}")


def one_log(there: Found) -> None:
    """The log is what was taken in, and what each node has seen is how it began (T1, T5)."""
    hashes = [row.hash for row in there.leaves]
    subtree = in_memory(hashes)
    must([row.index for row in there.leaves] == [*range(len(hashes))], "the log has a gap")
    must(there.head.size == len(hashes), "the log's head has another size")
    must(there.head.root() == root_of(len(hashes), subtree), "the log's head is of another tree")
    for row in there.leaves:
        must(leaf(row.entry, row.salt) == row.hash, "a leaf is not what it stands for")
    entries = Counter(row.entry for row in there.leaves if row.kind == "envelope")
    taken = Counter(taken_in(row.digest) for row in there.envelopes)
    must(entries == taken, "the log is not what was taken in")
    for name, seen in there.heads.items():
        must(seen and seen.root == root_of(seen.size, subtree), f"{name} saw another log")


def _is_clear(there: Found, row: Outbox, what: str) -> None:
    stored = there.by_id.get(row.envelope_id)
    if row.state == "sent":
        if stored is None:
            raise Broken(f"{what}, and the hub has nothing")
        _receipt(there, row, stored, what)
    elif row.state == "refused":
        must(row.code in MAY_BE_REFUSED and stored is None, what)
    else:
        must(row.state == "recalled", what)
        late = there.tasks.get(row.task)
        must(stored is None or (late and late.withdrawn_ms), f"{what}, yet the hub has it for good")


def _receipt(there: Found, row: Outbox, stored: Row[Any], what: str) -> None:
    must(row.receipt == stored.receipt, f"{what}: the hub would give another receipt")
    if not row.sealed and row.kind != wire.KIND_RECALL_RECEIPT:
        return  # destroyed here too
    sent = Envelope(header=row.header, sealed=row.sealed, signature=row.signature)
    try:
        body = receipts.check(row.receipt, sent, there.hub_key)
    except EnvelopeError as error:
        raise Broken(f"{what}: its receipt does not hold") from error
    must(body.digest == stored.digest, f"{what}: the hub has other bytes")
    there_in_log = there.leaves[body.log_index].hash == leaf(taken_in(body.digest), body.log_salt)
    must(there_in_log, f"{what}: the log does not have it")


def _kind(number: int) -> str:
    return wire.Kind.Name(wire.Kind.ValueType(number)).removeprefix("KIND_")
