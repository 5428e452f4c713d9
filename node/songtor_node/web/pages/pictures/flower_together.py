"""The flower that a guardian, a child or a client fills in themselves, on the worker's phone: it begins
empty, in words they know, and nothing else of the case stands on it."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases.pictures import flower as pictures
from songtor_node.cases.record import read_record
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.pages.pictures.flower import judge, judgements, place
from songtor_node.web.visit import At, Visit, number
from songtor_proto.errors import InputError
from songtor_web.pictures.flower import draw, words
from songtor_web.pictures.flower.model import OPEN

CHOICES = ("green", "yellow", "red", "unknown")
"""The good first: nobody begins with an alarm."""


def ways(visit: Visit) -> Response:
    with visit.at("flower") as at:
        return visit.show("care/flower_begin.html", **frame(at), with_child=visit.asked("child") == "yes")


def begin(visit: Visit) -> Response:
    """The worker reads aloud, or hands the phone over: then it opens these pages and no others. What was
    judged before this moment is not shown to whoever holds it."""
    with visit.at("flower") as at:
        threats = read_record(at.session, at.case).threats
        path = f"{visit.here}/{threats[-1].id if threats else 0}"
        if visit.said("phone") == "hand":
            sessions.hand_over(at.session, visit.token, path)
    return visit.go(path, **({"child": "yes"} if visit.said("child") == "yes" else {}))


def picture(visit: Visit) -> Response:
    with visit.at("flower") as at:
        record, today = read_record(at.session, at.case), at.now.astimezone().date()
        told = pictures.told_since(record, _since(visit))
        flower = pictures.picture(record, today, told=told, child=visit.asked("child") == "yes")
        return visit.show(
            "care/flower_together.html",
            picture=draw.draw(flower, visit.t, to=visit.here, plain=True),
            words=words.words(flower, visit.t, names=False, plain=True),
            left=list(flower.levels.values()).count(OPEN),
            in_hand=bool(visit.handed_over_to),
            back=f"/cases/{at.case.code}/flower",
        )


def petal(visit: Visit) -> Response:
    with visit.at("flower") as at:
        return _petal(visit, at)


def told(visit: Visit) -> Response:
    """What they choose, and why if they say so; the same again without a word is no new judgement."""
    try:
        with visit.at("judge threat") as at:
            level, reason = visit.said("level"), " ".join(visit.said("reason").split())
            if reason or level != _chosen(visit, at):
                judge(visit, at, {"level": level, "reason": reason, "together": True})
            return visit.go(_flower(visit, at))
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("flower") as at:
            return _petal(visit, at, error)


def _since(visit: Visit) -> int:
    """The number of the last judgement before they began."""
    return number(visit.params["since"])


def _flower(visit: Visit, at: At) -> str:
    return f"/cases/{at.case.code}/flower/together/{_since(visit)}"


def _chosen(visit: Visit, at: At) -> str:
    """What they chose already."""
    since = [one for one in judgements(visit, at) if (one.id or 0) > _since(visit)]
    return since[-1].level if since else ""


def _petal(visit: Visit, at: At, error: InputError | None = None) -> Response:
    subject, dimension = place(visit)
    back = _flower(visit, at)
    return visit.show(
        "care/petal_together.html",
        422 if error else 200,
        subject=subject,
        dimension=dimension,
        choices=CHOICES,
        chosen=_chosen(visit, at),
        reason=visit.said("reason"),
        wrong=error is not None,
        back=back if subject == "client" else f"{back}?child=yes",
    )


_TOGETHER = "/cases/{case}/flower/together"
PAGES = (
    Page(path=_TOGETHER, may=May.CASEWORK, get=ways, post=begin),
    Page(path=f"{_TOGETHER}/{{since}}", may=May.CASEWORK, get=picture),
    Page(path=f"{_TOGETHER}/{{since}}/{{subject}}/{{dimension}}", may=May.CASEWORK, get=petal, post=told),
)
