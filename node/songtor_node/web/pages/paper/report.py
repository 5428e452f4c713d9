"""A case's report on paper: what stands in it is chosen first."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.cases.report import PARTS, report
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.pages.cases import plan
from songtor_node.web.pages.pictures import ecomap, flower, genogram, timeline
from songtor_node.web.printing import Draw, picture_sheet, printed, sheet_of, staff
from songtor_node.web.visit import Visit
from songtor_web.dates import date_text
from songtor_web.fields import Field, Option

PICTURES: dict[str, tuple[str, Draw]] = {
    "genogram": ("people", genogram.on_paper),
    "timeline": ("events", timeline.on_paper),
    "flower": ("threats", flower.on_paper),
    "ecomap": ("connections", ecomap.on_paper),
    "plan": ("goals", plan.on_paper),
}
"""What each is drawn from: where a case has none of it, there is no picture."""
_LEFT_OUT = ("notes", "people")  # at first: least of all to leave the house on paper


def choose(visit: Visit) -> Response:
    with visit.at("report choose") as at:
        options = [Option(code, visit.t(f"paper.part_{code}")) for code in PARTS]
        said = [Option("no", visit.t("paper.names_no"), visit.t("paper.names_no_hint"))]
        said.append(Option("yes", visit.t("paper.names_yes")))
        ticked = [code for code in PARTS if code not in _LEFT_OUT]
        record = read_record(at.session, at.case)
        drawn = [Option(code, visit.t(f"paper.picture_{code}")) for code in _drawable(record)]
        fields = [
            Field(name="part", kind="checks", label=visit.t("paper.what"), options=options, values=ticked),
            *(
                [Field(name="picture", kind="checks", label=visit.t("paper.pictures"), options=drawn)]
                if drawn
                else []
            ),
            Field(name="names", kind="choice", label=visit.t("paper.names"), options=said, value="no"),
        ]
        return visit.show("paper/report.html", **frame(at), fields=fields)


def report_pdf(visit: Visit) -> Response:
    """What was chosen on one sheet, each picture on one of its own; the pages are counted through."""
    chosen, names = visit.request.query_params.getlist, visit.asked("names") == "yes"
    with visit.at("report") as at:
        code, today = at.case.code, at.now.astimezone().date()
        record = read_record(at.session, at.case)
        staffed = staff(visit, at.session)
        blocks = report(record, chosen("part"), t=visit.t, lang=visit.lang, names=names, workers=staffed)
        drawn = [
            draw(visit, at, names) for name, draw in _drawable(record).items() if name in chosen("picture")
        ]
    as_of = visit.t("paper.as_of", date=date_text(today, visit.lang))
    subtitle = " · ".join([code, as_of, *([] if names else [visit.t("paper.without_names")])])
    title = str(visit.t("paper.report"))
    sheet = sheet_of(visit, title, blocks, code=code, subtitle=subtitle)
    pictures = (picture_sheet(visit, one, code, names=names) for one in drawn)
    return printed(sheet, *(replace(one, goes_on=True) for one in pictures), name=code)


def _drawable(record: CaseRecord) -> dict[str, Draw]:
    return {name: draw for name, (entries, draw) in PICTURES.items() if getattr(record, entries)}


PAGES = (
    Page(path="/cases/{case}/report", may=May.CASEWORK, get=choose),
    Page(path="/cases/{case}/report.pdf", may=May.CASEWORK, get=report_pdf),
)
