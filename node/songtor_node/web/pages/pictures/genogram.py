"""The genogram: the family as a picture, and everybody in it to add relatives to."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases import family
from songtor_node.web.case.frame import frame
from songtor_node.web.case.house import house, tie_of
from songtor_node.web.case.parts import CLIENT, PERSON, Part
from songtor_node.web.case.person import BORN, SEXES
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.printing import Drawn, picture_page
from songtor_node.web.visit import At, Visit
from songtor_web.pictures.genogram import draw, words

_LIFE = (
    Ask("sex", "choice", options=SEXES),
    Ask("birth_date", "partial_date"),
    Ask("deceased", "flag"),
    Ask("death_date", "partial_date"),
)
FACTS = Part(
    path="/genogram/{number}/facts",
    part=PERSON,
    asks=(
        Ask("name_thai"),
        Ask("name_latin"),
        *_LIFE,
        Ask("lives_with_client", "flag"),
        Ask("born", "list", options=BORN),
    ),
    title="genogram.facts",
    back="/genogram/{number}",
)
CLIENTS_FACTS = Part(
    path="/genogram/client", part=CLIENT, asks=_LIFE, title="genogram.facts", back="/genogram"
)


def overview(visit: Visit) -> Response:
    """`at` in the address: the number of whoever was added or changed just now."""
    with visit.at("genogram") as at:
        here = house(visit, at)
        names = visit.asked("names") != "no"
        drawn = here.family(names=names)
        rows = {one.key: one for one in here.people}
        new = next((one.key for one in here.people if str(one.id) == visit.asked("at")), "")
        connected = {end for tie in here.record.ties for end in (tie.one, tie.other)}
        return visit.show(
            "care/genogram.html",
            **frame(at),
            picture=draw.draw(
                drawn,
                visit.t,
                visit.lang,
                names=names,
                href=lambda one: f"{here.base}/{rows[one.key].id}",
                focus=new,
            ),
            words=words.words(drawn, visit.t, visit.lang, names=names),
            names=names,
            begun=bool(here.record.ties),
            relatives=[(here.relative(one), here.offers(one), here.facts(one)) for one in here.people],
            focus=new,
            loose=[
                (here.relative(one), bool(family.way_to(one.relation)))
                for one in here.record.people
                if one.key not in connected
            ],
        )


def on_paper(visit: Visit, at: At, names: bool) -> Drawn:
    drawn = house(visit, at).family(names=names)
    told = words.words(drawn, visit.t, visit.lang, names=names)
    svg = draw.draw(drawn, visit.t, visit.lang, names=names, beside=True)
    return Drawn([svg], str(visit.t("genogram.title")), told, wide=True)


def person(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        here = house(visit, at)
        one = here.person()
        mine = [tie for tie in here.record.ties if one.key in (tie.one, tie.other)]
        return visit.show(
            "care/relative.html",
            **frame(at),
            shown=here.relative(one),
            offers=here.offers(one),
            ties=[tie_of(here, one.key, tie) for tie in mine],
            facts=here.facts(one),
        )


_HERE = "/cases/{case}/genogram"
PAGES = (
    Page(path=_HERE, may=May.CASEWORK, get=overview),
    Page(path=f"{_HERE}.pdf", may=May.CASEWORK, get=picture_page("genogram", on_paper)),
    Page(path=f"{_HERE}/{{number}}", may=May.CASEWORK, get=person),
    FACTS.page,
    CLIENTS_FACTS.page,
)
