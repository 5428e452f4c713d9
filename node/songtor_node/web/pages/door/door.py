"""Signing in, waking a session that fell asleep, signing out."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session
from starlette.responses import Response

from songtor_node.accounts import enter, passkeys, passwords, people, tries
from songtor_node.accounts.models import Account
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.entrance.sessions import WebSession
from songtor_node.web.forms.asking import ask, wait_text
from songtor_node.web.forms.asks import Ask
from songtor_node.web.navigation import inside
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto.errors import InputError

_SIGN_IN = (Ask("code", words="worker_code"), Ask("password", "password", remembered=True))
_FIRST_PASSWORD = (Ask("new_password", "password"), Ask("again", "password"))
_SECOND = (Ask("second"),)
_WAKE = (Ask("password", "password"),)


def sign_in(visit: Visit) -> Response:
    if visit.front.is_nobodys:
        return visit.go("/start")
    return visit.go("/") if visit.worker else _sign_in_page(visit)


def check_password(visit: Visit) -> Response:
    """The first half; a one-time code of the administrator's is typed in the password's place."""
    code = visit.said("code").strip().lower()
    with visit.reading() as session:
        browser = sessions.browser_of(visit, session, code)
    answer = enter.by_password(
        visit.node.engine,
        code,
        visit.said("password"),
        cost=visit.front.cost,
        now=visit.now,
        once=True,
        browser=browser,
    )
    if not answer.worker:
        said = wait_text(visit, answer.wait) or str(visit.t("door.wrong"))
        return _sign_in_page(visit, said, code)
    with visit.writing() as session:
        if not enter.holds(session, answer):
            return _sign_in_page(visit, str(visit.t("door.wrong")), code)
        once = answer.by if isinstance(answer.by, bytes) else b""
        token = sessions.begin_here(visit, session, code, proven=False, once=once)
        account = people.account_of(session, code, visit.node.random)
        path = _next(session, account)
    return sessions.give_cookie(visit, visit.go(path), token)


def _sign_in_page(visit: Visit, message: str = "", code: str = "") -> Response:
    return ask(
        visit,
        "sign_in",
        _SIGN_IN,
        values={"code": code},
        message=message,
        template="door/sign_in.html",
        passkeys=bool(passkeys.party(visit.origin)),
    )


def first_password(visit: Visit) -> Response:
    return ask(visit, "first_password", _FIRST_PASSWORD) if _account(visit, password=False) else _over(visit)


def keep_first_password(visit: Visit) -> Response:
    """The one-time code is used up by it."""
    account = _account(visit, password=False)
    if account is None:
        return _over(visit)
    try:
        typed = passwords.chosen(visit.said("new_password"), visit.said("again"), own=account.worker)
    except InputError as error:
        return ask(visit, "first_password", _FIRST_PASSWORD, error=error)
    made = passwords.hashed(typed, visit.front.cost, visit.node.random)
    with visit.writing() as session:
        kept = session.get_one(Account, account.worker)
        if kept.password or kept.once != account.once:  # somebody was faster, or the code is another by now
            return _over(visit)
        kept.password, kept.once, kept.once_until = made, b"", None
        people.happened(session, account.worker, "password", by=account.worker, now=visit.now)
        token = sessions.go_on(visit, session, account.worker, proven=False)
    return sessions.give_cookie(visit, visit.go("/sign-in/second"), token)


def code(visit: Visit) -> Response:
    return ask(visit, "code", _SECOND, template="door/code.html") if _account(visit) else _over(visit)


def check_second(visit: Visit) -> Response:
    """The second half: the authenticator's code, or a recovery code."""
    account = _account(visit)
    if account is None:
        return _over(visit)
    with visit.writing() as session:
        browser = sessions.browser_of(visit, session, account.worker)
        answer = enter.by_second(session, account.worker, visit.said("second"), visit.now, browser)
        if answer.worker:
            token = sessions.go_on(visit, session, account.worker, proven=True)
            response = sessions.give_cookie(visit, visit.go("/"), token)
            return sessions.know_browser(visit, session, response, account.worker)
    error = None if answer.wait else InputError("one_time_code", field="second")
    return ask(
        visit, "code", _SECOND, error=error, message=wait_text(visit, answer.wait), template="door/code.html"
    )


def ask_passkey(visit: Visit) -> Response:
    """A challenge for this browser alone, for a short time, once."""
    party = passkeys.party(visit.origin)
    if not party:
        raise InputError("passkey")
    token = visit.front.challenges.token(visit.node.random, visit.now)
    response = visit.show(
        "door/passkey.html",
        title=visit.t("door.passkey_title"),
        lead=visit.t("door.passkey_lead"),
        go=visit.t("door.passkey_go"),
        does="get",
        options=passkeys.to_use(challenge=visit.front.challenges.of(token), party=party),
        action="/sign-in/passkey/done",
        name="",
        back="/sign-in",
    )
    return sessions.give_cookie(visit, response, token, sessions.STEP)


