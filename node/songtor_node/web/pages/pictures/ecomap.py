"""The ecomap: the household, and the services and people around it; each is added and changed in a form."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases.models import Connection
from songtor_node.cases.names import called_for
from songtor_node.cases.pictures.ecomap import household, picture
from songtor_node.cases.record import read_record
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.printing import Drawn, picture_page
from songtor_node.web.visit import At, Visit, number
from songtor_web.fields import Option
from songtor_web.pictures.ecomap.draw import draw
from songtor_web.pictures.ecomap.words import title, words


def _lists(visit: Visit, at: At) -> Lists:
    """Whose it is: the household's, or one member's; somebody's who no longer lives there stays theirs."""
    record = read_record(at.session, at.case)
    row = at.session.get(Connection, number(visit.params.get("number", "")))
    people = household(record)
    people += [one for one in record.people if row and one.key == row.whom and one not in people]
    found = [Option("", visit.t("ecomap.household"))]
    for one in people:
        words = [called_for(one, at.by, visit.lang), one.relation or str(visit.t("pictures.ecomap_client"))]
        found.append(Option(one.key, " · ".join(filter(None, words))))
    return {"whom": found}


CONNECTION = EntryForm(
    kind="connection",
    path="/ecomap",
    new="/add",
    title="ecomap.one",
    hint="ecomap.one_hint",
    asks=(
        Ask("kind", "list", of="around", words="around_kind"),
        Ask("name", words="around_name"),
        Ask("strength", "choice", of="tie_strengths", words="around_strength"),
        Ask("flow", "choice", of="tie_flows", words="around_flow"),
        Ask("whom", "choice", words="around_whom"),
        Ask("note", words="around_note"),
    ),
    start={"strength": "ordinary", "flow": "both"},
    lists=_lists,
)


def overview(visit: Visit) -> Response:
    with visit.at("ecomap") as at:
        record = read_record(at.session, at.case)
        ecomap = picture(record, lang=visit.lang)
        members = {one.key: one for one in household(record)}
        base = f"/cases/{at.case.code}/ecomap"
        return visit.show(
            "care/ecomap.html",
            **frame(at),
            picture=draw(ecomap, visit.t, visit.lang, to=base),
            words=words(ecomap, visit.t, visit.lang),
            connections=[
                (one, called_for(members[one.whom], at.by, visit.lang) if one.whom in members else "")
                for one in record.connections
            ],
        )


def on_paper(visit: Visit, at: At, names: bool) -> Drawn:
    ecomap = picture(read_record(at.session, at.case), lang=visit.lang, names=names)
    svg = draw(ecomap, visit.t, visit.lang).svg()
    return Drawn([svg], title(ecomap, visit.t), words(ecomap, visit.t, visit.lang))


_ONE = "/cases/{case}/ecomap/{number}"
PAGES = (
    Page(path="/cases/{case}/ecomap", may=May.CASEWORK, get=overview),
    Page(path="/cases/{case}/ecomap.pdf", may=May.CASEWORK, get=picture_page("ecomap", on_paper)),
    Page(path="/cases/{case}/ecomap/add", may=May.CASEWORK, get=CONNECTION.add, post=CONNECTION.added),
    Page(path=_ONE, may=May.CASEWORK, get=CONNECTION.change, post=CONNECTION.changed),
    Page(path=f"{_ONE}/out", may=May.CASEWORK, post=CONNECTION.out),
)
