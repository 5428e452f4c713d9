"""From a case's judgements to its flower, and to the flowers before it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from songtor_node.cases import flower
from songtor_node.cases.models import Threat
from songtor_node.cases.record import CaseRecord
from songtor_proto.consent import least_age
from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.flower.model import OPEN, Flower, of_levels

ADULT = 18


def picture(
    record: CaseRecord, today: date, *, told: Sequence[Threat] | None = None, child: bool = False
) -> Flower:
    """As it is judged now, or of what was `told` alone. `child`: one is asked about though none is known."""
    whose = subjects(record, today, child=child)
    return _flower(record.threats if told is None else told, whose)


def told_since(record: CaseRecord, number: int) -> list[Threat]:
    """The judgements after the one of that number."""
    return [one for one in record.threats if (one.id or 0) > number]


def history(record: CaseRecord, today: date) -> list[Flower]:
    """How it looked at the end of each day that changed it, oldest first; the last is the present one."""
    whose = subjects(record, today)
    found: list[Flower] = []
    so_far: list[Threat] = []
    for day, judged in groupby(sorted(record.threats, key=lambda one: one.at), _day):
        so_far += judged
        made = _flower(so_far, whose, on=day.isoformat())
        if not found or made.levels != found[-1].levels:
            found.append(made)
    return found


def subjects(record: CaseRecord, today: date, *, child: bool = False) -> tuple[str, ...]:
    """Whose petals are asked: see `flower.rings`."""

    def young(birth_date: str) -> bool:
        age = least_age(birth_date, "", today)
        return age is not None and age < ADULT

    living = any(person.lives_with_client and young(person.birth_date) for person in record.people)
    return flower.rings(record.threats, minor=young(record.client.birth_date), child=living or child)


def _flower(threats: Iterable[Threat], whose: Sequence[str], on: str = "") -> Flower:
    petals = {(one.subject, one.dimension): one for one in flower.petals(threats)}
    return of_levels(
        {place: one.level for place, one in petals.items()},
        list(vocabulary().dimensions),
        subjects=whose,
        missing=OPEN,
        reasons={place: one.reason for place, one in petals.items()},
        on=on,
    )


def _day(threat: Threat) -> date:
    return threat.at.astimezone().date()
