"""The timeline of a life: every event once and in its order, whatever is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import combinations, pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_web.pictures.timeline.draw import draw
from songtor_web.pictures.timeline.layout import LANE, NARROW, WIDE, Placed, layout
from songtor_web.pictures.timeline.model import Event, Timeline, span
from songtor_web.pictures.timeline.order import in_order
from songtor_web.pictures.timeline.paged import A4, pages
from songtor_web.pictures.timeline.words import words
from songtor_web.texts import Texts

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
TEXTS = Texts([files("songtor_web") / "texts"])
KEYS = [f"e{number}" for number in range(1, 13)]
DATES = st.one_of(
    st.just(""),
    st.builds(
        "{}{}{}".format,
        st.integers(1950, 2026),
        st.sampled_from(["", "-01", "-06", "-06-15", "-12-31"]),
        st.sampled_from(["", "~"]),
    ),
)
WORDS = st.sampled_from(["เกิด", "ย้ายไปอยู่เบอร์ลินกับสามีและลูกสองคน", "Lost their work", "W" * 60])


@st.composite
def lives(draw: st.DrawFn) -> Timeline:
    """Anything that can be typed: circles, contradictions, ends before beginnings, keys that name nobody."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=12))
    names = st.sampled_from(["", *KEYS, "e99"])
    return Timeline(
        tuple(
            Event(
                key=key,
                text=draw(WORDS),
                when=draw(DATES),
                until=draw(st.one_of(st.just(""), st.just(".."), DATES)),
                after=draw(names),
                before=draw(names),
                led_to=tuple(draw(st.lists(st.sampled_from([*KEYS, "e99"]), max_size=3))),
                theme=draw(st.sampled_from(["", "งาน", "ครอบครัวและญาติพี่น้องของสามี"])),
            )
            for key in keys
        )
    )


def placed(life: Timeline, lang: str = "th", room: float = NARROW, theme: str = "") -> Placed:
    return layout(life, t=TEXTS.speaking(lang), lang=lang, room=room, theme=theme)


def svg(life: Timeline, lang: str = "th", room: float = NARROW, theme: str = "") -> str:
    return draw(placed(life, lang, room, theme), t=TEXTS.speaking(lang), lang=lang)


def keys(life: Timeline) -> list[str]:
    return [one.event.key for one in in_order(life)]


@STEADY
@given(lives(), st.sampled_from([NARROW, WIDE]))
def test_each_event_is_drawn_once(life: Timeline, room: float) -> None:
    """And said once in words; each period that has a place has a bar."""
    made = placed(life, room=room)
    assert sorted(card.standing.event.key for card in made.cards) == sorted(one.key for one in life.events)
    sentences = [one for _, said in words(life, t=TEXTS.speaking("th"), lang="th") for one in said]
    assert [int(one.split(".")[0]) for one in sentences] == list(range(1, len(life.events) + 1))
    long = [one.number for one in in_order(life) if one.placed and one.event.until]
    assert sorted(bar.number for bar in made.bars) == long


@STEADY
@given(lives(), st.sampled_from([NARROW, WIDE]))
def test_nothing_overlaps(life: Timeline, room: float) -> None:
    """Cards, notes, the bars of one lane, the arrows of one track; and all of it lies inside the picture."""
    made = placed(life, room=room)
    for above, below in pairwise(made.cards):
        assert above.box.bottom < below.box.y
    for note in made.notes:
        assert not any(card.box.y - 8 < note.y < card.box.bottom + 8 for card in made.cards)
    for one, other in combinations(made.bars, 2):
        assert one.x != other.x or one.bottom < other.top or other.bottom < one.top
    for bar in made.bars:
        assert bar.x + LANE <= made.words_at
        assert 0 <= bar.top < bar.bottom <= made.height
    for first, second in combinations(made.arrows, 2):
        if first.source != second.source and first.points[1][0] == second.points[1][0]:
            (low, high), (begin, end) = (sorted(y for _, y in one.points[1:3]) for one in (first, second))
            assert high < begin or end < low
    for x, y in (point for arrow in made.arrows for point in arrow.points):
        assert 0 <= x <= made.width
        assert 0 <= y <= made.height
    assert all(card.box.right <= made.width and card.box.bottom <= made.height for card in made.cards)


@STEADY
@given(lives())
def test_arrows_lead_from_their_event_to_what_came_of_it(life: Timeline) -> None:
    """All of them, from the edge of one card to that of the other."""
    made = placed(life)
    cards = {card.standing.event.key: card for card in made.cards}
    by_number = {card.standing.number: card for card in made.cards}
    drawn = {
        (by_number[one.source].standing.event.key, by_number[one.target].standing.event.key)
        for one in made.arrows
    }
    assert drawn == {
        (one.key, key) for one in life.events for key in one.led_to if key in cards and key != one.key
    }
    for arrow in made.arrows:
        for number, (x, y) in ((arrow.source, arrow.points[0]), (arrow.target, arrow.points[-1])):
            box = by_number[number].box
            assert (x, box.y < y < box.bottom) == (box.right, True)


