"""The threat flower: as it is now with its reasons, how it was before, and a petal a screen to judge."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from starlette.responses import Response

from songtor_node.cases import entries, flower, service
from songtor_node.cases.casefile import Urgency
from songtor_node.cases.models import Threat
from songtor_node.cases.pictures import flower as pictures
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.forms import check
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.case.past import past
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved, with_lists
from songtor_node.web.forms.two_people import merged
from songtor_node.web.printing import Drawn, picture_page
from songtor_node.web.visit import At, Visit, label
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.fields import Option
from songtor_web.pictures.drawing import Drawing
from songtor_web.pictures.flower import draw, words
from songtor_web.pictures.flower.model import OPEN, SUBJECTS, Flower

EARLIER = 12
"""So many former flowers stand in the row."""
PETAL = (
    Ask("level", "choice", of="threat_levels", words="threat_level"),
    Ask("reason", words="threat_reason"),
)
ABOVE = (
    Ask("level", "choice", of="threat_levels", words="urgency_level"),
    Ask("reason", words="urgency_reason"),
)


class Earlier(NamedTuple):
    """A flower of before, and what the day `on` made other than it had been."""

    on: str
    picture: Drawing
    changes: list[str]


def overview(visit: Visit) -> Response:
    with visit.at("flower") as at:
        record = read_record(at.session, at.case)
        with_child = visit.asked("child") == "yes"
        now = pictures.picture(record, at.now.astimezone().date(), child=with_child)
        base = f"/cases/{at.case.code}/flower"
        return visit.show(
            "care/flower.html",
            **frame(at),
            flower=now,
            picture=draw.draw(now, visit.t, to=base),
            words=words.words(now, visit.t),
            left=list(now.levels.values()).count(OPEN),
            judged=bool(record.threats),
            following=_following(now),
            earlier=_earlier(visit, record, at),
            worst_of_all=_worst(record) == next(iter(vocabulary().threat_levels)),
            with_child=with_child,
            together={(one.subject, one.dimension) for one in record.petals if one.together},
            worst=[(one.subject, one.dimension) for one in record.petals if one.level == _worst(record)],
        )


def on_paper(visit: Visit, at: At, names: bool) -> Drawn:
    now = pictures.picture(read_record(at.session, at.case), at.now.astimezone().date())
    told = words.words(now, visit.t, names=names)
    return Drawn([draw.draw(now, visit.t).svg()], str(visit.t("flower.title")), told)


def petal(visit: Visit) -> Response:
    with visit.at("flower") as at:
        present = _present(visit, at)
        said = {"level": present.level, "reason": present.reason} if present else {}
        return _petal(visit, at, opened(at.session, visit, PETAL, said))


def judged(visit: Visit) -> Response:
    """A new judgement; those before it stay. Onwards to the next petal that nobody has judged."""
    try:
        with visit.at("judge threat") as at:
            judge(visit, at, typed(visit, PETAL))
            record = read_record(at.session, at.case)
            now = pictures.picture(record, at.now.astimezone().date())
            onward = _following(now, after=place(visit))
            return saved(at.session, visit, False, f"/cases/{at.case.code}/flower" + onward)
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("flower") as at:
            return _petal(visit, at, refused(visit, PETAL, error), 422)


def urgency(visit: Visit) -> Response:
    with visit.at("urgency") as at:
        return _urgency(visit, at, opened(at.session, visit, ABOVE, at.case.urgency))


def urgency_set(visit: Visit) -> Response:
    try:
        with visit.at("set urgency") as at:
            values, crossed = merged(at.session, visit, ABOVE, at.case.urgency)
            service.set_urgency(at.session, at.case, check(Urgency, values), by=at.by, now=at.now)
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/flower")
    except InputError as error:
        inner = InputError(error.code.removeprefix("input."), field=error.field.removeprefix("urgency."))
        with visit.at("urgency") as at:
            return _urgency(visit, at, refused(visit, ABOVE, inner), 422)


def place(visit: Visit) -> tuple[str, str]:
    """Whose petal of what the path names; InputError("not_here") where there is no such."""
    subject, dimension = visit.params["subject"], visit.params["dimension"]
    if subject not in SUBJECTS or dimension not in vocabulary().dimensions:
        raise InputError("not_here", field="petal")
    return subject, dimension


def judge(visit: Visit, at: At, said: dict[str, object]) -> None:
    """InputError as `entries.Threat`, or "not_here"."""
    subject, dimension = place(visit)
    form = check(entries.Threat, {**said, "subject": subject, "dimension": dimension})
    service.add(at.session, at.case, "threat", form, by=at.by, now=at.now)


def judgements(visit: Visit, at: At) -> list[Threat]:
    """Of the petal that the path names, oldest first."""
    here = place(visit)
    threats = read_record(at.session, at.case).threats
    return [one for one in threats if (one.subject, one.dimension) == here]


def _present(visit: Visit, at: At) -> Threat | None:
    return next(iter(judgements(visit, at)[::-1]), None)


def _worst(record: CaseRecord) -> str:
    """The level of the worst petal."""
    levels = [one.level for one in record.petals]
    return flower.urgency(levels, "", order=list(vocabulary().threat_levels))


def _following(now: Flower, after: tuple[str, str] | None = None) -> str:
    """The path, below the flower's, of the next petal that nobody has judged; empty where none is open."""
    everywhere = list(now.levels)
    start = everywhere.index(after) + 1 if after in everywhere else 0
    in_turn = everywhere[start:] + everywhere[:start]
    return next((f"/{one[0]}/{one[1]}" for one in in_turn if now.levels[one] == OPEN), "")


