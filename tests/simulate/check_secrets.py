"""No text is where nobody sent it, and what was sent is where it must be. Rules M2, M3, M5, C9, W2, W6."""

from __future__ import annotations

from songtor_proto.wire.envelope_pb2 import STATE_CANCELLED, STATE_REJECTED
from tests.simulate import stores
from tests.simulate.found import Found, must
from tests.simulate.marks import found
from tests.simulate.world import Broken, Said


def secrets(there: Found) -> None:
    """Searches the log, the hub's store, every envelope with every desk's key, and every node."""
    server, owner = there.world.server, there.world.marks.owner
    live = [said for said in there.world.said if _is_live(there, said)]
    may: dict[str, set[str]] = {}
    for said in live:
        may.setdefault(said.recipient, set()).update(said.marks)

    must(not found(there.world.logged), "the log says what a case says")
    must(not found(stores.of_hub(server)), "the hub holds in the clear what a case says")
    for row in stores.opened_by_force(server):
        raise Broken(f"a desk's key opens what {row.sender} sent to {row.recipient}")
    for desk, key, note in stores.desk_notes(server):
        own = f"TH-00/{desk}"
        foreign = {mark for mark in found([note]) if owner[mark] != own} - may.get(own, set())
        must(not foreign, f"{desk} noted of {there.name(key)} what it was not told")
    at_desk: dict[tuple[bytes, str], set[str]] = {}
    for row, payload in stores.opened_at_desks(server):
        marks = found([payload.SerializeToString()])
        at_desk.setdefault((row.task, row.recipient), set()).update(marks)
        foreign = marks - may.get(row.recipient, set())
        must(not foreign, f"{row.recipient} can read of {there.name(row.task)} what it may not")
    at_node = {name: found(stores.of_node(there.world.seats[name])) for name in there.living}
    for name, marks in at_node.items():
        foreign = {mark for mark in marks if owner[mark] != name} - may.get(name, set())
        must(
            not foreign, f"{name} has what nobody sent there, of {sorted({owner[mark] for mark in foreign})}"
        )

    for name in there.living:
        for key in there.world.untold & there.referrals[name].keys():
            one = there.referrals[name][key]
            told = one.outgoing and one.outcome not in ("", "not_found")
            must(not told, f"{there.name(key)}: {name} was told {one.outcome}")
    for said in live:
        if said.exact and _must_be_there(there, said):
            here = at_node.get(said.recipient, at_desk.get((said.task, said.recipient), set()))
            must(said.marks <= here, f"{said.recipient} lacks what was sent of {there.name(said.task)}")


def _is_live(there: Found, said: Said) -> bool:
    """Whether what was said may be anywhere but with who said it: taken in, and neither taken back nor
    declined."""
    row = there.tasks.get(said.task)
    if row is None or _was_declined(there, said):
        return False
    if not row.withdrawn_ms:
        return True
    return there.hold(said.task) or there.is_dead(said.recipient)


def _was_declined(there: Found, said: Said) -> bool:
    """By a node, which then keeps nothing of it, whatever the referrer says of it later."""
    held = there.referrals.get(said.recipient, {}).get(said.task)
    if held is None or held.outgoing:
        return False
    return held.state == STATE_REJECTED or (held.state == STATE_CANCELLED and held.destroyed_at is not None)


def _must_be_there(there: Found, said: Said) -> bool:
    sent, row = there.by_id.get(said.envelope), there.tasks[said.task]
    if sent is None or there.is_dead(said.recipient) or row.withdrawn_ms:
        return False
    return not there.is_over(row)
