"""The help that was given: what kind, which of the 5P, by whom, hours and cost; and what it came to."""

from __future__ import annotations

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases.models import Work
from songtor_node.cases.totals import totals
from songtor_node.web.case.countries import countries
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.visit import At, Visit
from songtor_proto.vocabulary.names import currencies
from songtor_web.fields import Option


def _currencies(visit: Visit, at: At) -> Lists:
    names = currencies(countries(at.session), visit.lang)
    return {"currency": [Option(code, name) for code, name in names.items()]}


WORK = EntryForm(
    kind="work",
    path="/assistance",
    new="/add",
    title="assistance.work_title",
    lists=_currencies,
    asks=(
        Ask("kind", "choice", of="assistance_kinds", words="work_kind"),
        Ask("practice_form", "choice", of="practice_forms", words="work_form"),
        Ask("when", "partial_date", words="work_when"),
        Ask("text", "prose", words="work_text"),
        Ask("who", words="work_who"),
        Ask("agency", words="goal_agency"),
        Ask("hours", "number", words="work_hours"),
        Ask("cost", "number", words="work_cost"),
        Ask("currency", "list", words="work_currency"),
    ),
    more=("who", "agency", "hours", "cost", "currency"),
)


def given(visit: Visit) -> Response:
    with visit.at("assistance") as at:
        query = select(Work).where(Work.case_id == at.case.id)
        work = at.session.exec(query.order_by(col(Work.when).desc(), col(Work.id).desc())).all()
        return visit.show("care/assistance.html", **frame(at), work=work, totals=totals(work))


PAGES = (
    Page(path="/cases/{case}/assistance", may=May.CASEWORK, get=given),
    Page(path="/cases/{case}/assistance/add", may=May.CASEWORK, get=WORK.add, post=WORK.added),
    Page(path="/cases/{case}/assistance/{number}", may=May.CASEWORK, get=WORK.change, post=WORK.changed),
    Page(path="/cases/{case}/assistance/{number}/out", may=May.CASEWORK, post=WORK.out),
)
