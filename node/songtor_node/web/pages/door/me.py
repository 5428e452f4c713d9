"""One's own account: name, password, what else lets one in, where one is signed in."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.accounts import enter, paper_codes, passkeys, passwords, people
from songtor_node.accounts.models import Account
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asking import ask, wait_text
from songtor_node.web.forms.asks import Ask
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError

_NAME = (Ask("name"),)
_PASSWORD = (
    Ask("password", "password", words="present_password"),
    Ask("new_password", "password"),
    Ask("again", "password"),
)
_EVENTS = 12


def me(visit: Visit) -> Response:
    with visit.reading() as session:
        account = session.get(Account, visit.me.code)
        return visit.show(
            "door/me.html",
            authenticator=bool(account and account.secret),
            passkeys=len(passkeys.of(session, visit.me.code)),
            codes_left=paper_codes.left(session, visit.me.code),
            signed_in=sessions.of(session, visit.me.code, visit.now),
            mine=visit.token,
            events=people.events(session, visit.me.code, _EVENTS),
        )


def name(visit: Visit) -> Response:
    return ask(visit, "name", _NAME, values={"name": visit.me.name})


def keep_name(visit: Visit) -> Response:
    typed = visit.said("name").strip()
    try:
        with visit.writing() as session:
            people.rename(session, visit.me.code, typed)
    except InputError as error:
        return ask(visit, "name", _NAME, values={"name": typed}, error=error)
    return visit.go("/me", done="saved")


def password(visit: Visit) -> Response:
    return ask(visit, "new_password", _PASSWORD)


def keep_password(visit: Visit) -> Response:
    """Asks for the present one; whoever else was signed in with it no longer is."""
    me, cost = visit.me.code, visit.front.cost
    answer = enter.by_password(
        visit.node.engine,
        me,
        visit.said("password"),
        cost=cost,
        now=visit.now,
        once=False,
        browser=visit.token.hex(),
    )
    if not answer.worker:
        said = wait_text(visit, answer.wait) or str(visit.t("door.wrong_password"))
        return ask(visit, "new_password", _PASSWORD, message=said)
    try:
        typed = passwords.chosen(visit.said("new_password"), visit.said("again"), own=me)
    except InputError as error:
        return ask(visit, "new_password", _PASSWORD, error=error)
    made = passwords.hashed(typed, cost, visit.node.random)
    with visit.writing() as session:
        if not enter.holds(session, answer):
            return ask(visit, "new_password", _PASSWORD, message=str(visit.t("door.wrong_password")))
        session.get_one(Account, me).password = made
        people.happened(session, me, "password", by=me, now=visit.now)
        token = sessions.again(session, visit.token, now=visit.now, random=visit.node.random)
        sessions.end_others(session, me, sessions.digest_of(token))
    return sessions.give_cookie(visit, visit.go("/me", done="saved"), token)


def end_session(visit: Visit) -> Response:
    """One of them, or all: then this one too."""
    if visit.said("which") == "all":
        with visit.writing() as session:
            sessions.end_all(session, visit.me.code)
        return sessions.take_cookie(visit, visit.go("/sign-in", done="signed_out"))
    with visit.writing() as session:
        for one in sessions.of(session, visit.me.code, visit.now):
            if one.digest.hex() == visit.said("which"):
                sessions.end(session, one.digest)
    return visit.go("/me", done="session_ended")


PAGES = (
    Page(path="/me", may=May.WORKER, get=me),
    Page(path="/me/name", may=May.WORKER, get=name, post=keep_name),
    Page(path="/me/password", may=May.WORKER, get=password, post=keep_password),
    Page(path="/me/sessions", may=May.WORKER, get=me, post=end_session),
)
