"""What came in an envelope as data, as the models that are drawn. Pure.

Messages are plain data here, as protobuf's JSON has them with the schema's own field names: both sides open
envelopes, and draw what they say in the same way. Codes that are not known here are left out (E11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from markupsafe import Markup

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.flower import draw as flower_draw
from songtor_web.pictures.flower import words as flower_words
from songtor_web.pictures.flower.model import SUBJECTS, Flower, of_levels
from songtor_web.pictures.genogram import draw as genogram_draw
from songtor_web.pictures.genogram import words as genogram_words
from songtor_web.pictures.genogram.labels import told_apart, who
from songtor_web.pictures.genogram.model import Family, Person, Tie
from songtor_web.pictures.kinship import kinship
from songtor_web.pictures.timeline import draw as timeline_draw
from songtor_web.pictures.timeline import words as timeline_words
from songtor_web.pictures.timeline.layout import layout
from songtor_web.pictures.timeline.model import Event, Timeline
from songtor_web.texts import Say

Said = Mapping[str, Any]
DRAWN = ("threat", "genogram", "timeline")
"""Data categories that are drawn where they are read."""
_SEXES = ("female", "male", "other")
_BORN = ("pregnancy", "miscarriage", "abortion", "stillbirth")


@dataclass(frozen=True, slots=True)
class Shown:
    """A category of DRAWN as it is read: in a line, drawn (SVG), and in sentences below headings."""

    category: str
    summary: str
    draw: Callable[[], Markup]
    words: Callable[[], Sequence[tuple[str, Sequence[str]]]]


def shown(facts: Said, t: Say, lang: str, today: date) -> list[Shown]:
    """What can be drawn of a `Facts`. `today`: for ages."""
    return [*_shown(facts, t, lang, today)]


def _shown(facts: Said, t: Say, lang: str, today: date) -> Iterator[Shown]:
    petals = flower(facts.get("threats", ()))
    if petals.rings:
        yield Shown(
            "threat",
            flower_words.title(petals, t),
            lambda: flower_draw.draw(petals, t).svg(),
            partial(flower_words.words, petals, t, names=False),
        )
    if facts.get("genogram", {}).get("people"):
        family = genogram(facts["genogram"], t, today)
        yield Shown(
            "genogram",
            str(t("pictures.received_people", n=len(family.people))),
            lambda: genogram_draw.draw(family, t, lang, names=False),
            partial(genogram_words.words, family, t, lang, names=False),
        )
    life = timeline(facts.get("timeline", ()))
    if life.events:
        yield Shown(
            "timeline",
            str(t("pictures.received_events", n=len(life.events))),
            lambda: timeline_draw.draw(layout(life, t=t, lang=lang), t=t, lang=lang),
            partial(timeline_words.words, life, t=t, lang=lang),
        )


def flower(threats: Sequence[Said]) -> Flower:
    """A petal for each threat whose subject, dimension and level are known; the rest of its ring is open."""
    known = vocabulary()
    levels = {
        (one.get("subject", ""), one.get("dimension", "")): one.get("level", "")
        for one in threats
        if one.get("subject") in SUBJECTS
        and one.get("dimension") in known.dimensions
        and one.get("level") in known.threat_levels
    }
    return of_levels(levels, list(known.dimensions))


def genogram(said: Said, t: Say, today: date) -> Family:
    """Each person by what the ties make them to the client, or by the number that they have there."""
    family = Family(
        people=[_person(one) for one in said.get("people", ())],
        ties=[_tie(one) for one in said.get("ties", ()) if one.get("kind") in vocabulary().ties],
        today=today,
    )
    told = kinship(family, t)
    called = told_apart({one.key: told.get(one.key) or who(one, t) for one in family.people}, t)
    people = [replace(one, relation="" if one.index else called[one.key]) for one in family.people]
    return replace(family, people=people)


def timeline(events: Sequence[Said]) -> Timeline:
    return Timeline(tuple(_event(one, place) for place, one in enumerate(events)))


def _person(said: Said) -> Person:
    sex, born = said.get("sex", ""), said.get("born", "")
    return Person(
        key=str(said.get("id", 0)),
        number=int(said.get("id", 0)),
        sex=sex if sex in _SEXES else "unknown",
        born=born if born in _BORN else "",
        birth=said.get("birth_year", ""),
        death=said.get("death_year", ""),
        deceased=said.get("deceased", False),
        index=said.get("index", False),
        household=said.get("in_household", False),
    )


def _tie(said: Said) -> Tie:
    return Tie(
        one=str(said.get("from", 0)),
        other=str(said.get("to", 0)),
        kind=said["kind"],
        group=vocabulary().ties[said["kind"]].group,
        since=said.get("since_year", ""),
        until=said.get("until_year", ""),
    )


def _event(said: Said, place: int) -> Event:
    """Without a number of its own it goes by its place."""
    when, _, until = said.get("when", "").partition("/")
    return Event(
        key=str(said.get("id") or f"-{place}"),
        when=when,
        until=until,
        after=str(said.get("after") or ""),
        before=str(said.get("before") or ""),
        led_to=tuple(str(number) for number in said.get("led_to", ())),
        theme=said.get("theme", ""),
        text=said.get("text", ""),
    )
