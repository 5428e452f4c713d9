"""Sessions at a distance: when, in whose time, by which link, whether a call is safe; a calendar file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases import entries, history, service, telecare
from songtor_node.cases.calendar import calendar
from songtor_node.cases.models import TeleSession
from songtor_node.cases.names import named_in
from songtor_node.forms import check
from songtor_node.web.case.countries import countries
from songtor_node.web.case.entry_form import EntryForm, entry
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.case.past import past
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved, with_lists
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary.names import time_zones, zone_name
from songtor_web.fields import Option

SESSION = (
    Ask("day", "date", words="session_day"),
    Ask("clock", "time", words="session_clock"),
    Ask("whose", "choice", words="session_whose", options=("here", "client")),
    Ask("client_zone", "list", words="session_zone"),
    Ask("minutes", "number", words="session_minutes"),
    Ask("link", words="session_link"),
    Ask("safe_checked", "flag", words="session_safe"),
    Ask("joins", words="session_joins"),
    Ask("interpreter", words="session_interpreter"),
)
AFTER = (
    Ask("state", "choice", words="session_state", options=telecare.ENDS),
    Ask("notes", "prose", words="session_notes"),
)
PLAIN = EntryForm(kind="session", path="/telecare", title="telecare.title", asks=())


def sessions(visit: Visit) -> Response:
    with visit.at("telecare") as at:
        query = select(TeleSession).where(TeleSession.case_id == at.case.id)
        found = at.session.exec(query.order_by(col(TeleSession.starts).desc())).all()
        return visit.show(
            "care/telecare.html",
            **frame(at),
            coming=[one for one in found if one.state == telecare.PLANNED][::-1],
            past=[one for one in found if one.state != telecare.PLANNED],
            there=_there,
        )


def add(visit: Visit) -> Response:
    with visit.at("add session") as at:
        return _form(visit, at, opened(at.session, visit, SESSION, {"whose": "here", "minutes": "60"}))


def added(visit: Visit) -> Response:
    try:
        with visit.at("add session") as at:
            form = _read(typed(visit, SESSION))
            row = service.add(at.session, at.case, "session", form, by=at.by, now=at.now)
            return saved(at.session, visit, False, f"/cases/{at.case.code}/telecare/{row.id}")
    except InputError as error:
        with visit.at("add session") as at:
            return _form(visit, at, refused(visit, SESSION, error), status=422)


def session(visit: Visit) -> Response:
    with visit.at("session") as at:
        row = entry(visit, at, TeleSession)
        head = frame(at)
        outside = telecare.outside_safe_times(
            head["case_head"].safe, row.starts, row.minutes, row.client_zone
        )
        return visit.show(
            "care/session.html",
            **head,
            row=row,
            outside=outside,
            danger=named_in(f"{row.joins} {row.interpreter}", head["case_head"].dangers),
            there=_there(row, visit.lang),
        )


def change(visit: Visit) -> Response:
    with visit.at("change session") as at:
        row = entry(visit, at, TeleSession)
        return _form(visit, at, opened(at.session, visit, SESSION, _said(row)), row)


def changed(visit: Visit) -> Response:
    """At another time it has moved: the old one stays, as moved."""
    try:
        with visit.at("change session") as at:
            row = entry(visit, at, TeleSession)
            values, crossed = merged(at.session, visit, SESSION, _said(row))
            form = _read(values, row)
            if form.starts != row.starts:
                row = telecare.move(at.session, row, form, by=at.by, now=at.now)
            else:
                history.correct(at.session, row, form.model_dump(), by=at.by, now=at.now)
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/telecare/{row.id}")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("change session") as at:
            return _form(visit, at, refused(visit, SESSION, error), entry(visit, at, TeleSession), status=422)


def after(visit: Visit) -> Response:
    with visit.at("after session") as at:
        row = entry(visit, at, TeleSession)
        return _after(visit, at, row, opened(at.session, visit, AFTER, _ended(row)))


def after_said(visit: Visit) -> Response:
    try:
        with visit.at("after session") as at:
            row = entry(visit, at, TeleSession)
            values, crossed = merged(at.session, visit, AFTER, _ended(row))
            form = entries.TeleSession.model_validate(PLAIN.whole(row, values))
            telecare.ended(at.session, row, form, by=at.by, now=at.now)
            return saved(at.session, visit, crossed, f"/cases/{at.case.code}/telecare/{row.id}")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("after session") as at:
            return _after(visit, at, entry(visit, at, TeleSession), refused(visit, AFTER, error), 422)


def calendar_file(visit: Visit) -> Response:
    with visit.at("calendar file") as at:
        row = entry(visit, at, TeleSession)
        if row.state != telecare.PLANNED:
            raise InputError("moved", field="state")
        content = calendar(
            uid=row.uid,
            sequence=row.sequence,
            starts=row.starts,
            minutes=row.minutes,
            link=row.link,
            stamp=at.now,
        )
    return Response(
        content,
        media_type="text/calendar; charset=utf-8; method=PUBLISH",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


def _read(values: Mapping[str, Any], row: TeleSession | None = None) -> entries.TeleSession:
    """The form's words as a session. InputError: date, time, and as the form."""
    said = dict(values)
    day, clock, whose = said.pop("day"), said.pop("clock"), said.pop("whose")
    zone = check(entries.TeleSession, {"starts": "2026-01-01T00:00Z", **said}).client_zone
    if whose == "client" and not zone:
        raise InputError("missing", field="client_zone")
    said["starts"] = telecare.moment(day, clock, zone if whose == "client" else "")
    kept = {"state": row.state, "notes": row.notes} if row else {}
    return check(entries.TeleSession, {**kept, **said})


