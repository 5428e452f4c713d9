"""Fact finding: what is said and how it was checked, visits and calls, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from songtor_node.cases import entries, history, service
from songtor_node.cases.models import Fact, Incident, Meeting
from songtor_node.cases.record import read_record
from songtor_node.forms import check
from songtor_node.web.case.entry_form import EntryForm, entry
from songtor_node.web.case.frame import frame
from songtor_node.web.case.past import past
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text

FACT = EntryForm(
    kind="fact",
    path="/facts",
    new="/new",
    title="fact_finding.fact",
    asks=(Ask("text", "prose", words="fact_text"), Ask("source", words="fact_source")),
)
CHECK = (
    Ask("verification", "choice", options=("verified", "contradicted", "unverified")),
    Ask("how", words="fact_how"),
)
INCIDENT = EntryForm(
    kind="incident",
    path="/incidents",
    new="/new",
    title="fact_finding.incident",
    asks=(
        Ask("text", "prose", words="incident_text"),
        Ask("when", "partial_date", words="incident_when"),
        Ask("perpetrator"),
    ),
)
_WHEN = (Ask("when", "partial_date", words="visit_when"), Ask("at_time", "time"))
_METHOD = Ask("method", "choice", "follow_up_methods", "visit_method")
_FOUND = (
    Ask("met", words="visit_met"),
    Ask("found", "prose", words="visit_found"),
    Ask("safety", "choice", options=("safe", "unsafe", "unknown")),
)
_WHO = (Ask("who", words="visit_who"), Ask("where", words="visit_where"))
PLANNED = EntryForm(
    kind="visit",
    path="/visits",
    new="/plan",
    title="fact_finding.visit_plan",
    asks=(_METHOD, *_WHEN, *_WHO),
    fixed={"state": "planned"},
)
MADE = EntryForm(
    kind="visit",
    path="/visits",
    new="/new",
    title="fact_finding.visit_made",
    asks=(_METHOD, *_WHEN, *_WHO, *_FOUND),
    fixed={"state": "done"},
)
VISIT = EntryForm(
    kind="visit",
    path="/visits",
    new="/new",
    title="fact_finding.visit",
    asks=(
        Ask("state", "choice", words="visit_state", options=("planned", "done", "missed")),
        *_FOUND,
        _METHOD,
        *_WHEN,
        *_WHO,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One entry in a list. `meta`: small print; `tone` and `word`: its state."""

    number: int | None
    title: str
    meta: Sequence[str] = ()
    body: str = ""
    tone: str = ""
    word: str = ""
    check: str = ""


def facts(visit: Visit) -> Response:
    with visit.at("facts") as at:
        found = read_record(at.session, at.case).facts
        return _list(visit, at, "facts", [_fact(visit, at, one) for one in found], ("new",))


def visits(visit: Visit) -> Response:
    """Planned ones first, the next at the top; then the made ones, the newest at the top."""
    with visit.at("visits") as at:
        found = read_record(at.session, at.case).visits
        planned = sorted((one for one in found if one.state == "planned"), key=_moment)
        made = sorted((one for one in found if one.state != "planned"), key=_moment, reverse=True)
        return _list(visit, at, "visits", [_visit(visit, one) for one in (*planned, *made)], ("plan", "new"))


def incidents(visit: Visit) -> Response:
    with visit.at("incidents") as at:
        found = read_record(at.session, at.case).incidents
        return _list(visit, at, "incidents", [_incident(visit, one) for one in found], ("new",))


def checking(visit: Visit) -> Response:
    with visit.at("check fact") as at:
        fact = entry(visit, at, Fact)
        return _checking(visit, at, fact, opened(at.session, visit, CHECK, _checked(fact)))


