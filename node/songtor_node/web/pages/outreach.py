"""Telling people where to ask for help: what was told where, and a poster with the address."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from songtor_node.forms import check
from songtor_node.outreach import acts
from songtor_node.qr import qr
from songtor_node.web.access import May, Page
from songtor_node.web.sheet import Ask, drop_draft, fields, typed
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError
from songtor_web.dates import iso_date

_REACH = (
    Ask("name", words="reach_name"),
    Ask("phone", "phone", words="reach_phone"),
    Ask("line", words="reach_line"),
    Ask("code", words="reach_code"),
    Ask("hours", words="reach_hours"),
    Ask("place", words="reach_place"),
)
_TELLING = (
    Ask("day", "date", words="telling_day"),
    Ask("way", "choice", words="telling_way", options=acts.WAYS),
    Ask("place", words="telling_place"),
    Ask("said", "prose", words="telling_said"),
    Ask("people", "number", words="telling_people"),
)


def overview(visit: Visit) -> Response:
    with visit.reading() as session:
        told, address = acts.told(session), acts.address(session)
    return visit.show("outreach/overview.html", told=told, address=address)


def telling(visit: Visit) -> Response:
    values = {"day": visit.now.astimezone().date().isoformat()}
    return visit.show("outreach/telling.html", fields=fields(visit, _TELLING, values))


def tell(visit: Visit) -> Response:
    said: dict[str, Any] = typed(visit, _TELLING)
    try:
        form = check(acts.TellingForm, {**said, "day": iso_date(said["day"]), "people": said["people"] or 0})
    except InputError as error:
        return visit.show("outreach/telling.html", 422, fields=fields(visit, _TELLING, said, error))
    with visit.writing() as session:
        acts.tell(session, form, by=visit.me, now=visit.now)
        drop_draft(session, visit.me.code, visit.here)
    return visit.go("/outreach", done="told")


def forget(visit: Visit) -> Response:
    number = visit.params["telling"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InputError("not_here", field="telling")
    with visit.writing() as session:
        acts.forget(session, int(number))
    return visit.go("/outreach", done="removed")


def address(visit: Visit) -> Response:
    with visit.reading() as session:
        values = acts.address(session).model_dump()
    return visit.show("outreach/address.html", fields=fields(visit, _REACH, values))


def say_address(visit: Visit) -> Response:
    said = typed(visit, _REACH)
    try:
        form = check(acts.Address, said)
    except InputError as error:
        return visit.show("outreach/address.html", 422, fields=fields(visit, _REACH, said, error))
    with visit.writing() as session:
        acts.say_address(session, form)
        drop_draft(session, visit.me.code, visit.here)
    return visit.go("/outreach/poster")


def poster(visit: Visit) -> Response:
    """To be printed: what we help with, and how to reach us. It carries nothing of any case."""
    with visit.reading() as session:
        said = acts.address(session)
    return visit.show("outreach/poster.html", address=said, qr=qr(said.code) if said.code else "")


PAGES = (
    Page(path="/outreach", may=May.CASEWORK, get=overview),
    Page(path="/outreach/new", may=May.CASEWORK, get=telling, post=tell),
    Page(path="/outreach/address", may=May.ALL_CASES, get=address, post=say_address),
    Page(path="/outreach/poster", may=May.CASEWORK, get=poster),
    Page(path="/outreach/{telling}/remove", may=May.ALL_CASES, post=forget),
)
