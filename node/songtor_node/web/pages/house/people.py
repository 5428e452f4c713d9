"""Who works here: for the administrator, who sees no case."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from songtor_node import workers
from songtor_node.accounts import people
from songtor_node.accounts.models import Account
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asking import ask
from songtor_node.web.forms.asks import Ask
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary

_NEW = (Ask("name"), Ask("code", words="worker_code"), Ask("role", "choice", of="node_roles"))
_ROLE = (Ask("role", "choice", of="node_roles"),)
_EVENTS = 12


def listing(visit: Visit) -> Response:
    with visit.reading() as session:
        everyone = workers.listing(session, everyone=True)
        waiting = {
            one.code
            for one in everyone
            if (account := session.get(Account, one.code)) is None or not account.password
        }
    return visit.show(
        "people/people.html",
        here_now=[one for one in everyone if one.active],
        left=[one for one in everyone if not one.active],
        waiting=waiting,
    )


def new(visit: Visit) -> Response:
    return ask(visit, "new_worker", _NEW)


def add(visit: Visit) -> Response:
    typed = {name: visit.said(name).strip() for name in ("name", "code", "role")}
    try:
        with visit.writing() as session:
            workers.add(
                session,
                typed["code"],
                name=typed["name"],
                role=typed["role"],
                vocabulary=vocabulary(),
                now=visit.now,
            )
            people.happened(session, typed["code"], "made", by=visit.me.code, now=visit.now)
            return _give(visit, typed["code"], people.give_code(session, typed["code"], **_by(visit)))
    except InputError as error:
        return ask(visit, "new_worker", _NEW, values=typed, error=error)


def one(visit: Visit) -> Response:
    with visit.reading() as session:
        worker = _worker(session.get(Worker, visit.params["worker"]))
        account = session.get(Account, worker.code)
        return visit.show(
            "people/worker.html",
            worker=worker,
            waiting=account is None or not account.password,
            code_until=account.once_until if account and account.once else None,
            events=people.events(session, worker.code, _EVENTS),
        )


def role(visit: Visit) -> Response:
    with visit.reading() as session:
        worker = _worker(session.get(Worker, visit.params["worker"]))
    return ask(visit, "role", _ROLE, values={"role": worker.role})


def change_role(visit: Visit) -> Response:
    """With another role one signs in anew."""
    code, chosen = visit.params["worker"], visit.said("role")
    try:
        with visit.writing() as session:
            people.change_role(session, code, chosen, by=visit.me.code, now=visit.now)
            sessions.end_all(session, code)
    except InputError as error:
        return ask(visit, "role", _ROLE, values={"role": chosen}, error=error)
    return visit.go(f"/people/{code}", done="saved")


def new_code(visit: Visit) -> Response:
    return _ask_of(visit, "new_code")


def give_code(visit: Visit) -> Response:
    code = visit.params["worker"]
    with visit.writing() as session:
        given = people.give_code(session, code, **_by(visit))
        sessions.end_all(session, code)
    return _give(visit, code, given)


def code(visit: Visit) -> Response:
    """What was just made, to be handed over; gone after a few minutes, and never in an address."""
    held = visit.front.shown.look(_held(visit), visit.now)
    if held is None or held[0] != visit.params["worker"]:
        return visit.go(f"/people/{visit.params['worker']}")
    with visit.reading() as session:
        worker = _worker(session.get(Worker, held[0]))
    return visit.show("people/code.html", worker=worker, code=held[1])


def leaving(visit: Visit) -> Response:
    return _ask_of(visit, "leave")


def leave(visit: Visit) -> Response:
    code = visit.params["worker"]
    try:
        with visit.writing() as session:
            people.leave(session, code, by=visit.me.code, now=visit.now)
            sessions.end_all(session, code)
    except InputError as error:
        return _ask_of(visit, "leave", error)
    return visit.go("/people", done="left")


def come_back(visit: Visit) -> Response:
    code = visit.params["worker"]
    with visit.writing() as session:
        given = people.come_back(session, code, **_by(visit))
    return _give(visit, code, given)


def _ask_of(visit: Visit, page: str, error: InputError | None = None) -> Response:
    """Whether to do it to that worker."""
    with visit.reading() as session:
        worker = _worker(session.get(Worker, visit.params["worker"]))
    return ask(visit, page, error=error, template="people/sure.html", worker=worker)


def _give(visit: Visit, code: str, given: str) -> Response:
    visit.front.shown.keep(_held(visit), (code, given), visit.now)
    return visit.go(f"/people/{code}/code")


def _held(visit: Visit) -> bytes:
    return b"once" + visit.token


def _by(visit: Visit) -> dict[str, Any]:
    return {"by": visit.me.code, "now": visit.now, "random": visit.node.random}


def _worker(found: Worker | None) -> Worker:
    if found is None:
        raise InputError("not_here", field="worker")
    return found


PAGES = (
    Page(path="/people", may=May.ADMIN, get=listing),
    Page(path="/people/new", may=May.ADMIN, get=new, post=add),
    Page(path="/people/{worker}", may=May.ADMIN, get=one),
    Page(path="/people/{worker}/role", may=May.ADMIN, get=role, post=change_role),
    Page(path="/people/{worker}/new-code", may=May.ADMIN, get=new_code, post=give_code),
    Page(path="/people/{worker}/code", may=May.ADMIN, get=code),
    Page(path="/people/{worker}/leave", may=May.ADMIN, get=leaving, post=leave),
    Page(path="/people/{worker}/return", may=May.ADMIN, get=one, post=come_back),
)
