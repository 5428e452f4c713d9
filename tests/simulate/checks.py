"""What must hold once all is quiet: one effect each, nothing lost, states equal, nothing where it may not be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col
from sqlmodel import select as select_model

from songtor_hub.seats import directory
from songtor_hub.store.engine import reading as reading_hub
from songtor_hub.store.tables import envelope, log_leaf, task
from songtor_hub.translog.append import frontier
from songtor_node.alerts import Alert
from songtor_node.cases.models import Case
from songtor_node.link.models import LogHead
from songtor_node.referrals.models import Copy, Inbox, Outbox, Referral
from songtor_node.store.engine import reading
from songtor_proto import receipts
from songtor_proto.errors import EnvelopeError
from songtor_proto.lifecycle import OPEN, Actor, step
from songtor_proto.times import to_ms
from songtor_proto.translog.entry import leaf, taken_in
from songtor_proto.translog.proof import root_of
from songtor_proto.translog.tree import in_memory
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.envelope_pb2 import Envelope, Header
from tests.simulate import stores
from tests.simulate.marks import found
from tests.simulate.world import Broken, Said, World

# A step that crossed another's, a ground that ended while the line was dead, a seat that is no more.
_MAY_BE_REFUSED = {
    "envelope.transition",
    "consent.expired",
    "envelope.expired",
    "consent.not_confirmed",
    "peer.recipient",
}
_KEPT_KINDS = (wire.KIND_WITHDRAWAL, wire.KIND_RECALL_RECEIPT, wire.KIND_OPENING)


@dataclass
class Found:
    """All rows of a world, read once."""

    world: World

    def __post_init__(self) -> None:
        world = self.world
        with reading_hub(world.server.hub.engine) as connection:
            self.envelopes: list[Row[Any]] = list(connection.execute(select(envelope).order_by(envelope.c.sequence)))
            self.tasks: dict[bytes, Row[Any]] = {row.id: row for row in connection.execute(select(task))}
            self.leaves = list(connection.execute(select(log_leaf).order_by(log_leaf.c.index)))
            self.head = frontier(connection)
            hub = directory.latest(connection, "TH-00")
        assert hub is not None
        self.hub_key: bytes = hub.signing_key
        self.by_id = {row.id: row for row in self.envelopes}
        self.outbox: dict[str, list[Outbox]] = {}
        self.inbox: dict[str, list[Inbox]] = {}
        self.referrals: dict[str, dict[bytes, Referral]] = {}
        self.copies: dict[str, list[Copy]] = {}
        self.cases: dict[str, set[str]] = {}
        self.alerts: dict[str, list[Alert]] = {}
        self.heads: dict[str, LogHead | None] = {}
        for name in self.living:
            with reading(world.seats[name].node.engine) as session:
                self.outbox[name] = list(session.exec(select_model(Outbox).order_by(col(Outbox.sequence))))
                self.inbox[name] = list(session.exec(select_model(Inbox).order_by(col(Inbox.id))))
                self.referrals[name] = {one.task: one for one in session.exec(select_model(Referral))}
                self.copies[name] = list(session.exec(select_model(Copy)))
                self.cases[name] = set(session.exec(select_model(Case.origin)))
                self.alerts[name] = list(session.exec(select_model(Alert)))
                self.heads[name] = session.get(LogHead, 1)

    @cached_property
    def living(self) -> list[str]:
        return [name for name, seat in self.world.seats.items() if not seat.revoked]

    @cached_property
    def now_ms(self) -> int:
        return to_ms(self.world.clock())

    def is_dead(self, address: str) -> bool:
        return address in self.world.seats and self.world.seats[address].revoked

    def name(self, task_id: bytes) -> str:
        """How the trace calls a task."""
        row = self.tasks.get(task_id)
        return f"{row.reference} v{row.version}, {row.referrer} to {row.recipient}" if row else task_id.hex()


def check(world: World) -> None:
    """Raises Broken with the first promise that does not hold."""
    there = Found(world)
    for name in there.living:
        _sent_once(there, name)
        _stored_once(there, name)
        _alerts(there, name)
    _steps(there)
    for name in there.living:
        _same_state(there, name)
    _log(there)
    _withdrawn(there)
    _confirmed(there)
    _secrets(there)


def _must(holds: object, what: str) -> None:
    if not holds:
        raise Broken(what)


def _sent_once(there: Found, name: str) -> None:
    """Each envelope of a node was taken in once, with a receipt that holds, or it is clear why not (D1 to D5)."""
    numbers = [row.sequence for row in there.outbox[name]]
    _must(numbers == list(range(1, len(numbers) + 1)), f"{name} lost a row of its outbox")
    ids = {row.envelope_id for row in there.outbox[name]}
    for row in there.envelopes:
        _must(row.sender != name or row.id in ids, f"{name} never wrote what the hub took in from it")
    for row in there.outbox[name]:
        what = f"{name}: {wire.Kind.Name(row.kind)} of {there.name(row.task)} is {row.state} {row.code}"  # type: ignore[arg-type]
        stored = there.by_id.get(row.envelope_id)
        if row.state == "sent":
            _must(stored is not None, f"{what}, and the hub has nothing")
            _receipt(there, row, stored, what)
        elif row.state == "refused":
            _must(row.code in _MAY_BE_REFUSED and stored is None, what)
        else:
            _must(row.state == "recalled", what)
            late = there.tasks.get(row.task)
            _must(stored is None or (late is not None and late.withdrawn_ms), f"{what}, yet the hub has it for good")


def _receipt(there: Found, row: Outbox, stored: Row[Any], what: str) -> None:
    if row.sealed or row.kind == wire.KIND_RECALL_RECEIPT:
        sent = Envelope(header=row.header, sealed=row.sealed, signature=row.signature)
        try:
            body = receipts.check(row.receipt, sent, there.hub_key)
        except EnvelopeError as error:
            raise Broken(f"{what}: its receipt does not hold") from error
        _must(body.digest == stored.digest, f"{what}: the hub has other bytes")
        entry = leaf(taken_in(body.digest), body.log_salt)
        _must(there.leaves[body.log_index].hash == entry, f"{what}: the log does not have it")
    _must(row.receipt == stored.receipt, f"{what}: the hub would give another receipt")


def _stored_once(there: Found, name: str) -> None:
    """Each envelope for a node had its one effect there and is gone from the hub, or may not be had any more (D6, D7)."""
    inbox = {row.envelope_id: row for row in there.inbox[name]}
    _must(len(inbox) == len(there.inbox[name]), f"{name} stored one envelope twice")
    ids = {row.id for row in there.envelopes if row.mailbox == name}
    _must(inbox.keys() <= ids, f"{name} stored what the hub never had for it")
    for row in there.envelopes:
        if row.mailbox != name:
            continue
        here = inbox.get(row.id)
        what = f"{wire.Kind.Name(row.kind)} of {there.name(row.task)} for {name}"
        if here is None:
            over = row.destroyed_ms is not None or 0 < row.expires_ms <= there.now_ms
            _must(over, f"{what} is lost")
            continue
        _must(here.digest == row.digest, f"{what} has other bytes there")
        _must(here.effect != "aside", f"{what} was set aside: {here.code}")
        _must(row.sealed is None or row.kind == wire.KIND_RECALL_RECEIPT, f"{what} is stored there and still lies in the hub")
        _must(row.delivered_ms is not None, f"{what} is stored there and the hub does not know")


def _alerts(there: Found, name: str) -> None:
    """Nobody was called for what did not happen: no forged receipt, no conflict, no second history."""
    allowed = _MAY_BE_REFUSED | {"peer.differs", "consent.expired"}
    odd = [f"{one.code} ({one.subject})" for one in there.alerts[name] if one.code not in allowed]
    _must(not odd, f"{name} was alerted: {', '.join(odd)}")


def _steps(there: Found) -> None:
    """The hub's state of each task is what its envelopes, one after another, make of it (L1 to L10)."""
    states: dict[bytes, tuple[int, int]] = {}
    newest: dict[bytes, bytes] = {}
    for row in there.envelopes:
        header = Header.FromString(row.header)
        if header.kind == wire.KIND_REFERRAL:
            if before := newest.get(header.thread):
                states[before] = (wire.STATE_CANCELLED, 0) if states[before][0] in OPEN else states[before]
            newest[header.thread] = header.task
            states[header.task] = (wire.STATE_RECEIVED, 0)
        elif row.sender != "TH-00":
            about = there.tasks[header.task]
            actor = Actor.REFERRER if row.sender == about.referrer else Actor.RECIPIENT
            state, held = states[header.task]
            after = step(state, header.state, actor, kind=header.kind, held_from=held)
            states[header.task] = (after.state, after.held_from)
            if header.kind == wire.KIND_WITHDRAWAL:
                _close_parts(there, states, header.task)
    for key, row in there.tasks.items():
        state = states[key][0]
        if row.withdrawn_ms and state in OPEN:
            state = wire.STATE_CANCELLED
        _must(row.state == state, f"{there.name(key)}: the hub has {_state(row.state)}, its envelopes say {_state(state)}")


