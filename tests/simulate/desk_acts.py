"""What officers at the desks do, drawn from what they could do now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Row, or_, select

from songtor_hub.desks import acts, confirm, opening, refer_to_node, route
from songtor_hub.desks.desk import Desk
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import envelope
from songtor_hub.store.tables import task as task_table
from songtor_proto.lifecycle import OPEN
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.envelope_pb2 import Header
from songtor_proto.wire.payload_pb2 import Facts
from tests.simulate import template
from tests.simulate.people import Agreed, draw_centre_case, may_leave
from tests.simulate.world import World

# What the officer finds out only when they act: somebody else was faster, or the time is over.
_OVER = ("envelope.transition", "consent.withdrawn", "consent.expired", "consent.not_confirmed")
_UNREACHABLE = ("peer.revoked", "peer.key_changed")


def any_act(world: World) -> None:
    """One act of an officer, at a desk that has something to do."""
    rows = at_desks(world)
    choices: list[tuple[float, Callable[[], None]]] = [(0.5, partial(share, world, ""))]
    for task in rows:
        choices += _received(world, task) if "/" in task.recipient else []
        choices += _referred(world, task) if "/" in task.referrer else []
        if (
            task.confirm_by_ms is not None
            and not task.confirmed
            and task.part_of is None
            and "/" in task.recipient
        ):
            choices.append((0.5, partial(_confirm, world, task)))
    world.plan.choices(choices, [weight for weight, _ in choices])[0][1]()


def at_desks(world: World) -> list[Row[Any]]:
    with reading(world.server.hub.engine) as connection:
        at_desk = or_(task_table.c.recipient.like("TH-00/%"), task_table.c.referrer.like("TH-00/%"))
        return list(connection.execute(select(task_table).where(at_desk).order_by(task_table.c.id)))


def _received(world: World, task: Row[Any]) -> list[tuple[float, Callable[[], None]]]:
    state = task.state
    choices: list[tuple[float, Callable[[], None]]] = []

    def offer(weight: float, do: Callable[[World, str, Row[Any]], None]) -> None:
        choices.append((weight, partial(do, world, task.recipient.partition("/")[2], task)))

    if state in OPEN:
        offer(1.0, _open)
    if state == wire.STATE_RECEIVED:
        offer(1.5, _accept)
        offer(0.5, reject)
    if state == wire.STATE_ACCEPTED:
        offer(1.5, _start)
    if state in (wire.STATE_RECEIVED, wire.STATE_ACCEPTED, wire.STATE_IN_PROGRESS):
        offer(0.5, _ask)
    if state in (wire.STATE_ACCEPTED, wire.STATE_IN_PROGRESS):
        offer(0.8, _route)
        offer(0.2, _traced_consent)
    if state == wire.STATE_IN_PROGRESS:
        offer(1.5, _complete)
        offer(0.3, _fail)
    if state in OPEN and task.legal_hold is None:
        offer(0.05, _hold)
    if task.legal_hold is not None:
        offer(0.3, _release)
    return choices


def _referred(world: World, task: Row[Any]) -> list[tuple[float, Callable[[], None]]]:
    desk = task.referrer.partition("/")[2]
    choices: list[tuple[float, Callable[[], None]]] = []
    if task.state == wire.STATE_ON_HOLD:
        choices.append((2.0, partial(_answer, world, desk, task)))
    if task.withdrawn_ms is None:
        choices.append((0.1, partial(withdraw, world, desk, task)))
        choices.append((0.1, partial(_open, world, desk, task)))
    if desk == "tsda" and task.part_of is None and task.recipient in world.seats:
        weight = 0.5 if task.state == wire.STATE_REJECTED else 0.05
        choices.append((weight, partial(share, world, task.reference, task.recipient)))
    return choices


def _act(
    world: World, desk: str, what: str, task: Row[Any], do: Callable[[Desk, str], Any], *fine: str
) -> Any:
    text = task.reference
    codes = (*_OVER, *_UNREACHABLE, *fine)
    return world.desk_act(desk, f"{what} {text}", lambda at: do(at, text), fine=codes)


def _open(world: World, desk: str, task: Row[Any]) -> None:
    _act(world, desk, "opens", task, opening.open_task)


def _accept(world: World, desk: str, task: Row[Any]) -> None:
    _act(world, desk, "accepts", task, acts.accept)


def _start(world: World, desk: str, task: Row[Any]) -> None:
    _act(world, desk, "starts", task, acts.start)


def reject(world: World, desk: str, task: Row[Any]) -> None:
    reason = world.plan.choice(list(policy().rejection_reasons))
    _act(world, desk, f"rejects ({reason})", task, lambda at, text: acts.reject(at, text, reason))


def _fail(world: World, desk: str, task: Row[Any]) -> None:
    reason = world.plan.choice(list(policy().failure_reasons))
    _act(world, desk, "fails", task, lambda at, text: acts.fail(at, text, reason), "consent.traced_person")


def _ask(world: World, desk: str, task: Row[Any]) -> None:
    mark = world.marks.thai(task.recipient)
    rows = _act(world, desk, "asks", task, lambda at, text: acts.ask(at, text, f"ถาม {mark}"))
    world.remember(rows, wire.KIND_QUESTION, task.recipient, {"question": frozenset({mark})})


def _answer(world: World, desk: str, task: Row[Any]) -> None:
    mark = world.marks.thai(task.referrer)
    rows = _act(world, desk, "answers", task, lambda at, text: acts.answer(at, text, f"ตอบ {mark}"))
    world.remember(rows, wire.KIND_ANSWER, task.referrer, {"answer": frozenset({mark})})


def _complete(world: World, desk: str, task: Row[Any]) -> None:
    mark, outcome = world.marks.thai(task.recipient), world.plan.choice(list(policy().outcomes))
    told = not policy().purposes[task.purpose].traced_person_consents or task.root in world.traced
    rows = _act(
        world,
        desk,
        f"completes ({outcome})",
        task,
        lambda at, text: acts.complete(at, text, outcome, Facts(narrative=f"ผล {mark}")),
        "envelope.parts_open",
    )
    world.remember(rows, wire.KIND_STATUS, task.recipient, {"outcome": frozenset({mark} if told else ())})


def _traced_consent(world: World, desk: str, task: Row[Any]) -> None:
    rows = _act(
        world, desk, "hears the traced person agree to", task, acts.traced_consent, "input.not_traced"
    )
    if rows is not None:
        world.traced.add(task.root)


def _hold(world: World, desk: str, task: Row[Any]) -> None:
    _act(world, desk, "must keep", task, lambda at, text: acts.hold(at, text, "court_order"))


def _release(world: World, desk: str, task: Row[Any]) -> None:
    _act(world, desk, "need no longer keep", task, acts.release)


def withdraw(world: World, desk: str, task: Row[Any]) -> None:
    _act(world, desk, "withdraws", task, lambda at, text: acts.withdraw(at, text, "no_longer_needed"))


def _confirm(world: World, task: Row[Any]) -> None:
    _act(world, "tsda", "confirms", task, confirm.confirm)


def _route(world: World, desk: str, task: Row[Any]) -> None:
    """To another desk that the consent names, or to one that it does not."""
    whole = next(
        (said for said in world.said if said.task == task.id and said.kind == wire.KIND_REFERRAL), None
    )
    if whole is None:
        return
    named = [to.partition("/")[2] for to in _recipients(world, task) if to.startswith("TH-00/")]
    to = world.plan.choice([*named * 5, *template.desks()])
    rows = _act(
        world,
        desk,
        f"routes on to {to}",
        task,
        lambda at, text: route.send(at, route.prepare(at, text, [to])),
        "input.routed",
        "consent.recipient",
        "consent.findings",
    )
    whole_content = frozenset(whole.content)
    agreed = Agreed("", task.purpose, whole_content, (), alone=False)
    may = may_leave(agreed, f"TH-00/{to}", whole_content, frozenset())
    content = {category: marks for category, marks in whole.content.items() if category in may}
    world.remember(rows, wire.KIND_REFERRAL, task.recipient, content, exact=whole.exact)


def _recipients(world: World, task: Row[Any]) -> list[str]:
    with reading(world.server.hub.engine) as connection:
        header = connection.scalar(select(envelope.c.header).where(envelope.c.id == task.id))
    return list(Header.FromString(header or b"").terms.recipients)


def share(world: World, again: str, to: str = "") -> None:
    to = to or world.plan.choice(list(world.seats))
    file, content = draw_centre_case(world.plan, world.marks, to)
    what = f"shares {again} again, with {to}" if again else f"refers to {to}"
    rows = world.desk_act(
        "tsda",
        what,
        lambda at: refer_to_node.send(at, refer_to_node.prepare(at, file, to, again=again)),
        fine=(*_UNREACHABLE, "envelope.task_version"),
    )
    world.remember(rows, wire.KIND_REFERRAL, "TH-00/tsda", content)
