"""The two halves of a sign-in: what one knows, then what one has. A wrong password, an unknown worker and one
who left are answered alike, and after the same work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session

from songtor_node.accounts import authenticator, paper_codes, passkeys, passwords, tries
from songtor_node.accounts.models import Account
from songtor_node.accounts.people import happened
from songtor_node.alerts import alert
from songtor_node.store.engine import reading, writing
from songtor_node.workers import Worker
from songtor_proto.keyslot import Cost

GUESSING = "peer.guessing"


class Answer(NamedTuple):
    """`worker`: who it is; empty where it was wrong, or where there is a pause to `wait` for first. `by`: the
    password as it is kept, or the digest of the one-time code, that was found right."""

    worker: str = ""
    wait: timedelta = timedelta()
    by: str | bytes = ""


def by_password(
    engine: Engine, code: str, typed: str, *, cost: Cost, now: datetime, once: bool, browser: str = ""
) -> Answer:
    """The first half. `once`: a one-time code of the administrator's will do, too. `browser`: see `tries`.
    Judging takes a while: whoever lets somebody in by it asks `holds` in the same transaction."""
    with writing(engine) as session:
        wait = tries.begin(session, code, now, browser)
    if wait:
        return Answer(wait=wait)
    with reading(engine) as session:
        worker = session.get(Worker, code)
        account = session.get(Account, code) if worker is not None and worker.active else None
    by: str | bytes = account.password if account else ""
    right = passwords.fits(typed, account.password if account else "", cost)
    if not right and once and account is not None and paper_codes.is_once(account, typed, now):
        right, by = True, account.once
    with writing(engine) as session:
        if right:
            tries.undo(session, code, browser)
        elif tries.is_alarming(session, code, browser):
            alert(session, GUESSING, code if worker else "-", now=now)
    return Answer(code, by=by) if right else Answer()


def holds(session: Session, answer: Answer) -> bool:
    """Whether what was found right is still what lets that worker in: meanwhile they may have left, or an
    administrator may have given them a new code."""
    worker, account = session.get(Worker, answer.worker), session.get(Account, answer.worker)
    if worker is None or account is None or not worker.active or not answer.by:
        return False
    return answer.by in (account.password, account.once)


def by_second(session: Session, worker: str, typed: str, now: datetime, browser: str = "") -> Answer:
    """The second half: a code of the authenticator, or a recovery code."""
    if wait := tries.begin(session, worker, now, browser):
        return Answer(wait=wait)
    account = session.get_one(Account, worker)
    if authenticator.use(account, typed, now):
        happened(session, worker, "signed_in", by=worker, now=now)
    elif paper_codes.use(session, worker, typed):
        happened(session, worker, "recovery_used", by=worker, now=now)
    else:
        if tries.is_alarming(session, worker, browser):
            alert(session, GUESSING, worker, now=now)
        return Answer()
    tries.clear(session, worker, browser)
    return Answer(worker)


def both(engine: Engine, code: str, password: str, second: str, *, cost: Cost, now: datetime) -> Answer:
    """A whole sign-in at once: a second person who stands beside the first."""
    known = by_password(engine, code, password, cost=cost, now=now, once=False)
    if not known.worker:
        return known
    with writing(engine) as session:
        return by_second(session, code, second, now) if holds(session, known) else Answer()


def has_second(session: Session, account: Account) -> bool:
    return bool(account.secret or passkeys.of(session, account.worker))
