"""The threat flower: which petals count, and the urgency that follows from them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from songtor_node.cases.models import Threat
from songtor_proto.errors import InputError

UNKNOWN = "unknown"


def petals(threats: Iterable[Threat]) -> tuple[Threat, ...]:
    """The newest judgement of each subject and dimension; `threats` oldest first."""
    return tuple({(threat.subject, threat.dimension): threat for threat in threats}.values())


def rings(threats: Iterable[Threat], *, minor: bool, child: bool) -> tuple[str, ...]:
    """Whose petals are asked: child and guardian where the client is a child, where there is one, or where
    one was judged; else the client's ring alone."""
    judged = {threat.subject for threat in threats}
    if minor or child or judged & {"child", "guardian"}:
        return ("child", "guardian") if "client" not in judged else ("client", "child", "guardian")
    return ("client",)


def urgency(levels: Iterable[str], above: str, *, order: Sequence[str]) -> str:
    """The worst of the petals, or what a worker set above them. `order`: the levels, worst first."""
    return min((level for level in (*levels, above) if level), key=order.index, default=UNKNOWN)


def check_above(levels: Iterable[str], above: str, reason: str, *, order: Sequence[str]) -> None:
    """A level may be set only above the worst petal, and with a reason; InputError otherwise."""
    if not above:
        return
    if order.index(above) >= order.index(urgency(levels, "", order=order)):
        raise InputError("urgency", field="urgency.level")
    if not reason:
        raise InputError("reason_missing", field="urgency.reason")