def _close_parts(there: Found, states: dict[bytes, tuple[int, int]], whole: bytes) -> None:
    for key, row in there.tasks.items():
        if row.part_of == whole and key in states:
            if states[key][0] in OPEN:
                states[key] = (wire.STATE_CANCELLED, 0)
            _close_parts(there, states, key)


def _same_state(there: Found, name: str) -> None:
    """Both ends have the hub's state; what the daily comparison compares is equal (D9)."""
    for key, referral in there.referrals[name].items():
        row = there.tasks.get(key)
        what = f"{there.name(key)}: {name} has {_state(referral.state)}"
        if row is None:
            _must(referral.state not in OPEN, f"{what}, the hub has no such task")
        elif not (there.is_dead(row.referrer) or there.is_dead(row.recipient)):
            _must(referral.state == row.state, f"{what}, the hub {_state(row.state)}")
    ours = {key: one.state for key, one in there.referrals[name].items() if one.state in OPEN}
    theirs = {
        key: row.state for key, row in there.tasks.items() if name in (row.referrer, row.recipient) and row.state in OPEN
    }
    for key in ours.keys() ^ theirs.keys():
        _must(False, f"{there.name(key)} is open at {'the hub' if key in theirs else name} alone")


def _log(there: Found) -> None:
    """The log is one, and what each node has seen is how it began (T1, T5)."""
    hashes = [row.hash for row in there.leaves]
    subtree = in_memory(hashes)
    _must([row.index for row in there.leaves] == list(range(len(hashes))), "the log has a gap")
    _must(there.head.size == len(hashes) and there.head.root() == root_of(len(hashes), subtree), "the log's head is wrong")
    for row in there.leaves:
        _must(leaf(row.entry, row.salt) == row.hash, "a leaf is not what it stands for")
    entries = Counter(row.entry for row in there.leaves if row.kind == "envelope")
    _must(entries == Counter(taken_in(row.digest) for row in there.envelopes), "the log is not what was taken in")
    for name, seen in there.heads.items():
        _must(seen and seen.root == root_of(seen.size, subtree), f"{name} saw another log")