def check_passkey(visit: Visit) -> Response:
    """With a passkey, which the worker's own finger or PIN releases, both halves are done at once."""
    token = sessions.token_of(visit, sessions.STEP)
    try:
        challenge = visit.front.challenges.check(token, visit.now)
        with visit.writing() as session:
            code = passkeys.use(session, visit.said("answer"), challenge=challenge, origin=visit.origin)
            worker = session.get(Worker, code)
            if worker is None or not worker.active:
                raise InputError("passkey")
            visit.front.challenges.spend(token, visit.now)
            tries.clear(session, code)
            people.happened(session, code, "signed_in", by=code, now=visit.now)
            kept = sessions.begin_here(visit, session, code, proven=True)
            response = sessions.give_cookie(visit, visit.go("/"), kept)
            sessions.know_browser(visit, session, response, code)
    except InputError as error:
        return _sign_in_page(visit, error.words(visit.lang))
    return sessions.take_cookie(visit, response, sessions.STEP)


def back_to_sign_in(visit: Visit) -> Response:
    return visit.go("/sign-in")


# A session that fell asleep


def locked(visit: Visit) -> Response:
    """Whoever comes here locks the screen."""
    row = _asleep(visit)
    return visit.go("/sign-in") if row is None else _locked_page(visit, row, inside(visit.asked("to")))


def wake(visit: Visit) -> Response:
    """The same worker goes on where they were; too many wrong passwords end the session."""
    row, to = _asleep(visit), inside(visit.said("to"))
    if row is None:
        return visit.go("/sign-in")
    here = row.digest.hex()  # strangers' tries at the door end nobody's session
    answer = enter.by_password(
        visit.node.engine,
        row.worker,
        visit.said("password"),
        cost=visit.front.cost,
        now=visit.now,
        once=False,
        browser=here,
    )
    with visit.writing() as session:
        if answer.worker:
            if session.get(WebSession, row.digest) is None or not enter.holds(session, answer):
                return _over(visit)
            tries.clear(session, row.worker, here)
            token = sessions.again(session, row.digest, now=visit.now, random=visit.node.random)
            return sessions.give_cookie(visit, visit.go(to), token)
        if ended := tries.is_alarming(session, row.worker, here):
            sessions.end(session, row.digest)
    if ended:
        return sessions.take_cookie(visit, visit.go("/sign-in"))
    return _locked_page(visit, row, to, str(visit.t("door.wrong_password")))


def sign_out(visit: Visit) -> Response:
    with visit.writing() as session:
        sessions.end(session, sessions.digest_of(sessions.token_of(visit)))
    return sessions.take_cookie(visit, visit.go("/sign-in", done="signed_out"))


def _asleep(visit: Visit) -> WebSession | None:
    """The session of a whole sign-in behind this browser, from now on locked."""
    with visit.writing() as session:
        row = sessions.kept(session, sessions.token_of(visit), visit.now)
        if row is None or row.proven_at is None:
            return None
        row.locked = True
        worker = session.get(Worker, row.worker)
        return row if worker is not None and worker.active else None


def _locked_page(visit: Visit, row: WebSession, to: str, message: str = "") -> Response:
    with visit.reading() as session:
        worker = session.get_one(Worker, row.worker)
    return ask(
        replace(visit, worker=None),  # who stands before it may be anyone
        "locked",
        _WAKE,
        message=message,
        template="door/locked.html",
        who=worker.name or worker.code,
        to=to,
        passkeys=bool(passkeys.party(visit.origin)),
    )


# Steps


def _account(visit: Visit, *, password: bool = True) -> Account | None:
    """The account whose first half is done in this browser: with a password and a second factor to ask for;
    or, without `password`, let in by the one-time code that is open."""
    row = sessions.half(visit)
    if row is None:
        return None
    with visit.reading() as session:
        account = session.get(Account, row.worker)
        if account is None or bool(account.password) is not password:
            return None
        if not password:
            return account if account.once and account.once == row.once else None
        return account if enter.has_second(session, account) else None


def _over(visit: Visit) -> Response:
    return visit.go("/sign-in")


def _next(session: Session, account: Account) -> str:
    if not account.password:
        return "/sign-in/password"
    return "/sign-in/code" if enter.has_second(session, account) else "/sign-in/second"


PAGES = (
    Page(path="/sign-in", may=May.ANYONE, get=sign_in, post=check_password),
    Page(path="/sign-in/password", may=May.ANYONE, get=first_password, post=keep_first_password),
    Page(path="/sign-in/code", may=May.ANYONE, get=code, post=check_second),
    Page(path="/sign-in/passkey", may=May.ANYONE, get=back_to_sign_in, post=ask_passkey),
    Page(path="/sign-in/passkey/done", may=May.ANYONE, get=back_to_sign_in, post=check_passkey),
    Page(path="/locked", may=May.ANYONE, get=locked, post=wake),
    Page(path="/sign-out", may=May.ANYONE, post=sign_out),
)
