"""The threat flower, a petal a screen: how threatened someone is in each dimension, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases import entries, flower, service
from songtor_node.cases.casefile import Urgency
from songtor_node.cases.models import Person, Threat
from songtor_node.forms import check
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.case.past import past
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved, with_lists
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit, label
from songtor_proto.consent import least_age
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.fields import Option

SUBJECTS = ("client", "child", "guardian")
ADULT = 18
PETAL = (
    Ask("level", "choice", of="threat_levels", words="threat_level"),
    Ask("reason", words="threat_reason"),
)
ABOVE = (
    Ask("level", "choice", of="threat_levels", words="urgency_level"),
    Ask("reason", words="urgency_reason"),
)


@dataclass(frozen=True, slots=True)
class Ring:
    """Its petals in the order of the dimensions; one that nobody judged is None."""

    subject: str
    petals: Sequence[tuple[str, Threat | None]]


def overview(visit: Visit) -> Response:
    with visit.at("assessment") as at:
        threats = _threats(at)
        rings = _rings(visit, at, threats)
        return visit.show(
            "care/assessment.html",
            **frame(at),
            rings=rings,
            worst_of_all=_worst(threats) == next(iter(vocabulary().threat_levels)),
            left=sum(petal is None for ring in rings for _, petal in ring.petals),
            with_child=visit.asked("child") == "yes",
        )


def petal(visit: Visit) -> Response:
    with visit.at("assessment") as at:
        present = _present(visit, at)
        said = {"level": present.level, "reason": present.reason} if present else {}
        return _petal(visit, at, opened(at.session, visit, PETAL, said))


def judged(visit: Visit) -> Response:
    """A new judgement; those before it stay. Onwards to the next petal that nobody has judged."""
    try:
        with visit.at("judge threat") as at:
            _present(visit, at)
            said = typed(visit, PETAL) | {
                "subject": visit.params["subject"],
                "dimension": visit.params["dimension"],
            }
            form = check(entries.Threat, said)
            service.add(at.session, at.case, "threat", form, by=at.by, now=at.now)
            return saved(at.session, visit, False, _next(visit, at))
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("assessment") as at:
            return _petal(visit, at, refused(visit, PETAL, error), 422)


def urgency(visit: Visit) -> Response:
    with visit.at("urgency") as at:
        return _urgency(visit, at, opened(at.session, visit, ABOVE, at.case.urgency))


def urgency_set(visit: Visit) -> Response:
    try:
        with visit.at("set urgency") as at:
            values, crossed = merged(at.session, visit, ABOVE, at.case.urgency)
            service.set_urgency(at.session, at.case, check(Urgency, values), by=at.by, now=at.now)
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/assessment")
    except InputError as error:
        inner = InputError(error.code.removeprefix("input."), field=error.field.removeprefix("urgency."))
        with visit.at("urgency") as at:
            return _urgency(visit, at, refused(visit, ABOVE, inner), 422)


def _threats(at: At) -> list[Threat]:
    """Oldest first."""
    query = select(Threat).where(Threat.case_id == at.case.id)
    return list(at.session.exec(query.order_by(col(Threat.id))))


def _worst(threats: Sequence[Threat]) -> str:
    """The level of the worst petal."""
    levels = [one.level for one in flower.petals(threats)]
    return flower.urgency(levels, "", order=list(vocabulary().threat_levels))


def _rings(visit: Visit, at: At, threats: Sequence[Threat]) -> list[Ring]:
    today = at.now.astimezone().date()
    people = at.session.exec(select(Person).where(Person.case_id == at.case.id)).all()
    young = [person for person in people if (least_age(person.birth_date, "", today) or ADULT) < ADULT]
    minor = any(not person.relation for person in young)
    child = any(person.lives_with_client for person in young) or visit.asked("child") == "yes"
    by_place = {(one.subject, one.dimension): one for one in flower.petals(threats)}
    return [
        Ring(subject, [(code, by_place.get((subject, code))) for code in vocabulary().dimensions])
        for subject in flower.rings(threats, minor=minor, child=child)
    ]


def _present(visit: Visit, at: At) -> Threat | None:
    """The petal that the path names, as it is judged now. InputError("not_here") where there is no such."""
    subject, dimension = visit.params["subject"], visit.params["dimension"]
    if subject not in SUBJECTS or dimension not in vocabulary().dimensions:
        raise InputError("not_here", field="petal")
    judgements = (one for one in _threats(at) if (one.subject, one.dimension) == (subject, dimension))
    return next(iter(flower.petals(judgements)), None)


def _next(visit: Visit, at: At) -> str:
    ring = next(one for one in _rings(visit, at, _threats(at)) if one.subject == visit.params["subject"])
    order = list(vocabulary().dimensions)
    after = order.index(visit.params["dimension"])
    open_ones = [code for code, petal in ring.petals if petal is None]
    onward = next((code for code in open_ones if order.index(code) > after), next(iter(open_ones), ""))
    return f"/cases/{at.case.code}/assessment" + (f"/{ring.subject}/{onward}" if onward else "")


def _petal(visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
    subject, dimension = visit.params["subject"], visit.params["dimension"]
    before = [one for one in _threats(at) if (one.subject, one.dimension) == (subject, dimension)]
    return visit.show(
        "care/petal.html",
        status,
        **frame(at),
        sheet=made,
        subject=subject,
        dimension=dimension,
        before=before[::-1],
        back=f"/cases/{at.case.code}/assessment",
    )


def _urgency(visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
    order, worst = list(vocabulary().threat_levels), _worst(_threats(at))
    above = [Option("", visit.t("assessment.urgency_none"))]
    above += [Option(code, label(visit.lang, "threat_levels", code)) for code in order[: order.index(worst)]]
    return show_sheet(
        visit,
        at,
        with_lists(made, {"level": above}),
        title=visit.t("assessment.urgency_title"),
        hint=visit.t("assessment.urgency_hint", level=label(visit.lang, "threat_levels", worst)),
        back=f"/cases/{at.case.code}/assessment",
        status=status,
        past=past(visit, at.session, at.case, ABOVE, "urgency"),
    )


PAGES = (
    Page(path="/cases/{case}/assessment", may=May.CASEWORK, get=overview),
    Page(path="/cases/{case}/assessment/urgency", may=May.CASEWORK, get=urgency, post=urgency_set),
    Page(path="/cases/{case}/assessment/{subject}/{dimension}", may=May.CASEWORK, get=petal, post=judged),
)
