"""A referral's life, rules L1 to L10."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto import lifecycle
from songtor_proto.errors import EnvelopeError
from songtor_proto.lifecycle import CLOSED, OPEN, Actor, Step, step
from songtor_proto.vocabulary import vocabulary
from songtor_proto.wire import envelope_pb2 as pb

STATES = [number for number in pb.State.values() if number != pb.STATE_UNSPECIFIED]
KINDS = [number for number in pb.Kind.values() if number != pb.KIND_UNSPECIFIED]
NOW = datetime(2026, 11, 20, tzinfo=UTC)

# The design's table once more, by hand: kind, who, from, to.
TABLE = """
referral    referrer   draft        requested
referral    hub        requested    received
status      recipient  received     accepted
status      recipient  received     rejected
status      recipient  accepted     in-progress
status      recipient  in-progress  completed
status      recipient  in-progress  failed
question    recipient  received     on-hold
question    recipient  accepted     on-hold
question    recipient  in-progress  on-hold
status      referrer   requested    cancelled
status      referrer   received     cancelled
status      referrer   accepted     cancelled
status      referrer   in-progress  cancelled
status      referrer   on-hold      cancelled
withdrawal  referrer   requested    cancelled
withdrawal  referrer   received     cancelled
withdrawal  referrer   accepted     cancelled
withdrawal  referrer   in-progress  cancelled
withdrawal  referrer   on-hold      cancelled
"""


def state(code: str) -> int:
    return pb.State.Value("STATE_" + code.upper().replace("-", "_"))


def kind(code: str) -> int:
    return pb.Kind.Value("KIND_" + code.upper())


def allowed() -> set[tuple[int, Actor, int, int]]:
    """(kind, actor, from, to) of every step there is, but for the answer."""
    rows = {
        (kind(k), Actor(who), state(before), state(after))
        for k, who, before, after in (line.split() for line in TABLE.split("\n") if line)
    }
    for k, before in product((pb.KIND_STATUS, pb.KIND_WITHDRAWAL), STATES):
        if before != pb.STATE_ENTERED_IN_ERROR:
            rows.add((k, Actor.REFERRER, before, pb.STATE_ENTERED_IN_ERROR))
    # The hub carries withdrawals on.
    return rows | {(k, Actor.HUB, b, a) for k, _, b, a in rows if k == pb.KIND_WITHDRAWAL}


def taken(kind: int, actor: Actor, before: int, wanted: int, held_from: int = 0) -> Step | str:
    """Where the step leads, or the code of its refusal."""
    try:
        return step(before, wanted, actor, kind=kind, held_from=held_from)
    except EnvelopeError as error:
        return error.code


def test_what_the_table_says_and_nothing_else() -> None:
    """L1 to L8: all kinds, actors, states, wanted states; nobody skips a state, nobody acts for another."""
    rows = allowed()
    moving = [pb.KIND_REFERRAL, pb.KIND_STATUS, pb.KIND_QUESTION, pb.KIND_WITHDRAWAL]
    for k, actor, before, wanted in product(moving, Actor, STATES, STATES):
        held = before if k == pb.KIND_QUESTION else 0
        quiet = k == pb.KIND_WITHDRAWAL and wanted == pb.STATE_CANCELLED and before in CLOSED
        expected: Step | str
        if quiet:
            expected = "envelope.actor" if actor is Actor.RECIPIENT else Step(before)
        elif (k, actor, before, wanted) in rows:
            expected = Step(wanted, held)
        elif any((k, other, before, wanted) in rows for other in Actor):
            expected = "envelope.actor"
        else:
            expected = "envelope.transition"
        assert taken(k, actor, before, wanted) == expected, (k, actor, before, wanted)


def test_an_answer_returns_to_where_the_question_came_from() -> None:
    """L4: the referrer's answer alone leads out of on-hold, to the state held, whatever else is asked for."""
    askable = {pb.STATE_RECEIVED, pb.STATE_ACCEPTED, pb.STATE_IN_PROGRESS}
    for actor, before, held, wanted in product(Actor, STATES, [0, *STATES], [0, *STATES]):
        result = taken(pb.KIND_ANSWER, actor, before, wanted, held)
        if before == pb.STATE_ON_HOLD and held in askable and wanted in (0, held):
            assert result == (Step(held) if actor is Actor.REFERRER else "envelope.actor")
        else:
            assert result == "envelope.transition"


def test_what_the_kind_says_need_not_be_asked_for() -> None:
    """L4, L7: a question holds, a withdrawal cancels, with no state in the header."""
    assert step(pb.STATE_ACCEPTED, 0, Actor.RECIPIENT, kind=pb.KIND_QUESTION) == Step(
        pb.STATE_ON_HOLD, pb.STATE_ACCEPTED
    )
    assert step(pb.STATE_ON_HOLD, 0, Actor.HUB, kind=pb.KIND_WITHDRAWAL) == Step(pb.STATE_CANCELLED)
    assert taken(pb.KIND_STATUS, Actor.RECIPIENT, pb.STATE_RECEIVED, 0) == "envelope.transition"