def _earlier(visit: Visit, record: CaseRecord, at: At) -> list[Earlier]:
    """Oldest first, with the present one at the end; none where nothing has changed yet."""
    found = pictures.history(record, at.now.astimezone().date())
    if len(found) < 2:
        return []
    changed = [words.changes(before, after, visit.t) for before, after in pairwise(found)]
    return [
        Earlier(one.on, draw.draw_small(one, visit.t, name=f"flower-{number}"), told)
        for number, (one, told) in enumerate(zip(found, [[], *changed], strict=True))
    ][-EARLIER - 1 :]


def _petal(visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
    subject, dimension = place(visit)
    return visit.show(
        "care/petal.html",
        status,
        **frame(at),
        sheet=made,
        subject=subject,
        dimension=dimension,
        before=judgements(visit, at)[::-1],
        back=f"/cases/{at.case.code}/flower",
    )


def _urgency(visit: Visit, at: At, made: Sheet, status: int = 200) -> Response:
    order, worst = list(vocabulary().threat_levels), _worst(read_record(at.session, at.case))
    above = [Option("", visit.t("flower.urgency_none"))]
    above += [Option(code, label(visit.lang, "threat_levels", code)) for code in order[: order.index(worst)]]
    return show_sheet(
        visit,
        at,
        with_lists(made, {"level": above}),
        title=visit.t("flower.urgency_title"),
        hint=visit.t("flower.urgency_hint", level=label(visit.lang, "threat_levels", worst)),
        back=f"/cases/{at.case.code}/flower",
        status=status,
        past=past(visit, at.session, at.case, ABOVE, "urgency"),
    )


_FLOWER = "/cases/{case}/flower"
PAGES = (
    Page(path=_FLOWER, may=May.CASEWORK, get=overview),
    Page(path=f"{_FLOWER}.pdf", may=May.CASEWORK, get=picture_page("flower", on_paper)),
    Page(path=f"{_FLOWER}/urgency", may=May.CASEWORK, get=urgency, post=urgency_set),
    Page(path=f"{_FLOWER}/{{subject}}/{{dimension}}", may=May.CASEWORK, get=petal, post=judged),
)
