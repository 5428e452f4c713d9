"""A family and a life as they may leave: drawn by who receives them, with nobody's name. Rule M9. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from songtor_node.cases.models import Event, Person
from songtor_node.cases.names import hiding
from songtor_node.cases.record import CaseRecord
from songtor_proto.minimise.nameless import (
    BONDS,
    EVENTS,
    LETTERS,
    LINKS,
    PEOPLE,
    TIES,
    TIMELINE_BYTES,
    is_bond,
    told,
)
from songtor_proto.wire.payload_pb2 import Genogram, GenogramPerson, GenogramTie, LifeEvent


def genogram(record: CaseRecord) -> Genogram | None:
    """Of the client and whoever is written down beside them, those nearest to the client where there are too
    many; None where there is nobody. Numbers follow what is said of people anyway, and tell no more."""
    if not record.people:
        return None
    near = _nearest_first(record)[:PEOPLE]
    shown = sorted(near, key=lambda one: (one is not record.client, one.birth_date[:4] or "?", one.sex))
    numbers = {person.key: number for number, person in enumerate(shown, 1)}
    together = any(person.lives_with_client for person in shown)
    ties = [
        _tie(numbers[tie.one], numbers[tie.other], tie.kind, tie.since[:4], tie.until[:4])
        for tie in record.ties
        if tie.one in numbers and tie.other in numbers
    ]
    kin = [tie for tie in ties if not is_bond(tie.kind)]
    bonds = [tie for tie in ties if is_bond(tie.kind)]
    return Genogram(
        people=[
            GenogramPerson(
                id=numbers[person.key],
                sex=person.sex,
                birth_year=person.birth_date[:4],
                death_year=person.death_date[:4],
                index=person is record.client,
                deceased=person.deceased or bool(person.death_date),
                born=person.born,
                in_household=together and (person is record.client or person.lives_with_client),
            )
            for person in shown
        ],
        ties=[*kin, *bonds[:BONDS]][:TIES],
    )


def timeline(record: CaseRecord) -> list[LifeEvent]:
    """Events in the order of their dates, the latest where there are too many."""
    people = (record.client, *record.people)
    hide = hiding(record)
    births = {person.birth_date for person in people}
    said = [(event, _event(event, hide, births)) for event in record.events]
    kept = [*_latest(said)][::-1]
    linked = {key for event, _ in kept for key in (event.after, event.before, *event.led_to)}
    here = [event.key for event, _ in kept if event.key in linked]
    numbers = {key: number for number, key in enumerate(here, 1)}
    for event, out in kept:
        out.id = numbers.get(event.key, 0)
        out.after, out.before = (numbers.get(key, 0) for key in (event.after, event.before))
        out.led_to.extend([numbers[key] for key in event.led_to if key in numbers][:LINKS])
    return [out for _, out in kept]


def _nearest_first(record: CaseRecord) -> list[Person]:
    """By how many ties lie between; those without any last, in the order in which they were written down."""
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for tie in record.ties:
        beside[tie.one].add(tie.other)
        beside[tie.other].add(tie.one)
    distance, edge = {record.client.key: 0}, [record.client.key]
    while edge:
        edge = sorted({key for one in edge for key in beside[one]} - distance.keys())
        distance |= dict.fromkeys(edge, max(distance.values()) + 1)
    people = [record.client, *record.people]
    return sorted(people, key=lambda person: distance.get(person.key, len(people)))


def _tie(one: int, other: int, kind: str, since: str, until: str) -> GenogramTie:
    tie = GenogramTie(to=other, kind=kind, since_year=since, until_year=until)
    setattr(tie, "from", one)  # a word of Python's
    return tie


def _event(event: Event, hide: Callable[[str], str], births: Collection[str]) -> LifeEvent:
    when, until = told(event.when, births), told(event.until, births)
    return LifeEvent(
        when=f"{when}/{until}" if until else when,
        theme=hide(event.theme)[:LETTERS],
        text=hide(event.text)[:LETTERS],
    )


def _latest(said: Sequence[tuple[Event, LifeEvent]]) -> Iterator[tuple[Event, LifeEvent]]:
    """From the last back, as many as fit, with room for their links."""
    room = TIMELINE_BYTES
    for event, out in said[: -EVENTS - 1 : -1]:
        room -= out.ByteSize() + 12 + 3 * len(event.led_to)
        if room < 0:
            return
        yield event, out
