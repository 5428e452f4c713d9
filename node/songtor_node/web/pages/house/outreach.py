"""Telling people where to ask for help: what was told where, and a poster with the address."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from songtor_node.forms import check
from songtor_node.outreach import acts
from songtor_node.qr import qr
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import opened, refused, saved
from songtor_node.web.forms.two_people import merged
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
    with visit.reading() as session:
        return visit.show("outreach/telling.html", sheet=opened(session, visit, _TELLING, values))


def tell(visit: Visit) -> Response:
    said: dict[str, Any] = typed(visit, _TELLING)
    try:
        form = check(acts.TellingForm, {**said, "day": iso_date(said["day"]), "people": said["people"] or 0})
    except InputError as error:
        return visit.show("outreach/telling.html", 422, sheet=refused(visit, _TELLING, error))
    with visit.writing() as session:
        acts.tell(session, form, by=visit.me, now=visit.now)
        return saved(session, visit, False, "/outreach", "told")


def forget(visit: Visit) -> Response:
    number = visit.params["telling"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InputError("not_here", field="telling")
    with visit.writing() as session:
        acts.forget(session, int(number))
    return visit.go("/outreach", done="removed")


def address(visit: Visit) -> Response:
    with visit.reading() as session:
        made = opened(session, visit, _REACH, acts.address(session).model_dump())
    return visit.show("outreach/address.html", sheet=made)


def say_address(visit: Visit) -> Response:
    try:
        with visit.writing() as session:
            values, crossed = merged(session, visit, _REACH, acts.address(session).model_dump())
            acts.say_address(session, check(acts.Address, values))
            return saved(session, visit, crossed, "/outreach/poster")
    except InputError as error:
        return visit.show("outreach/address.html", 422, sheet=refused(visit, _REACH, error))


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