@STEADY
@given(lives(), st.randoms(use_true_random=False))
def test_the_order_of_typing_does_not_count(life: Timeline, chance: Random) -> None:
    shuffled = list(life.events)
    chance.shuffle(shuffled)
    assert keys(Timeline(tuple(shuffled))) == keys(life)


@STEADY
@given(lives())
def test_dates_are_heeded(life: Timeline) -> None:
    """What was over when the other began stands before it."""
    for one, other in combinations(in_order(life), 2):
        first, second = span(one.event.when), span(other.event.when)
        assert not (first and second and second.end <= first.start)


@STEADY
@given(st.data())
def test_what_is_known_of_the_order_is_heeded(data: st.DataObject) -> None:
    """After, before and led to, where they can be true together, across events whose date nobody knows."""
    life = data.draw(lives())
    truth = sorted(life.events, key=lambda one: (span(one.when) or (data.draw(st.integers(1950, 2026)),))[0])
    place = {one.key: number for number, one in enumerate(truth)}

    def later(one: Event, key: str) -> bool:
        return key in place and place[key] > place[one.key]

    true = [
        replace(
            one,
            after=one.after if one.after in place and place[one.after] < place[one.key] else "",
            before=one.before if later(one, one.before) else "",
            led_to=tuple(key for key in one.led_to if later(one, key)),
        )
        for one in life.events
    ]
    found = keys(Timeline(tuple(true)))
    for one in true:
        assert not one.after or found.index(one.after) < found.index(one.key)
        assert not one.before or found.index(one.key) < found.index(one.before)
        assert all(found.index(one.key) < found.index(key) for key in one.led_to)


@STEADY
@given(lives(), DATES.filter(bool))
def test_another_event_moves_no_other(life: Timeline, when: str) -> None:
    """The others keep their order among themselves."""
    more = Timeline((*life.events, Event(key="e50", text="ใหม่", when=when)))
    assert [key for key in keys(more) if key != "e50"] == keys(life)


@STEADY
@given(lives(), st.integers(300, 900))
def test_sheets_hold_every_event_and_no_more_than_they_may(life: Timeline, high: int) -> None:
    """Bars and arrows that are cut are on both sheets."""
    whole = placed(life, room=WIDE)
    sheets = pages(whole, high)
    assert [card.standing.number for one in sheets for card in one.cards] == [
        card.standing.number for card in whole.cards
    ]
    for sheet in sheets:
        assert sheet.height <= high or len(sheet.cards) < 2
        assert all(card.box.y > 0 and card.box.bottom < sheet.height for card in sheet.cards)
    assert {bar.number for one in sheets for bar in one.bars} == {bar.number for bar in whole.bars}
    ends = [(one.source, one.target) for sheet in sheets for one in sheet.arrows if one.lands]
    assert sorted(ends) == sorted((one.source, one.target) for one in whole.arrows)


def test_only_one_theme_keeps_its_numbers() -> None:
    """What is left out leaves its place, and no arrow leads to it."""
    made = placed(SPARSE, theme="ครอบครัว")
    assert [card.standing.number for card in made.cards] == [2, 4]
    assert made.arrows == []


def test_a_circle_is_drawn_and_said() -> None:
    """After each other, before each other, each led to the other: an end all the same."""
    life = Timeline(
        (
            Event(key="e1", text="one", after="e2", led_to=("e2",)),
            Event(key="e2", text="two", after="e1", before="e1", led_to=("e1", "e2")),
            Event(key="e3", text="three", when="2019"),
        )
    )
    assert keys(life) == ["e3", "e1", "e2"]
    assert len(placed(life).arrows) == 2