def _withdrawn(there: Found) -> None:
    """What was withdrawn is gone everywhere, or kept by a duty, and the referrer was told of every copy (W1 to W5)."""
    for row in there.envelopes:
        about = there.tasks.get(row.task)
        if about is not None and about.withdrawn_ms and about.legal_hold is None and row.kind not in _KEPT_KINDS:
            _must(row.sealed is None, f"{there.name(row.task)} was withdrawn and lies in the hub")
    for name in there.living:
        for key, referral in there.referrals[name].items():
            about = there.tasks.get(key)
            what = f"{there.name(key)}, withdrawn, "
            if about is None or not about.withdrawn_ms or there.is_dead(about.referrer):
                continue
            _must(referral.withdrawn_at is not None, f"{what}is not so at {name}")
            if not referral.hold:
                _must(referral.payload is None, f"{what}lies at {name}")
                kept = [one for one in there.inbox[name] if one.task == key and one.kind not in _KEPT_KINDS]
                _must(not any(one.payload or one.sealed for one in kept), f"{what}lies in {name}'s inbox")
                taken = not referral.outgoing and referral.reference in there.cases[name]
                _must(not taken, f"{what}is still a case at {name}")
            if referral.outgoing:
                _told(there, name, key, what)


def _told(there: Found, name: str, key: bytes, what: str) -> None:
    told = {one.envelope_id: one.result for one in there.copies[name] if one.task == key}
    for copy in _tree(there, key):
        row = there.tasks[copy]
        if there.is_dead(row.recipient):
            continue
        held = row.legal_hold or (
            row.recipient in there.referrals and (one := there.referrals[row.recipient].get(copy)) and one.hold
        )
        wanted = wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY if held else wire.RECALL_RESULT_DESTROYED
        said = wire.RecallResult.Name(told.get(copy, 0))  # type: ignore[arg-type]
        _must(told.get(copy) == wanted, f"{what}: {name} was told {said} of the copy at {row.recipient}")