@pytest.mark.parametrize(
    ("k", "who"),
    [
        (pb.KIND_OPENING, {Actor.RECIPIENT}),
        (pb.KIND_CONFIRMATION, {Actor.REFERRER, Actor.RECIPIENT}),
        (pb.KIND_REMINDER, set(Actor)),
        (pb.KIND_RECALL_RECEIPT, {Actor.RECIPIENT, Actor.HUB}),
    ],
)
def test_other_messages_move_nothing(k: int, who: set[Actor]) -> None:
    """An opening, a confirmation, a reminder, a recall receipt leave state and question as they are."""
    for actor, before in product(Actor, OPEN | CLOSED):
        expected = Step(before, pb.STATE_RECEIVED) if actor in who else "envelope.actor"
        assert taken(k, actor, before, 0, pb.STATE_RECEIVED) == expected
        assert taken(k, actor, before, pb.STATE_COMPLETED) == "envelope.transition"
    assert taken(k, Actor.RECIPIENT, pb.STATE_DRAFT, 0) == "envelope.transition"


@given(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.sampled_from(Actor),
    st.integers(-(2**31), 2**31 - 1) | st.sampled_from(KINDS),
    st.integers(-(2**31), 2**31 - 1),
)
def test_numbers_from_a_newer_side_break_nothing(
    before: int, wanted: int, actor: Actor, k: int, held: int
) -> None:
    """E11: an unknown kind moves nothing; an unknown state is refused as a transition, never a crash."""
    result = taken(k, actor, before, wanted, held)
    if k not in KINDS:
        assert result == Step(before, held)
    else:
        assert isinstance(result, Step) or result in {"envelope.transition", "envelope.actor"}


@given(st.lists(st.tuples(st.sampled_from(Actor), st.sampled_from(KINDS), st.sampled_from([0, *STATES]))))
def test_every_walk_stays_within_the_rules(acts: list[tuple[Actor, int, int]]) -> None:
    """L1 to L8: closed stays closed but for entered-in-error, and only on-hold holds a question."""
    at = Step(pb.STATE_REQUESTED)
    for actor, k, wanted in acts:
        try:
            after = step(at.state, wanted, actor, kind=k, held_from=at.held_from)
        except EnvelopeError:
            continue
        assert after.state in OPEN | CLOSED
        assert (after.state == pb.STATE_ON_HOLD) == (after.held_from != 0)
        assert at.state in OPEN or after.state in {at.state, pb.STATE_ENTERED_IN_ERROR}
        assert at.state != pb.STATE_ENTERED_IN_ERROR or after == at
        at = after


@pytest.mark.parametrize("before", STATES)
def test_a_new_version_cancels_the_open_one_before_it(before: int) -> None:
    """L9: the next version only; what was closed stays as it closed."""
    expected = pb.STATE_CANCELLED if before in OPEN else before
    assert lifecycle.supersede(before, last_version=3, version=4) == expected
    for wrong in (0, 3, 5):
        with pytest.raises(EnvelopeError, match=r"envelope\.task_version"):
            lifecycle.supersede(before, last_version=3, version=wrong)


def test_a_referral_is_reported_when_none_of_its_parts_is_open() -> None:
    """L10: rejected, completed and cancelled parts are all answers; a held one is not."""
    assert lifecycle.may_report([])
    assert lifecycle.may_report(CLOSED)
    for waiting in OPEN:
        assert not lifecycle.may_report([pb.STATE_COMPLETED, waiting])


def test_every_state_is_a_stage_of_the_4r_and_has_a_code() -> None:
    """L12: the ministry's view covers every state, in the vocabulary's words; an unknown one has no stage."""
    for known in STATES:
        assert lifecycle.stage(known) in vocabulary().referral_stages
        assert state(lifecycle.code(known)) == known
    assert lifecycle.stage(99) == ""
    assert lifecycle.code(99) == "99"
    assert {pb.STATE_DRAFT, *OPEN, *CLOSED} == set(STATES)


@pytest.mark.parametrize(
    ("urgency", "hours"),
    [(pb.URGENCY_RED, 24), (pb.URGENCY_YELLOW, 72), (pb.URGENCY_GREEN, 14 * 24), (0, 24), (99, 24)],
)
def test_the_first_response_is_due_by_urgency(urgency: int, hours: int) -> None:
    """L11: 24 hours for red, 72 for yellow, 14 days for green; an unknown urgency counts as red."""
    assert lifecycle.respond_by(urgency, NOW) == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("at", STATES)
def test_overdue_is_open_unanswered_and_late(at: int) -> None:
    """A response, however late, ends it; so does the end of the referral."""
    late = NOW + timedelta(milliseconds=1)
    assert lifecycle.overdue(at, NOW, late, responded=False) == (at in OPEN)
    assert not lifecycle.overdue(at, NOW, NOW, responded=False)
    assert not lifecycle.overdue(at, NOW, late, responded=True)
