"""A referral's life: what may follow what, and who may bring it about. Rules L1 to L10 of docs/protocol.md.

The states are FHIR R5 Task.status codes. `STEPS` is the rule, row by row; the rest of the file reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from songtor_proto.errors import EnvelopeError
from songtor_proto.wire import envelope_pb2 as pb


class Actor(Enum):
    """In which part someone acts on a referral."""

    REFERRER = "referrer"
    RECIPIENT = "recipient"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a message of `kind` from one of `actors` brings a referral from a state in `before` to one in
    `after`, or with `back` to the state that the open question interrupted."""

    number: str
    kind: int
    actors: frozenset[Actor]
    before: frozenset[int]
    after: frozenset[int] = frozenset()
    back: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Where a referral is; `held_from` is the state that its open question interrupted, else 0."""

    state: int
    held_from: int = 0


def _states(*states: int) -> frozenset[int]:
    return frozenset(states)


OPEN = _states(
    pb.STATE_REQUESTED, pb.STATE_RECEIVED, pb.STATE_ACCEPTED, pb.STATE_IN_PROGRESS, pb.STATE_ON_HOLD
)  # fmt: skip
CLOSED = _states(
    pb.STATE_REJECTED, pb.STATE_COMPLETED, pb.STATE_FAILED, pb.STATE_CANCELLED, pb.STATE_ENTERED_IN_ERROR
)
_ASKABLE = _states(pb.STATE_RECEIVED, pb.STATE_ACCEPTED, pb.STATE_IN_PROGRESS)
_CORRECTABLE = (OPEN | CLOSED | {pb.STATE_DRAFT}) - {pb.STATE_ENTERED_IN_ERROR}
_CANCELLED, _IN_ERROR = _states(pb.STATE_CANCELLED), _states(pb.STATE_ENTERED_IN_ERROR)

_REFERRER, _RECIPIENT, _HUB = (frozenset({actor}) for actor in Actor)
# The hub carries a withdrawal on to whoever holds a copy, and recalls what nobody confirmed.
_WITHDRAWER = _REFERRER | _HUB

STEPS: tuple[Rule, ...] = (
    Rule("L1", pb.KIND_REFERRAL, _REFERRER, _states(pb.STATE_DRAFT), _states(pb.STATE_REQUESTED)),
    Rule("L2", pb.KIND_REFERRAL, _HUB, _states(pb.STATE_REQUESTED), _states(pb.STATE_RECEIVED)),
    Rule("L3", pb.KIND_STATUS, _RECIPIENT, _states(pb.STATE_RECEIVED),
         _states(pb.STATE_ACCEPTED, pb.STATE_REJECTED)),
    Rule("L4", pb.KIND_QUESTION, _RECIPIENT, _ASKABLE, _states(pb.STATE_ON_HOLD)),
    Rule("L4", pb.KIND_ANSWER, _REFERRER, _states(pb.STATE_ON_HOLD), back=True),
    Rule("L5", pb.KIND_STATUS, _RECIPIENT, _states(pb.STATE_ACCEPTED), _states(pb.STATE_IN_PROGRESS)),
    Rule("L6", pb.KIND_STATUS, _RECIPIENT, _states(pb.STATE_IN_PROGRESS),
         _states(pb.STATE_COMPLETED, pb.STATE_FAILED)),
    Rule("L7", pb.KIND_STATUS, _REFERRER, OPEN, _CANCELLED),
    Rule("L7", pb.KIND_WITHDRAWAL, _WITHDRAWER, OPEN, _CANCELLED),
    Rule("L8", pb.KIND_STATUS, _REFERRER, _CORRECTABLE, _IN_ERROR),
    Rule("L8", pb.KIND_WITHDRAWAL, _WITHDRAWER, _CORRECTABLE, _IN_ERROR),
)  # fmt: skip

# Messages that leave the state as it is, and who sends them.
QUIET: Mapping[int, frozenset[Actor]] = {
    pb.KIND_OPENING: _RECIPIENT,
    pb.KIND_CONFIRMATION: _REFERRER | _RECIPIENT,
    pb.KIND_REMINDER: frozenset(Actor),
    pb.KIND_RECALL_RECEIPT: _RECIPIENT | _HUB,
}

_KINDS = QUIET.keys() | {rule.kind for rule in STEPS}


def step(state: int, wanted: int, actor: Actor, *, kind: int, held_from: int = 0) -> Step:
    """Where a message of that kind brings the referral.

    `wanted` is the state that the header asks for; 0 is enough where the kind says it (a question, an
    answer, a withdrawal) or the state stays. Withdrawal leaves a closed referral as it was (L7); what it
    destroys is another matter. A kind that is not known here moves nothing (E11). Raises EnvelopeError:
    `transition` where no rule leads there, `actor` where it is another's to do.
    """
    if kind not in _KINDS:
        return Step(state, held_from)
    wanted = wanted or _implied(kind, held_from)
    if kind in QUIET:
        actors = QUIET[kind] if state in OPEN | CLOSED and wanted == pb.STATE_UNSPECIFIED else None
        after = Step(state, held_from)
    elif kind == pb.KIND_WITHDRAWAL and wanted == pb.STATE_CANCELLED and state in CLOSED:
        actors, after = _WITHDRAWER, Step(state)
    else:
        actors = next((rule.actors for rule in STEPS if _leads(rule, kind, state, wanted, held_from)), None)
        after = Step(wanted, state if kind == pb.KIND_QUESTION else pb.STATE_UNSPECIFIED)
    if actors is None:
        raise EnvelopeError("transition", field="state")
    if actor not in actors:
        raise EnvelopeError("actor", field="sender")
    return after


def _implied(kind: int, held_from: int) -> int:
    if kind == pb.KIND_ANSWER:
        return held_from
    if kind == pb.KIND_QUESTION:
        return pb.STATE_ON_HOLD
    return pb.STATE_CANCELLED if kind == pb.KIND_WITHDRAWAL else pb.STATE_UNSPECIFIED


def _leads(rule: Rule, kind: int, state: int, wanted: int, held_from: int) -> bool:
    after = _ASKABLE & {held_from} if rule.back else rule.after
    return rule.kind == kind and state in rule.before and wanted in after


def supersede(state: int, *, last_version: int, version: int) -> int:
    """The state of a thread's last version once the next is taken in (L9): cancelled where it was open.

    A new version is a referral of its own and starts with L1. EnvelopeError("task_version") where it is not
    the next one.
    """
    if version != last_version + 1:
        raise EnvelopeError("task_version", field="task_version")
    return pb.STATE_CANCELLED if state in OPEN else state


def may_report(parts: Iterable[int]) -> bool:
    """Whether a referral with parts in these states can be reported on (L10): none is open any more.

    A part that is rejected leaves the referral where it is.
    """
    return not any(state in OPEN for state in parts)


_STAGE: Mapping[int, str] = {
    pb.STATE_DRAFT: "register",
    pb.STATE_REQUESTED: "register",
    pb.STATE_RECEIVED: "register",
    pb.STATE_ACCEPTED: "reaction",
    pb.STATE_ON_HOLD: "reaction",
    pb.STATE_IN_PROGRESS: "refer",
    pb.STATE_COMPLETED: "report",
    pb.STATE_FAILED: "report",
    pb.STATE_REJECTED: "report",
    pb.STATE_CANCELLED: "report",
    pb.STATE_ENTERED_IN_ERROR: "report",
}


_CODES: dict[int, str] = {number: name[6:].lower().replace("_", "-") for name, number in pb.State.items()}


def code(state: int) -> str:
    """FHIR's code of the state ("in-progress"); the number where it is not known here (E11)."""
    return _CODES.get(state, str(state))


def stage(state: int) -> str:
    """The ministry's 4R stage (code of `referral_stages`); empty where the state is not known here."""
    return _STAGE.get(state, "")


_RESPONSE: Mapping[int, timedelta] = {
    pb.URGENCY_RED: timedelta(hours=24),
    pb.URGENCY_YELLOW: timedelta(hours=72),
    pb.URGENCY_GREEN: timedelta(days=14),
}


def respond_by(urgency: int, created: datetime) -> datetime:
    """When the first response is due; an urgency that is not known here counts as red."""
    return created + _RESPONSE.get(urgency, _RESPONSE[pb.URGENCY_RED])


def overdue(state: int, due: datetime, now: datetime, *, responded: bool) -> bool:
    """Whether an open referral still lacks its first response after `due`."""
    return state in OPEN and not responded and now > due