def test_a_long_life_is_cut_into_sheets_that_are_full() -> None:
    life = Timeline(tuple(Event(key=f"e{n}", text="ย้ายบ้าน", when=str(1990 + n // 4)) for n in range(120)))
    sheets = pages(placed(life, room=WIDE))
    assert all(sheet.height > 0.8 * A4 for sheet in sheets[:-1])


@pytest.mark.parametrize("lang", ["th", "en"])
def test_both_eras_stand_at_the_axis_in_thai(lang: str) -> None:
    drawn = svg(Timeline((Event(key="e1", text="x", when="2019"),)), lang)
    assert (">2562<" in drawn) == (lang == "th")
    assert ">2019<" in drawn


def life(*events: tuple[str, str, Mapping[str, Any]]) -> Timeline:
    return Timeline(
        tuple(
            Event(key=f"e{number}", when=when, text=text, **more)
            for number, (when, text, more) in enumerate(events, 1)
        )
    )


FAMILY, WORK, HEALTH, HELP = "ครอบครัว", "งาน", "สุขภาพ", "ความช่วยเหลือ"
SPARSE = life(
    ("1958", "เกิดที่อุดรธานี (บุคคลตัวอย่าง)", {}),
    ("1995-06", "แต่งงานและย้ายมาเบอร์ลิน", {"theme": FAMILY, "led_to": ("e3",)}),
    ("1996", "ทำความสะอาดโรงแรม", {"theme": WORK, "until": "2021"}),
    ("2026-02", "สามีเสียชีวิต", {"theme": FAMILY}),
)
CROWDED = life(
    ("1990", "เกิด", {}),
    *(
        (f"{2015 + month // 12}-{month % 12 + 1:02}", what, {"theme": theme})
        for month, (what, theme) in enumerate(
            [
                ("ย้ายมาอยู่กับแม่ที่เบอร์ลิน", FAMILY),
                ("เข้าเรียนชั้นเตรียมภาษา", "การศึกษา"),
                ("แม่เริ่มทำงานกะดึก", WORK),
                ("หกล้ม แขนหัก เข้าโรงพยาบาลหนึ่งสัปดาห์", HEALTH),
            ]
            * 6
        )
    ),
    ("2026", "สมัครเข้าโรงเรียนอาชีวะ", {"theme": "การศึกษา"}),
)
OVERLAPPING = life(
    ("2005", "ทำงานโรงงานที่ระยอง", {"until": "2013", "theme": WORK, "led_to": ("e4",)}),
    ("2008", "อยู่กับสามีคนแรก", {"until": "2012~", "theme": FAMILY}),
    ("2010-04", "ส่งเงินให้พ่อแม่ทุกเดือน", {"until": "..", "theme": FAMILY}),
    ("2013-08", "ย้ายมาอยู่เบอร์ลิน", {"until": "..", "theme": "ย้าย", "led_to": ("e5", "e7")}),
    ("2014", "เรียนภาษาเยอรมัน", {"until": "2015-06"}),
    ("2016~", "ร้านนวดของเพื่อน", {"until": "2020~", "theme": WORK, "led_to": ("e7",)}),
    ("2020", "เป็นหนี้ร้านนวด", {"until": "..", "theme": "หนี้สิน"}),
)
UNKNOWN = life(
    ("1999~", "พ่อเสียชีวิต", {"theme": FAMILY, "led_to": ("e2",)}),
    ("2002", "ออกจากโรงเรียน", {}),
    ("", "ทำงานบ้านให้ญาติ", {"after": "e2", "before": "e4"}),
    ("2012-03", "แต่งงาน", {"theme": FAMILY, "until": ".."}),
    ("", "แท้งลูกคนแรก", {"after": "e4", "theme": HEALTH}),
    ("", "สามีเริ่มดื่มหนัก", {"after": "e5", "led_to": ("e7",)}),
    ("2021", "สามีเริ่มทำร้ายร่างกาย", {"until": "..", "theme": "ความรุนแรง"}),
    ("", "เคยไปปรึกษาวัดครั้งหนึ่ง", {"after": "e77", "theme": HELP}),
)
ENGLISH = life(
    ("1988-04", "Born in Chiang Rai (an invented person)", {}),
    ("2006", "Studied nursing, left after two years", {"until": "2008", "led_to": ("e3",)}),
    ("2009~", "Went to Taipei to work in a factory", {"theme": "Moving", "until": ".."}),
    ("", "Her papers were kept by the agent", {"after": "e3", "theme": "Violence", "led_to": ("e5",)}),
    ("2024-11-02", "Left the dormitory at night", {"theme": "Help"}),
)
HIDDEN = life(
    ("2012-03", "แต่งงานกับ ••• ที่อำเภอ", {"theme": FAMILY, "until": "2019"}),
    ("2019", "••• ย้ายไปอยู่กับ •••", {"theme": FAMILY}),
)


def references() -> dict[str, str]:
    """For phones in Thai; English as wide as a desk."""
    lives_: Sequence[tuple[str, Timeline]] = (
        ("sparse", SPARSE), ("crowded", CROWDED), ("overlapping", OVERLAPPING), ("unknown", UNKNOWN),
        ("hidden", HIDDEN),
    )  # fmt: skip
    return {
        **{name: svg(one) for name, one in lives_},
        "english": svg(ENGLISH, "en", WIDE),
        **{
            f"sheet{number}": draw(sheet, t=TEXTS.speaking("th"), lang="th")
            for number, sheet in enumerate(pages(placed(CROWDED, room=WIDE)), 1)
        },
    }
