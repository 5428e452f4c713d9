"""A referral's life, the whole table: rules L1 to L10 and E11."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from songtor_proto import lifecycle
from songtor_proto.errors import EnvelopeError
from songtor_proto.lifecycle import Actor
from songtor_proto.times import from_ms, to_ms
from songtor_proto.wire import envelope_pb2 as wire
from tests.vectors.cast import NOW_MS
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
step: messages of this kind that ask for this state ("" for none). moves: by who sends it, from which state
to which; not_theirs: by who sends it, the states in which it is somebody else's to do (envelope.actor).
Whatever stands in neither is refused with envelope.transition. "on-hold from accepted" is on-hold with the
state that the question interrupted. version: the next version's effect on the last one. parts: whether a
referral with such parts can be reported on. due: when the first response is; the 4R stage of a state is
stage.
"""

_HELD = tuple(f"on-hold from {state}" for state in ("received", "accepted", "in-progress"))
_OPEN = ("requested", "received", "accepted", "in-progress", *_HELD)
_CLOSED = ("rejected", "completed", "failed", "cancelled", "entered-in-error")
_STATES = ("", "draft", *_OPEN, *_CLOSED)
_WANTED = ("", "draft", "requested", "received", "accepted", "in-progress", "on-hold", *_CLOSED)
_RIGHT = tuple(state for state in ("draft", *_OPEN, *_CLOSED) if state != "entered-in-error")

Moves = dict[str, str]


def _to(after: str, *before: str) -> Moves:
    return dict.fromkeys(before, after)


_STAY: Moves = {state: state for state in (*_OPEN, *_CLOSED)}
# Rule, kind, the state asked for, who, from and to: the page's table, written out.
_TABLE: list[tuple[str, str, str, tuple[str, ...], Moves]] = [
    ("L1", "referral", "requested", ("referrer",), _to("requested", "draft")),
    ("L2", "referral", "received", ("hub",), _to("received", "requested")),
    ("L3", "status", "accepted", ("recipient",), _to("accepted", "received")),
    ("L3", "status", "rejected", ("recipient",), _to("rejected", "received")),
    *[
        ("L4", "question", asked, ("recipient",), {held[len("on-hold from ") :]: held for held in _HELD})
        for asked in ("", "on-hold")
    ],
    ("L4", "answer", "", ("referrer",), {held: held[len("on-hold from ") :] for held in _HELD}),
    *[
        ("L4", "answer", state, ("referrer",), _to(state, f"on-hold from {state}"))
        for state in ("received", "accepted", "in-progress")
    ],
    ("L5", "status", "in-progress", ("recipient",), _to("in-progress", "accepted")),
    ("L6", "status", "completed", ("recipient",), _to("completed", "in-progress")),
    ("L6", "status", "failed", ("recipient",), _to("failed", "in-progress")),
    ("L7", "status", "cancelled", ("referrer",), _to("cancelled", *_OPEN)),
    *[
        ("L7", "withdrawal", asked, ("referrer", "hub"), _STAY | _to("cancelled", *_OPEN))
        for asked in ("", "cancelled")
    ],
    ("L8", "status", "entered-in-error", ("referrer",), _to("entered-in-error", *_RIGHT)),
    ("L8", "withdrawal", "entered-in-error", ("referrer", "hub"), _to("entered-in-error", *_RIGHT)),
    ("E3", "opening", "", ("recipient",), _STAY),
    ("C11", "confirmation", "", ("referrer", "recipient"), _STAY),
    ("E3", "reminder", "", ("referrer", "recipient", "hub"), _STAY),
    ("W4", "recall_receipt", "", ("recipient", "hub"), _STAY),
    *[("E11", "42", asked, ("referrer", "recipient", "hub"), {s: s for s in _STATES}) for asked in _WANTED],
]
_KINDS = tuple(dict.fromkeys(kind for _, kind, *_ in _TABLE))