def _said(row: TeleSession) -> dict[str, Any]:
    here = row.starts.astimezone()
    return {
        "day": here.date().isoformat(),
        "clock": f"{here:%H:%M}",
        "whose": "here",
        "minutes": str(row.minutes),
        **{
            name: getattr(row, name)
            for name in ("client_zone", "link", "joins", "interpreter", "safe_checked")
        },
    }


def _ended(row: TeleSession) -> dict[str, Any]:
    return {"state": row.state if row.state in telecare.ENDS else "", "notes": row.notes}


def _there(row: TeleSession, lang: str) -> tuple[datetime, str] | None:
    """The client's wall clock and where it hangs, where it is not ours."""
    if not row.client_zone:
        return None
    local = row.starts.astimezone(ZoneInfo(row.client_zone))
    if local.utcoffset() == row.starts.astimezone().utcoffset():
        return None
    return local, zone_name(row.client_zone, lang)


def _form(
    visit: Visit, at: At, made: Sheet, row: TeleSession | None = None, *, status: int = 200
) -> Response:
    client = service.client_of(at.session, at.case)
    names = time_zones(countries(at.session, client.country), visit.lang)
    if row and row.client_zone:
        names = {row.client_zone: zone_name(row.client_zone, visit.lang), **names}
    lists = {"client_zone": [Option(zone, name) for zone, name in names.items()]}
    base = f"/cases/{at.case.code}/telecare"
    return show_sheet(
        visit,
        at,
        replace(with_lists(made, lists), more=("joins", "interpreter")),
        title=visit.t("telecare.form_title"),
        back=f"{base}/{row.id}" if row else base,
        status=status,
        template="care/session_form.html",
        out=f"{base}/{row.id}/out" if row else "",
        past=past(visit, at.session, row, SESSION) if row else (),
    )


def _after(visit: Visit, at: At, row: TeleSession, made: Sheet, status: int = 200) -> Response:
    title, back = visit.t("telecare.after_title"), f"/cases/{at.case.code}/telecare/{row.id}"
    return show_sheet(visit, at, made, title=title, back=back, status=status)


_ONE = "/cases/{case}/telecare/{number}"
PAGES = (
    Page(path="/cases/{case}/telecare", may=May.CASEWORK, get=sessions),
    Page(path="/cases/{case}/telecare/add", may=May.CASEWORK, get=add, post=added),
    Page(path=_ONE, may=May.CASEWORK, get=session),
    Page(path=f"{_ONE}/change", may=May.CASEWORK, get=change, post=changed),
    Page(path=f"{_ONE}/after", may=May.CASEWORK, get=after, post=after_said),
    Page(path=f"{_ONE}/calendar", may=May.CASEWORK, get=calendar_file),
    Page(path=f"{_ONE}/out", may=May.CASEWORK, post=PLAIN.out),
)
