"""What stands round every page of a case: its code, whose it is, how urgent, where it stands, who is the
danger.

    with visit.at("story") as at:
        return visit.show("story.html", **frame(at), story=at.case.narrative)

The template extends `case.html` and fills the block `main`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases import flower, steps
from songtor_node.cases.models import Person, StepTaken, Threat
from songtor_node.cases.names import called_for
from songtor_node.web.forms.sheet import Sheet
from songtor_node.web.visit import At, Visit
from songtor_node.workers import Worker
from songtor_proto.vocabulary import vocabulary


class StepMark(NamedTuple):
    """`state`: done, skipped, now or to_come."""

    code: str
    state: str


@dataclass(frozen=True, slots=True)
class CaseHead:
    """`urgency`: a code of threat_levels. `dangers`: who must learn nothing. `safe`: how the client may be
    reached, in their words."""

    client: Person
    worker: Worker
    urgency: str
    dangers: Sequence[Person]
    safe: Sequence[str]

    def called(self, lang: str) -> str:
        return called_for(self.client, self.worker, lang)


def frame(at: At) -> dict[str, Any]:
    """What `case.html` needs: `case`, `case_head`, `step_rail`."""
    people = at.session.exec(
        select(Person).where(Person.case_id == at.case.id).order_by(col(Person.id))
    ).all()
    threats = at.session.exec(
        select(Threat).where(Threat.case_id == at.case.id).order_by(col(Threat.id))
    ).all()
    taken = at.session.exec(select(StepTaken.step).where(StepTaken.case_id == at.case.id)).all()
    client = next(person for person in people if not person.relation)
    return {
        "case": at.case,
        "step_rail": step_rail(at.case.step, set(taken)),
        "case_head": CaseHead(
            client=client,
            worker=at.by,
            urgency=flower.urgency(
                [petal.level for petal in flower.petals(threats)],
                at.case.urgency.get("level", ""),
                order=list(vocabulary().threat_levels),
            ),
            dangers=[person for person in people if person.danger],
            safe=[contact["safe"] for contact in client.contacts if contact["safe"]],
        ),
    }


def show_sheet(
    visit: Visit,
    at: At,
    sheet: Sheet,
    *,
    title: str,
    back: str,
    hint: str = "",
    status: int = 200,
    template: str = "sheet.html",
    **more: Any,
) -> Response:
    """A page of the case that is one form. `back`: where it was come from; `more`: as `sheet.html` says."""
    return visit.show(template, status, **frame(at), title=title, hint=hint, sheet=sheet, back=back, **more)


def step_rail(present: str, taken: Collection[str]) -> list[StepMark]:
    """The steps of a case's life, and which of them lie behind it; one that was skipped was never taken."""
    life = steps.life(list(vocabulary().case_steps))
    here = life.index(present)
    behind = ["done" if code in taken else "skipped" for code in life[:here]]
    states = [*behind, "now", *("to_come" for _ in life[here + 1 :])]
    return [StepMark(code, states[number]) for number, code in enumerate(life)]