def _tree(there: Found, key: bytes) -> list[bytes]:
    parts = sorted(part for part, row in there.tasks.items() if row.part_of == key)
    return [key, *(copy for part in parts for copy in _tree(there, part))]


def _confirmed(there: Found) -> None:
    """What one worker sent is confirmed or taken back (C11)."""
    for key, row in there.tasks.items():
        late = row.confirm_by_ms is not None and row.confirm_by_ms < there.now_ms and not row.confirmed
        _must(not late or row.withdrawn_ms, f"{there.name(key)} was never confirmed and stands")


def _secrets(there: Found) -> None:
    """No text is where nobody sent it, and what was sent is where it must be (M2, M5, C9)."""
    world = there.world
    _must(not found(stores.of_hub(world.server)), "the hub holds in the clear what a case says")
    for row in stores.opened_by_force(world.server):
        raise Broken(f"a desk's key opens what {row.sender} sent to {row.recipient}")
    live = [said for said in world.said if _is_live(there, said)]
    may: dict[str, set[str]] = {}
    for said in live:
        may.setdefault(said.recipient, set()).update(said.marks)
    at_desk: dict[tuple[bytes, str], set[str]] = {}
    for row, header, payload in stores.opened_at_desks(world.server):
        marks = found([payload.SerializeToString()])
        at_desk.setdefault((header.task, row.recipient), set()).update(marks)
        _must(marks <= may.get(row.recipient, set()), f"{row.recipient} can read of {there.name(header.task)} what it may not")
    for desk, key, note in stores.desk_notes(world.server):
        own = {mark for mark in found([note]) if world.marks.owner[mark] != f"TH-00/{desk}"}
        _must(not own, f"{desk} noted of {there.name(key)} what others said")
    at_node = {name: found(stores.of_node(world.seats[name])) for name in there.living}
    for name, marks in at_node.items():
        foreign = {mark for mark in marks if world.marks.owner[mark] != name} - may.get(name, set())
        _must(not foreign, f"{name} has what nobody sent there: {sorted(world.marks.owner[mark] for mark in foreign)}")
    for said in live:
        if said.exact and _must_be_there(there, said):
            here = at_node.get(said.recipient, at_desk.get((said.task, said.recipient), set()))
            _must(said.marks <= here, f"{said.recipient} lacks what was sent of {there.name(said.task)}")


def _is_live(there: Found, said: Said) -> bool:
    """Whether what was said may still be anywhere but with who said it."""
    row = there.tasks.get(said.task)
    if row is None:
        return False
    if not row.withdrawn_ms or row.legal_hold is not None:
        return True
    held = there.referrals.get(said.recipient, {}).get(said.task)
    return there.is_dead(said.recipient) or (held is not None and bool(held.hold))


def _must_be_there(there: Found, said: Said) -> bool:
    sent = there.by_id.get(said.envelope)
    if sent is None or there.is_dead(said.recipient) or there.tasks[said.task].withdrawn_ms:
        return False
    return not 0 < there.tasks[said.task].expires_ms <= there.now_ms


def _state(number: int) -> str:
    return wire.State.Name(number).removeprefix("STATE_")  # type: ignore[arg-type]
