"""What is not known of a case yet, by the step where one would ask for it: a gentle list, no must. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from songtor_node.cases import signed, steps
from songtor_node.cases.flower import UNKNOWN
from songtor_node.cases.record import CaseRecord

Known = Callable[[CaseRecord], object]

OF_STEP: Mapping[str, Mapping[str, Known]] = {
    "intake": {
        "group": lambda record: record.case.target_group,
        "channel": lambda record: record.case.channel,
        "name": lambda record: record.client.nickname or record.client.name_thai or record.client.name_latin,
        "safe_contact": lambda record: any(contact["safe"] for contact in record.client.contacts),
        "story": lambda record: record.case.narrative,
        "request": lambda record: record.case.request.get("text") or record.case.request.get("kinds"),
    },
    "fact_finding": {
        "people": lambda record: record.people,
        "birth_date": lambda record: record.client.birth_date,
        "country": lambda record: record.client.country,
        "visit": lambda record: any(visit.state == "done" for visit in record.visits),
        "facts": lambda record: record.facts,
        "checked": lambda record: not any(fact.verification == "unverified" for fact in record.facts),
    },
    "assessment": {
        "problems": lambda record: record.problems,
        "petals": lambda record: any(petal.level != UNKNOWN for petal in record.petals),
    },
    "planning": {
        "goals": lambda record: record.goals,
        "agreed": lambda record: not signed.to_sign(record.goals),
    },
    "assistance": {"work": lambda record: record.work or record.sessions},
    "follow_up": {"follow_ups": lambda record: record.follow_ups},
}


def missing(record: CaseRecord, order: Sequence[str]) -> list[str]:
    """Codes of what is not known, as far as the case has come. `order`: the vocabulary's steps."""
    life = list(steps.life(order))
    so_far = life[: life.index(record.case.step) + 1]
    return [code for step in so_far for code, known in OF_STEP.get(step, {}).items() if not known(record)]
