"""A phone in a client's hands: given back to the worker, or left at once."""

from __future__ import annotations

from calendar import Calendar
from contextlib import suppress
from datetime import timedelta

from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from songtor_node.accounts import enter
from songtor_node.accounts.models import Account
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.front import When
from songtor_node.web.visit import Visit
from songtor_proto.errors import PeerError, SongtorError, StoreError
from songtor_proto.times import utc_now
from songtor_web.fields import Field

AWAY = timedelta(hours=1)
"""So long a browser that was left shows the calendar alone."""


def hand_back(visit: Visit) -> Response:
    """Nothing else opens before the worker says who they are."""
    if not visit.handed_over_to:
        return visit.go("/")
    return _hand_back(visit)


def _hand_back(visit: Visit, error: SongtorError | None = None) -> Response:
    with visit.reading() as session:
        account = session.get(Account, visit.me.code)
        has_password = account is not None and bool(account.password)
    field = Field(name="password", kind="password", label=visit.t("hand.password"))
    if error is not None:
        field = field.wrong(error.words(visit.lang))
    return visit.show(
        "consents/hand_back.html",
        422 if error else 200,
        fields=[field],
        has_password=has_password,
        to=visit.handed_over_to,
    )


def take_back(visit: Visit) -> Response:
    """With the worker's password; guessing is bounded as at the door."""
    to = visit.handed_over_to
    if not to:
        return visit.go("/")
    found = enter.by_password(
        visit.node.engine,
        visit.me.code,
        visit.said("password"),
        cost=visit.front.cost,
        now=visit.now,
        once=False,
        browser=visit.token.hex(),
    )
    if not found.worker:
        return _hand_back(visit, PeerError("pause" if found.wait else "hand_back", field="password"))
    with visit.writing() as session:
        sessions.take_back(session, visit.token)
    return visit.go(to)


def leave(visit: Visit) -> Response:
    """At once, whatever the store does: nobody is signed in here any more, and what comes next says nothing,
    nor does what came before. The session ends behind it. Another site that leads here ends nothing."""
    if visit.request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return RedirectResponse("/calendar", 303)
    token = sessions.token_of(visit)
    background = BackgroundTask(_end, visit, token) if token and visit.front.node else None
    response = RedirectResponse("/calendar", 303, background=background)
    sessions.give_cookie(visit, response, "1", sessions.LEFT, AWAY)
    return sessions.take_cookie(visit, response)


def _end(visit: Visit, token: str) -> None:
    """A store that is busy or full lets it fall asleep by itself; no browser has its token any more."""
    with suppress(StoreError), visit.writing() as session:
        sessions.end(session, sessions.digest_of(token))


def come_back(visit: Visit) -> Response:
    """By the day of today in the calendar, which says nothing of where it leads."""
    return sessions.take_cookie(visit, RedirectResponse("/", 303), sessions.LEFT)


def calendar(visit: Visit) -> Response:
    """The days of this month: a page that anybody may have open."""
    today = (visit.now if visit.front.when is When.OPEN else utc_now()).astimezone().date()
    weeks = Calendar(firstweekday=0).monthdatescalendar(today.year, today.month)
    return visit.show("consents/calendar.html", weeks=weeks, today=today)


PAGES = (
    Page(path="/hand-back", may=May.WORKER, get=hand_back, post=take_back),
    Page(path="/leave", may=May.ANYONE, when=None, get=leave),
    Page(path="/calendar/today", may=May.ANYONE, when=None, get=come_back),
    Page(path="/calendar", may=May.ANYONE, when=None, get=calendar),
)
