"""What came as data is drawn: every person, tie and event of it, and codes of the future leave no hole."""

from __future__ import annotations

import re
from datetime import date
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures import received
from songtor_web.pictures.genogram.labels import labels
from songtor_web.pictures.genogram.model import Family
from songtor_web.shell import text_folders
from songtor_web.texts import Texts

ENGLISH = Texts(text_folders()).speaking("en")
TODAY = date(2026, 11, 20)


def family(people: str, *ties: str) -> Family:
    """`1f 2m1950`: numbers, sexes and years, of birth and death, the client first; `2-birth-1`, or
    `2-married-1-2010` until then."""
    sexes = {"f": "female", "m": "male", "o": "other", "u": "from_a_newer_list"}
    said: dict[str, Any] = {"people": [], "ties": []}
    for word in people.split():
        said["people"].append(
            {
                "id": int(word[0]),
                "sex": sexes[word[1]],
                "birth_year": word[2:6],
                "death_year": word[7:],
                "index": word[0] == "1",
            }
        )
    for tie in ties:
        one, kind, other, *until = tie.split("-")
        said["ties"].append({"from": int(one), "to": int(other), "kind": kind, "until_year": "".join(until)})
    return received.genogram(said, ENGLISH, TODAY)


def relation(key: str, people: str, *ties: str) -> str:
    return {one.key: one.relation for one in family(people, *ties).people}[key]


@pytest.mark.parametrize(
    ("people", "ties", "said"),
    [
        ("1f 2f", ["2-birth-1"], "mother"),
        ("1f 2m", ["2-adopted-1"], "father"),
        ("1f 2u", ["2-birth-1"], "parent"),
        ("1f 2m", ["1-birth-2"], "son"),
        ("1f 2m", ["2-married-1"], "husband or partner"),
        ("1f 2m", ["1-divorced-2"], "former husband or partner"),
        ("1f1980 2m1970 3f", ["3-birth-1", "3-birth-2"], "elder brother"),
        ("1f1980 2f1990 3f", ["3-birth-1", "3-birth-2"], "younger sister"),
        ("1f 2f 3f", ["3-birth-1", "3-birth-2"], "sister"),
        ("1f 2f 3m", ["3-birth-1", "2-birth-3"], "father's mother"),
        ("1f 2f 3m", ["1-birth-3", "3-birth-2"], "grandchild"),
        ("1f 2m 3f", ["3-birth-1", "2-married-3"], "stepfather"),
        ("1f 2m 3f", ["3-birth-1", "2-couple-3"], "mother's partner"),
        ("1f 2f 3m", ["3-birth-1", "2-cohabiting-3"], "father's partner"),
        ("1f 2f 3u", ["3-birth-1", "2-couple-3"], "parent's partner"),
        ("1f 2m 3f", ["3-birth-1", "2-divorced-3"], "mother's former partner"),
        ("1f 2m 3f", ["3-birth-1", "2-married-3-2010"], "mother's former partner"),
        ("1f 2m1950-2010 3f", ["3-birth-1", "2-married-3-2010"], "stepfather"),
        ("1f 2m1950-2015 3f", ["3-birth-1", "2-couple-3-2010"], "mother's former partner"),
        ("1f 2m", ["1-couple-2-2010"], "former husband or partner"),
        ("1f 2m1950-2010", ["1-married-2-2010"], "husband or partner"),
        ("1f 2m 3m", ["3-married-1", "3-birth-2"], "partner's child"),
        ("1f 2f 3m", ["3-married-1", "2-birth-3"], "partner's mother"),
        ("1f 2f 3f 4f", ["3-birth-1", "4-birth-3", "4-birth-2"], "aunt"),
        ("1f 2m", ["2-violent-1"], "Person 2"),
        ("1f 2m", ["2-birth-1", "1-birth-2"], "father"),
        ("1f 2m", ["2-from_a_newer_list-1"], "Person 2"),
    ],
)
def test_what_somebody_is_to_the_client_is_told_by_the_ties(people: str, ties: list[str], said: str) -> None:
    """M9: no words for it travel; a step-parent is who married a parent; a circle, or a tie of the future, is
    no obstacle."""
    assert relation("2", people, *ties) == said


