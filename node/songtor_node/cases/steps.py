"""The eight steps of a case's life: what may follow what. A pure rule over the vocabulary's order."""

from __future__ import annotations

from collections.abc import Sequence

from songtor_proto.errors import InputError

FIRST = "intake"  # before it lies the organisation's own outreach, which is no step of a case
REOPENED = "fact_finding"
LAST = "closure"


def life(order: Sequence[str]) -> Sequence[str]:
    """The steps that a case can take, of all the vocabulary's in their order."""
    return order[order.index(FIRST) :]


def may_follow(present: str, wanted: str, *, reason: str, order: Sequence[str]) -> None:
    """One step forward is free; any other, back or over a step, needs a reason; a closed case can only
    reopen.

    InputError: unknown_code (no such step), step (it may not follow), reason_missing.
    """
    steps = life(order)
    if wanted not in steps:
        raise InputError("unknown_code", field="step")
    if wanted == present or (present == LAST and wanted != REOPENED):
        raise InputError("step", field="step")
    if steps.index(wanted) != steps.index(present) + 1 and not reason.strip():
        raise InputError("reason_missing", field="reason")