def vectors(kept: Kept) -> Iterator[Vector]:
    for kind in _KINDS:
        for asked in _WANTED:
            rows = [row for row in _TABLE if row[1:3] == (kind, asked)]
            moves = {who: row[4] for row in rows for who in row[3]}
            allowed = {state for row in rows for state in row[4]}
            others = {
                actor.value: [state for state in _STATES if state in allowed]
                for actor in Actor
                if actor.value not in moves and allowed
            }
            what = f"{kind} asks for {asked or 'nothing'}"
            given = {"step": {"kind": kind, "wanted": asked}}
            result = {"moves": moves, "not_theirs": others}
            yield Vector(rows[0][0] if rows else "L1", what, given, result=result)
    yield from _versions()
    for states, may in [
        ([], True),
        (["completed", "rejected"], True),
        (["completed", "on-hold"], False),
        (["received"], False),
    ]:
        yield Vector("L10", f"parts: {', '.join(states) or 'none'}", {"parts": states}, result={"may": may})
    for urgency, hours in [(1, 24), (2, 72), (3, 14 * 24), (9, 24)]:
        wanted: Given = {"due": {"urgency": urgency, "created_ms": NOW_MS}}
        yield Vector("L11", f"urgency {urgency}", wanted, result={"due_ms": NOW_MS + hours * 3_600_000})
    for stage, reached in _STAGES.items():
        for state in reached:
            yield Vector("L12", f"the stage of {state}", {"stage": state}, result={"stage": stage})


_STAGES = {
    "register": ("draft", "requested", "received"),
    "reaction": ("accepted", "on-hold"),
    "refer": ("in-progress",),
    "report": _CLOSED,
}


def _versions() -> Iterator[Vector]:
    def given(state: str, last: int, version: int) -> Given:
        return {"version": {"state": state, "last_version": last, "version": version}}

    for state in ("received", "in-progress", "on-hold"):
        yield Vector("L9", f"after one that is {state}", given(state, 1, 2), result={"state": "cancelled"})
    for state in ("rejected", "completed"):
        yield Vector("L9", f"after one that is {state}", given(state, 3, 4), result={"state": state})
    for what, last, version in [("one is left out", 1, 3), ("the same again", 2, 2)]:
        yield refused("L9", what, given("received", last, version), "envelope.task_version", "task_version")


def judge(given: Given) -> Result:
    ((of, told),) = given.items()
    return _JUDGE[of](told)


def _steps(told: Given) -> Result:
    kind = int(told["kind"]) if told["kind"].isdecimal() else wire.Kind.Value(f"KIND_{told['kind'].upper()}")
    moves: dict[str, Moves] = {}
    not_theirs: dict[str, list[str]] = {}
    for actor in Actor:
        for before in _STATES:
            state, held = _parse(before)
            try:
                step = lifecycle.step(state, _number(told["wanted"]), actor, kind=kind, held_from=held)
            except EnvelopeError as error:
                if error.code != "envelope.transition":
                    not_theirs.setdefault(actor.value, []).append(before)
            else:
                moves.setdefault(actor.value, {})[before] = _written(step)
    return {"moves": moves, "not_theirs": not_theirs}


def _version(told: Given) -> Result:
    state = lifecycle.supersede(
        _number(told["state"]), last_version=told["last_version"], version=told["version"]
    )
    return {"state": lifecycle.code(state)}


def _due(told: Given) -> Result:
    return {"due_ms": to_ms(lifecycle.respond_by(told["urgency"], from_ms(told["created_ms"])))}


_JUDGE: dict[str, Callable[..., Result]] = {
    "step": _steps,
    "version": _version,
    "parts": lambda states: {"may": lifecycle.may_report(map(_number, states))},
    "due": _due,
    "stage": lambda state: {"stage": lifecycle.stage(_number(state))},
}


def _number(state: str) -> int:
    return wire.State.Value(f"STATE_{state.upper().replace('-', '_')}") if state else 0


def _parse(state: str) -> tuple[int, int]:
    state, _, held = state.partition(" from ")
    return _number(state), _number(held)


def _written(step: lifecycle.Step) -> str:
    state = lifecycle.code(step.state) if step.state else ""
    return f"{state} from {lifecycle.code(step.held_from)}" if step.held_from else state
