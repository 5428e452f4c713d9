"""All sides agree where each referral stands, and what ended is gone. Rules L1 to L10, C11, D9, W1 to W5."""

from __future__ import annotations

from songtor_proto.lifecycle import OPEN, Actor, step
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.envelope_pb2 import Header
from tests.simulate.found import KEPT_KINDS, Found, must

States = dict[bytes, tuple[int, int]]
"""Of each task the state, and the one that an open question interrupted."""


def steps(there: Found) -> None:
    """The hub's state of each task is what its envelopes, one after another, make of it (L1 to L10)."""
    states: States = {}
    newest: dict[bytes, bytes] = {}
    for row in there.envelopes:
        header = Header.FromString(row.header)
        if header.kind == wire.KIND_REFERRAL:
            if before := newest.get(header.thread):
                _close(states, before)
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
        state = wire.STATE_CANCELLED if _ended_by_clock(there, key, states[key][0]) else states[key][0]
        what = f"the hub has {_name(row.state)}, its envelopes say {_name(state)}"
        must(row.state == state, f"{there.name(key)}: {what}")


def same_state(there: Found, name: str) -> None:
    """Both ends have the hub's state; what the daily comparison compares is equal (D9)."""
    ours = there.referrals[name]
    for key, referral in ours.items():
        row = there.tasks.get(key)
        what = f"{there.name(key)}: {name} has {_name(referral.state)}"
        if row is None:
            must(referral.state not in OPEN, f"{what}, the hub has no such task")
        elif not (there.is_dead(row.referrer) or there.is_dead(row.recipient)):
            must(referral.state == row.state, f"{what}, the hub {_name(row.state)}")
    open_there = {
        key for key, row in there.tasks.items() if name in (row.referrer, row.recipient) and row.state in OPEN
    }
    for key in open_there ^ {key for key, one in ours.items() if one.state in OPEN}:
        must(False, f"{there.name(key)} is open at {'the hub' if key in open_there else name} alone")


def withdrawn(there: Found) -> None:
    """What was withdrawn is gone, or kept by a duty, and the referrer knows of every copy (W1 to W5)."""
    for row in there.envelopes:
        about = there.tasks.get(row.task)
        if about and about.withdrawn_ms and about.legal_hold is None and row.kind not in KEPT_KINDS:
            must(row.sealed is None, f"{there.name(row.task)} was withdrawn and lies in the hub")
    for name in there.living:
        for key in there.referrals[name].keys() & there.tasks.keys():
            row = there.tasks[key]
            if row.withdrawn_ms and not there.is_dead(row.referrer):
                _gone_from(there, name, key)


def confirmed(there: Found) -> None:
    """What one worker sent is confirmed or taken back (C11)."""
    for key, row in there.tasks.items():
        late = row.confirm_by_ms is not None and row.confirm_by_ms < there.now_ms and not row.confirmed
        must(not late or row.withdrawn_ms, f"{there.name(key)} was never confirmed and stands")


def expired(there: Found) -> None:
    """Content is not kept longer than its ground holds, but for a duty."""
    for row in there.envelopes:
        if there.is_over(row) and not (row.task in there.tasks and there.hold(row.task)):
            must(row.sealed is None, f"{there.name(row.task)} has expired and lies in the hub")
    for name in there.living:
        for key, one in there.referrals[name].items():
            over = not one.outgoing and one.expires_at <= there.world.clock() and not one.hold
            must(not over or one.payload is None, f"{there.name(key)} has expired and lies at {name}")


def _ended_by_clock(there: Found, key: bytes, state: int) -> bool:
    """The hub itself recalled it, or gave up a referral that its node never fetched."""
    row, sent = there.tasks[key], there.by_id[key]
    unheard = sent.mailbox in there.world.seats and not sent.delivered_ms and there.is_over(sent)
    return bool(row.withdrawn_ms and state in OPEN) or (unheard and state == wire.STATE_RECEIVED)


def _close(states: States, key: bytes) -> None:
    if states[key][0] in OPEN:
        states[key] = (wire.STATE_CANCELLED, 0)


def _close_parts(there: Found, states: States, whole: bytes) -> None:
    for key, row in there.tasks.items():
        if row.part_of == whole and key in states:
            _close(states, key)
            _close_parts(there, states, key)


def _gone_from(there: Found, name: str, key: bytes) -> None:
    referral, what = there.referrals[name][key], f"{there.name(key)}, withdrawn,"
    must(referral.withdrawn_at is not None, f"{what} is not so at {name}")
    if not referral.hold:
        must(referral.payload is None, f"{what} lies at {name}")
        for row in there.inbox[name]:
            if row.task == key and row.kind not in KEPT_KINDS:
                must(not (row.payload or row.sealed), f"{what} lies in {name}'s inbox")
    if referral.outgoing:
        told = {one.envelope_id: one.result for one in there.copies[name] if one.task == key}
        for copy in _tree(there, key):
            if not there.is_dead(there.tasks[copy].recipient):
                _told(there, copy, told.get(copy, 0), f"{what} {name}")


def _told(there: Found, copy: bytes, said: int, what: str) -> None:
    held = there.hold(copy)
    wanted = wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY if held else wire.RECALL_RESULT_DESTROYED
    name = wire.RecallResult.Name(wire.RecallResult.ValueType(said)).removeprefix("RECALL_RESULT_")
    must(said == wanted, f"{what} was told {name} of the copy at {there.tasks[copy].recipient}")


def _tree(there: Found, key: bytes) -> list[bytes]:
    parts = sorted(part for part, row in there.tasks.items() if row.part_of == key)
    return [key, *(copy for part in parts for copy in _tree(there, part))]


def _name(number: int) -> str:
    return wire.State.Name(wire.State.ValueType(number)).removeprefix("STATE_")