def checked(visit: Visit) -> Response:
    try:
        with visit.at("check fact") as at:
            fact = entry(visit, at, Fact)
            values, crossed = merged(at.session, visit, CHECK, _checked(fact))
            present = {"text": fact.text, "source": fact.source}
            said = check(entries.Fact, {**present, **values, "how": values["how"] or "-"})
            how = said.how if values["how"] else ""  # which the room asks for by its own error
            if said.verification == "unverified":
                unchecked = {"verification": "unverified", "how": how}
                history.correct(at.session, fact, unchecked, by=at.by, now=at.now)
            else:
                service.checked(at.session, fact, said.verification, how, by=at.by, now=at.now)
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/facts", "checked")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("check fact") as at:
            return _checking(visit, at, entry(visit, at, Fact), refused(visit, CHECK, error), 422)


def _checking(visit: Visit, at: At, fact: Fact, made: Sheet, status: int = 200) -> Response:
    return visit.show(
        "fact_check.html",
        status,
        **frame(at),
        fact=fact,
        sheet=made,
        back=f"/cases/{at.case.code}/facts",
        past=past(visit, at.session, fact, CHECK),
    )


def _checked(fact: Fact) -> dict[str, Any]:
    return {"verification": fact.verification, "how": fact.how}


def _list(visit: Visit, at: At, name: str, found: Sequence[Shown], adds: Sequence[str]) -> Response:
    return visit.show("entries.html", **frame(at), name=name, entries=found, adds=adds)


def _fact(visit: Visit, at: At, one: Fact) -> Shown:
    said = [visit.t("fact_finding.from", source=one.source)] if one.source else []
    if one.how:
        said.append(visit.t("fact_finding.how", how=one.how))
    return Shown(
        number=one.id,
        title=one.text,
        meta=said,
        tone={"verified": "done", "contradicted": "late"}.get(one.verification, "waiting"),
        word=visit.t(f"field.verification_{one.verification}"),
        check=f"/cases/{at.case.code}/facts/{one.id}/check",
    )


def _visit(visit: Visit, one: Meeting) -> Shown:
    when = " ".join(filter(None, (date_text(one.when, visit.lang), one.at_time)))
    met = [visit.t("fact_finding.met", who=one.met)] if one.met else []
    return Shown(
        number=one.id,
        title=vocabulary().follow_up_methods[one.method].label(visit.lang),
        meta=[*filter(None, (when, one.who, one.where)), *met]
        + ([visit.t(f"field.safety_{one.safety}")] if one.safety != "unknown" else []),
        body=one.found,
        tone={"planned": "waiting", "done": "done", "missed": "late"}[one.state],
        word=visit.t(f"field.visit_state_{one.state}"),
    )


def _incident(visit: Visit, one: Incident) -> Shown:
    by = [visit.t("fact_finding.by", who=one.perpetrator)] if one.perpetrator else []
    return Shown(number=one.id, title=one.text, meta=[*filter(None, [date_text(one.when, visit.lang)]), *by])


def _moment(one: Meeting) -> tuple[str, str]:
    return one.when or "9", one.at_time


def _pages(form: EntryForm) -> tuple[Page, ...]:
    path = "/cases/{case}" + form.path
    return (
        Page(path=path + form.new, may=May.CASEWORK, get=form.add, post=form.added),
        Page(path=path + "/{number}", may=May.CASEWORK, get=form.change, post=form.changed),
        Page(path=path + "/{number}/out", may=May.CASEWORK, post=form.out),
    )


PAGES = (
    Page(path="/cases/{case}/facts", may=May.CASEWORK, get=facts),
    Page(path="/cases/{case}/visits", may=May.CASEWORK, get=visits),
    Page(path="/cases/{case}/incidents", may=May.CASEWORK, get=incidents),
    Page(path="/cases/{case}/facts/{number}/check", may=May.CASEWORK, get=checking, post=checked),
    Page(path="/cases/{case}/visits/plan", may=May.CASEWORK, get=PLANNED.add, post=PLANNED.added),
    Page(path="/cases/{case}/visits/new", may=May.CASEWORK, get=MADE.add, post=MADE.added),
    *(page for form in (FACT, INCIDENT) for page in _pages(form)),
    *_pages(VISIT)[1:],
)
