"""What may follow what in a case's eight steps."""

from __future__ import annotations

from itertools import pairwise

import pytest

from songtor_node.cases.steps import FIRST, LAST, REOPENED, life, may_follow
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary

ORDER = list(vocabulary().case_steps)
STEPS = life(ORDER)


def refused(present: str, wanted: str, reason: str = "") -> str:
    with pytest.raises(InputError) as caught:
        may_follow(present, wanted, reason=reason, order=ORDER)
    return caught.value.code


def test_a_case_lives_from_intake_to_closure() -> None:
    """The organisation's own outreach is no step of a case."""
    assert (STEPS[0], STEPS[-1], len(STEPS)) == (FIRST, LAST, 7)
    assert refused(FIRST, "publicise", "เหตุผล") == "input.unknown_code"


def test_one_step_forward_needs_no_reason() -> None:
    """The way the manual describes is free."""
    for present, wanted in pairwise(STEPS):
        may_follow(present, wanted, reason="", order=ORDER)


@pytest.mark.parametrize("present", STEPS)
@pytest.mark.parametrize("wanted", STEPS)
def test_every_other_move_needs_a_reason_and_a_closed_case_only_reopens(present: str, wanted: str) -> None:
    """Skipping and going back need a reason; after closure only fact finding; no step follows itself."""
    if wanted == present or (present == LAST and wanted != REOPENED):
        assert refused(present, wanted, "เหตุผล") == "input.step"
    elif (present, wanted) not in pairwise(STEPS):
        assert refused(present, wanted) == "input.reason_missing"
        assert refused(present, wanted, "  ") == "input.reason_missing"
        may_follow(present, wanted, reason="เหตุผล", order=ORDER)


def test_what_is_no_step_is_refused() -> None:
    """A code outside the vocabulary."""
    assert refused(FIRST, "closed", "เหตุผล") == "input.unknown_code"
