"""A journey of services as a picture: every row, goal and touch point is drawn, nothing covers anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.journey.draw import draw
from songtor_web.pictures.journey.layout import (
    LEFT,
    RADIUS,
    RIGHT,
    WIDTH,
    Box,
    Lane,
    Placed,
    layout,
    pages,
)
from songtor_web.pictures.journey.model import Goal, Journey, Move, Station, state
from songtor_web.pictures.journey.words import words
from songtor_web.pictures.lettering import width
from songtor_web.texts import Texts

STEADY = settings(deadline=None, derandomize=True, max_examples=40)
TEXTS = Texts([files("songtor_web") / "texts"])
EN = TEXTS.speaking("en")
SIDES, STAGES = list(vocabulary().dimensions), list(vocabulary().journey_stages)
TODAY = date(2026, 11, 20)
A4 = 740.0
"""Pixels of a picture as wide as ours on a sheet that lies."""

texts = st.one_of(
    st.sampled_from(["", "พบครูประจำชั้น ดูสมุดบันทึกการมาเรียนพร้อมแม่และน้อง", "See the doctor", "x" * 300]),
    st.text(max_size=60),
)
days = st.integers(-900, 900).map(lambda number: TODAY + timedelta(days=number))


@st.composite
def stations(draw: st.DrawFn) -> Station:
    started = draw(st.none() | days.filter(lambda day: day <= TODAY))
    done = draw(st.none() | st.just(TODAY)) if started else None
    expected = draw(st.sampled_from([0, 1, 30, 3650]))
    late = bool(started and expected and not done and started + timedelta(days=expected) < TODAY)
    return Station(
        what=draw(texts) or "x",
        agency=draw(texts),
        who=draw(texts),
        information=draw(st.lists(st.sampled_from(["Name", "Physical and mental health"]), max_size=2)),
        days=expected,
        started=started,
        done=done,
        late=late,
    )


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    begun = draw(days.filter(lambda day: day <= TODAY))
    after = st.integers(0, (TODAY - begun).days).map(lambda number: begun + timedelta(days=number))
    moves = [
        Move(on, draw(st.sampled_from(STAGES)), draw(st.booleans()), draw(texts))
        for on in sorted(draw(st.lists(after, max_size=4)))
    ]
    due = draw(st.none() | days)
    return Goal(
        key="",
        subject=draw(st.sampled_from(["client", "child", "guardian"])),
        dimension=draw(st.sampled_from(SIDES)),
        text=draw(texts) or "x",
        stage=draw(st.sampled_from(STAGES)),
        begun=begun,
        due=due,
        late=bool(due and due < TODAY),
        refused=draw(st.booleans()),
        refusal=draw(texts),
        signed_on=draw(st.none() | after),
        moves=moves,
        stations=draw(st.lists(stations(), max_size=9)),
    )


@st.composite
def journeys(draw: st.DrawFn, most: int = 7) -> Journey:
    found = draw(st.lists(goals(), max_size=most))
    return Journey(
        today=TODAY,
        dimensions=SIDES,
        stages=STAGES,
        subjects=draw(st.sampled_from([("client",), ("child", "guardian")])),
        goals=[replace(one, key=f"g{number}") for number, one in enumerate(found)],
    )


def lanes(placed: Placed) -> list[Lane]:
    return [lane for row in placed.rows for lane in row.lanes]


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


@STEADY
@given(journeys())
def test_every_row_goal_and_touch_point_is_drawn(journey: Journey) -> None:
    """Once each, what has no goal in one line; the picture is well-formed whatever was typed."""
    drawing = draw(layout(journey, EN, "en"), EN, "en")
    tree = ElementTree.fromstring(drawing.svg())
    rows = [one.get("data-row") for one in tree.iter() if one.get("data-row")]
    expected = [
        [*(f"{subject} {side}" for side, _ in taken), *([f"{subject} empty"] if free else [])]
        for subject, taken, free in journey.by_subject
    ]
    assert rows == [one for rows_of in expected for one in rows_of]
    said = str([*words(journey, EN, "en")])
    assert all(vocabulary().dimensions[side].label("en") in said for side in SIDES)
    drawn = [one for one in tree.iter() if one.get("data-goal")]
    assert sorted(str(one.get("data-goal")) for one in drawn) == sorted(one.key for one in journey.goals)
    for goal in journey.goals:
        mine = next(one for one in drawn if one.get("data-goal") == goal.key)
        assert mine.get("data-stage") == goal.stage
        stops = [one for one in mine.iter() if one.get("data-stop")]
        assert [one.get("data-stop") for one in stops] == [
            str(place + 1) for place in range(len(goal.stations))
        ]
        assert [one.get("data-state") for one in stops] == [state(one) for one in goal.stations]


@STEADY
@given(journeys())
def test_nothing_covers_anything(journey: Journey) -> None:
    """Words, notes and signs stand apart, within the picture and within their lane."""
    placed = layout(journey, EN, "en")
    for row, below in pairwise(placed.rows):
        assert row.box.y + row.box.height <= below.box.y + 0.01
    for lane in lanes(placed):
        boxes = [lane.words, *(note.box for note in lane.notes), *(stop.box for stop in lane.stops)]
        assert all(apart(one, other) for one, other in combinations(boxes, 2))
        for box in boxes:
            assert box.x >= 0
            assert box.x + box.width <= WIDTH
            assert lane.box.y <= box.y
            assert box.y + box.height <= lane.box.y + lane.box.height
        signs = sorted(stop.x for stop in lane.stops)
        assert all(after - before >= 2 * RADIUS for before, after in pairwise(signs))
        assert all(LEFT <= x <= RIGHT for x in signs)
        for strip in lane.strips:
            assert lane.y < strip.y
            assert all(stop.box.y > strip.y for stop in lane.stops)


@STEADY
@given(journeys())
def test_words_stand_within_their_room(journey: Journey) -> None:
    """As wide as they are measured."""
    for lane in lanes(layout(journey, EN, "en")):
        for stop in lane.stops:
            for look, line in stop.lines:
                assert width(line, 12.5, bold=look in ("strong", "late")) <= stop.box.width - 25
        for note in lane.notes:
            assert all(
                width(one, 12.5, bold=note.kind == "late") <= note.box.width - 18 for one in note.lines
            )


@STEADY
@given(journeys())
def test_what_is_late_ways_back_and_refusals_are_marked_and_said(journey: Journey) -> None:
    """In the picture by a sign of their own, and in its text."""
    placed = layout(journey, EN, "en")
    said = [one for _, sentences in words(journey, EN, "en") for one in sentences]
    for lane in lanes(placed):
        kinds = [note.kind for note in lane.notes]
        goal = lane.goal
        assert kinds.count("late") == (1 if goal.late else 0)
        assert kinds.count("due") == (1 if goal.due and not goal.late else 0)
        refusals = sum(move.refused for move in goal.moves)
        assert kinds.count("no") == (refusals or (1 if goal.refused else 0))
        late = goal.late or any(one.late for one in goal.stations)
        assert any(look == "late" for look, _ in lane.lines) == late
        stages = [STAGES[0], *(move.stage for move in goal.moves if not move.refused)]
        backs = sum(STAGES.index(one) > STAGES.index(after) for one, after in pairwise(stages))
        assert kinds.count("back") == backs
        assert all(any(move.reason in one for one in said) for move in goal.moves)
    assert sum("Goal:" in one for one in said) >= len(journey.goals)


@STEADY
@given(journeys())
def test_a_goals_bar_runs_through_its_stages_without_a_gap(journey: Journey) -> None:
    """From the day on which it began; what lies ahead comes last."""
    for lane in lanes(layout(journey, EN, "en")):
        assert lane.parts
        assert all(abs(one.to - after.x) < 0.01 or after.x <= RIGHT for one, after in pairwise(lane.parts))
        assert [part.ahead for part in lane.parts] == sorted(part.ahead for part in lane.parts)
        assert any(part.stage == lane.goal.stage or part.ahead for part in lane.parts)


@STEADY
@given(journeys(), goals())
def test_the_others_stay_as_they_are_when_one_is_added(journey: Journey, goal: Goal) -> None:
    """The order of rows and of the goals in them."""

    def order(placed: Placed) -> list[str]:
        return [lane.goal.key for lane in lanes(placed)]

    more = replace(journey, goals=[*journey.goals, replace(goal, key="new")])
    assert [key for key in order(layout(more, EN, "en")) if key != "new"] == order(layout(journey, EN, "en"))


@STEADY
@given(journeys(most=12))
def test_pages_hold_every_goal_once(journey: Journey) -> None:
    """None is higher than a sheet unless one goal alone is; each says whose goals it shows."""
    found = pages(journey, EN, "en", A4)
    assert sorted(lane.goal.key for page in found for lane in lanes(page)) == sorted(
        one.key for one in journey.goals
    )
    for page in found:
        assert page.height <= A4 or len(lanes(page)) == 1
        assert page.rows[0].head is not None or len({subject for subject, _, _ in journey.rows}) == 1


def test_every_stage_has_a_pattern_and_a_word() -> None:
    """Told apart in black and white."""
    goal = Goal(key="1", subject="client", dimension="health", text="x", stage="diagnosing", begun=TODAY)
    journey = Journey(today=TODAY, dimensions=SIDES, stages=STAGES, goals=[goal])
    svg = draw(layout(journey, EN, "en"), EN, "en").svg()
    assert all(term.label("en") in svg for term in vocabulary().journey_stages.values())
    assert all(f'id="journey-{colour}"' in svg for colour in ("red", "pink", "yellow"))


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_buddhist_era_stands_along_the_top_in_thai(lang: str) -> None:
    t = TEXTS.speaking(lang)
    svg = draw(layout(journey_of_a_family(), t, lang), t, lang).svg()
    assert (">2569<" in svg, ">2026<" in svg) == (lang == "th", lang == "en")


# Looked at by a person


def journey_of_a_family() -> Journey:
    def on(text: str) -> date:
        return date.fromisoformat(text)

    school = Goal(
        key="school", subject="child", dimension="education", text="เด็กกลับไปเรียนได้ทุกวัน",
        stage="in_service", begun=on("2026-09-06"), due=on("2027-01-31"),
        signed_on=on("2026-09-20"), signed_by="มารดา", href="/1",
        moves=[
            Move(on("2026-09-20"), "agreed"),
            Move(on("2026-10-01"), "in_service"),
            Move(on("2026-10-20"), "agreed", False, "ครูประจำชั้นเปลี่ยนคน ต้องนัดใหม่"),
            Move(on("2026-11-02"), "in_service"),
        ],
        stations=[
            Station(
                what="พบครูประจำชั้น ดูสมุดบันทึกการมาเรียน", agency="โรงเรียนประถมในเขต", who="อนงค์",
                information=["การศึกษา", "ครอบครัวและผู้ดูแล"], days=14,
                started=on("2026-09-22"), done=on("2026-10-01"),
            ),
            Station(
                what="จัดคนรับน้องหลังเลิกเรียน", agency="โรงเรียนภาษาไทยวันอาทิตย์", who="มารดา", days=20,
                started=on("2026-10-10"), late=True,
            ),
            Station(what="พบเด็กที่วัดทุกวันอาทิตย์", agency="วัด", days=60, started=on("2026-11-02")),
            Station(what="ประเมินผลร่วมกับครู", information=["การศึกษา"], days=30),
            Station(what="ทบทวนแผน"),
        ],
    )  # fmt: skip
    care = Goal(
        key="care", subject="child", dimension="social", text="มีคนดูแลน้องช่วงเย็น", stage="diagnosing",
        begun=on("2026-09-06"), due=on("2026-11-15"), late=True,
    )  # fmt: skip
    back = Goal(
        key="back", subject="guardian", dimension="health", text="แม่ปวดหลังน้อยลง", stage="completed",
        begun=on("2026-06-10"), due=on("2026-10-30"), ended="บรรลุ",
        moves=[
            Move(on("2026-06-20"), "agreed"),
            Move(on("2026-07-01"), "in_service"),
            Move(on("2026-10-15"), "completed"),
        ],
        stations=[
            Station(
                what="กายภาพบำบัด", agency="โรงพยาบาล", days=60,
                started=on("2026-07-01"), done=on("2026-10-10"),
            )
        ],
    )  # fmt: skip
    home = Goal(
        key="home", subject="guardian", dimension="governance", text="ต่อสัญญาเช่าบ้าน", stage="diagnosing",
        begun=on("2026-10-10"), refused=True, refusal="แม่ขอจัดการเรื่องบ้านเองก่อน",
        moves=[Move(on("2026-10-28"), "diagnosing", True, "แม่ขอจัดการเรื่องบ้านเองก่อน")],
    )  # fmt: skip
    return Journey(
        today=TODAY, dimensions=SIDES, stages=STAGES, subjects=("child", "guardian"),
        goals=[school, care, back, home],
    )  # fmt: skip


def references() -> Mapping[str, str]:
    family = journey_of_a_family()
    adult = replace(family, subjects=("client",), goals=[replace(family.goals[0], subject="client", href="")])
    empty = replace(family, subjects=("client",), goals=[])

    def drawn(journey: Journey, lang: str) -> str:
        t = TEXTS.speaking(lang)
        return draw(layout(journey, t, lang), t, lang).svg()

    return {
        "family_th": drawn(family, "th"),
        "family_en": drawn(family, "en"),
        "adult_th": drawn(adult, "th"),
        "empty_en": drawn(empty, "en"),
    }
