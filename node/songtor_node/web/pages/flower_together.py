"""The flower that a guardian, a child or a client fills in themselves, on the worker's phone: the petals of
today alone, in words they know, and nothing else of the case."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases.pictures import flower as pictures
from songtor_node.cases.record import read_record
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.pages.flower import judge, judgements, place
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError
from songtor_web.pictures.flower import draw, words

CHOICES = ("green", "yellow", "red", "unknown")
"""The good first: nobody begins with an alarm."""


def picture(visit: Visit) -> Response:
    with visit.at("flower") as at:
        record, today = read_record(at.session, at.case), at.now.astimezone().date()
        flower = pictures.of_day(record, today, child=visit.asked("child") == "yes")
        told = {(one.subject, one.dimension) for one in pictures.judged_on(record.threats, today)}
        base = f"/cases/{at.case.code}/flower"
        return visit.show(
            "care/flower_together.html",
            picture=draw.draw(flower, visit.t, to=f"{base}/together", plain=True),
            words=words.words(flower, visit.t, names=False, plain=True),
            left=len(flower.levels.keys() - told),
            in_hand=bool(visit.handed_over_to),
            back=base,
        )


def begin(visit: Visit) -> Response:
    """The worker reads aloud, or hands the phone over: then it opens these pages and no others."""
    if visit.said("phone") == "hand":
        with visit.writing() as session:
            sessions.hand_over(session, visit.token, visit.here)
    return visit.go(visit.here, **({"child": "yes"} if visit.said("child") == "yes" else {}))


def petal(visit: Visit) -> Response:
    with visit.at("flower") as at:
        return _petal(visit, at)


def told(visit: Visit) -> Response:
    """What they choose, and why if they say so; the same again without a word is no new judgement."""
    try:
        with visit.at("judge threat") as at:
            level, reason = visit.said("level"), " ".join(visit.said("reason").split())
            if reason or level != _chosen(visit, at):
                judge(visit, at, {"level": level, "reason": reason})
            return visit.go(f"/cases/{at.case.code}/flower/together")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("flower") as at:
            return _petal(visit, at, error)


def _chosen(visit: Visit, at: At) -> str:
    """What was chosen today."""
    judged = pictures.judged_on(judgements(visit, at), at.now.astimezone().date())
    return judged[-1].level if judged else ""


def _petal(visit: Visit, at: At, error: InputError | None = None) -> Response:
    subject, dimension = place(visit)
    back = f"/cases/{at.case.code}/flower/together"
    return visit.show(
        "care/petal_together.html",
        422 if error else 200,
        subject=subject,
        dimension=dimension,
        choices=CHOICES,
        chosen=_chosen(visit, at),
        reason=visit.said("reason"),
        wrong=error.words(visit.lang) if error else "",
        back=back if subject == "client" else f"{back}?child=yes",
    )


_TOGETHER = "/cases/{case}/flower/together"
PAGES = (
    Page(path=_TOGETHER, may=May.CASEWORK, get=picture, post=begin),
    Page(path=f"{_TOGETHER}/{{subject}}/{{dimension}}", may=May.CASEWORK, get=petal, post=told),
)