def test_who_is_the_same_to_the_client_is_counted_alike_wherever_it_is_said() -> None:
    """No number that could be read as an age: in the picture, in its words, and what a case is made of."""
    drawn = family("1f 2f 3m 4m", "2-birth-1", "2-couple-3", "2-couple-4")
    told = ["mother's partner, person 1", "mother's partner, person 2"]
    assert [one.relation for one in drawn.people[2:]] == told
    written = labels(drawn, ENGLISH, "en", names=False, whole=True)
    assert [written[key].relation for key in "34"] == [(one,) for one in told]


def test_without_a_client_nobody_is_anything_to_them() -> None:
    """A peer may leave the client out."""
    said = {"people": [{"id": 2}, {"id": 3}], "ties": [{"from": 2, "to": 3, "kind": "birth"}]}
    drawn = received.genogram(said, ENGLISH, TODAY)
    assert [one.relation for one in drawn.people] == ["Person 2", "Person 3"]


def test_every_petal_that_is_known_here_is_in_the_flower() -> None:
    """E11: what a newer side judged besides leaves no hole."""
    said = [
        {"subject": "child", "dimension": "health", "level": "red"},
        {"subject": "neighbour", "dimension": "health", "level": "red"},
        {"subject": "child", "dimension": "weather", "level": "red"},
        {"subject": "child", "dimension": "social", "level": "purple"},
    ]
    levels = received.flower(said).levels
    assert {place: level for place, level in levels.items() if level != "unknown"} == {
        ("child", "health"): "red"
    }
    assert len(levels) == 4


def test_events_keep_their_order_and_their_links() -> None:
    """Those that nobody names have keys of their own."""
    said: list[dict[str, Any]] = [
        {"id": 2, "when": "2019~/..", "text": "x", "led_to": [1]},
        {"text": "y"},
        {"id": 1, "after": 2},
    ]
    first, second, third = received.timeline(said).events
    assert (first.when, first.until, first.led_to) == ("2019~", "..", (third.key,))
    assert third.after == first.key
    assert len({first.key, second.key, third.key}) == 3


KINDS = [*vocabulary().ties, "from_a_newer_list"]


def crowd(seed: int) -> dict[str, Any]:
    """The largest genogram that is let in, of anybody's making: circles, twins of two generations."""
    chance = Random(seed)
    people = [
        {
            "id": number,
            "sex": chance.choice(["female", "male", "other", "unknown", ""]),
            "born": chance.choice(["", "", "stillbirth", "pregnancy"]),
            "birth_year": chance.choice(["", str(chance.randint(1900, 2026)), "9999"]),
            "index": number == 1 or chance.random() < 0.01,
        }
        for number in range(1, 301)
    ]
    pairs = [chance.sample(range(1, 301), 2) for _ in range(chance.choice([0, 30, 400]))]
    ties = [{"from": one, "to": other, "kind": chance.choice(KINDS)} for one, other in pairs]
    return {"people": people, "ties": ties}


@pytest.mark.parametrize("seed", range(6))
def test_the_wildest_family_that_is_let_in_is_drawn(seed: int) -> None:
    """A rogue peer sends what M9 lets in: everybody is in the picture and in its words."""
    (shown,) = received.shown({"genogram": crowd(seed)}, ENGLISH, "en", TODAY)
    svg = shown.draw()
    assert {int(number) for number in re.findall(r'data-person="(\d+)"', svg)} == set(range(1, 301))
    assert shown.words()


def test_the_wildest_life_that_is_let_in_is_drawn() -> None:
    """Circles of before and after, everything led to everything, words that close tags and turn the line."""
    nasty = "</text><script>alert(1)</script>\u202e\x00&"
    events = [
        {
            "id": number,
            "when": ["", "2019", "0000/9999-12-31", "9999~/.."][number % 4],
            "text": nasty,
            "theme": nasty,
            "after": number % 500 + 1,
            "before": (number + 7) % 500 + 1,
            "led_to": [number % 500 + 1, (number + 99) % 500 + 1],
        }
        for number in range(1, 501)
    ]
    (shown,) = received.shown({"timeline": events}, ENGLISH, "en", TODAY)
    svg = shown.draw()
    assert "<script" not in svg
    assert len(ElementTree.fromstring(svg).findall(".//*[@data-event]")) == 500
    assert len([one for _, said in shown.words() for one in said]) == 500
