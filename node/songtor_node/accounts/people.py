"""Accounts over time: made, given a code, changed, ended. None is ever deleted, and one administrator
stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select

from songtor_node import workers
from songtor_node.accounts import newcomers, paper_codes
from songtor_node.accounts.models import Account, AccountEvent, Passkey
from songtor_node.workers import ADMIN, Worker
from songtor_proto.errors import InputError
from songtor_proto.times import Random
from songtor_proto.vocabulary import vocabulary

_KEPT_EVENTS = 100  # of one worker


def account_of(session: Session, worker: str, random: Random) -> Account:
    """The worker's account; made where there is none yet."""
    account = session.get(Account, worker)
    if account is None:
        account = Account(worker=worker, handle=random(16))
        session.add(account)
        session.flush()
    return account


def nobody_yet(session: Session) -> bool:
    """Whether no administrator could ever have signed in here."""
    query = select(Account.worker).join(Worker).where(Worker.role == ADMIN)
    return session.exec(query).first() is None


def give_code(session: Session, code: str, *, by: str, now: datetime, random: Random) -> str:
    """A one-time code, to be handed over in person or by voice. Whatever let the worker in before no longer
    does, so that a lost phone opens nothing."""
    account = account_of(session, _present(session, code).code, random)
    account.password, account.secret = "", ""
    session.exec(delete(Passkey).where(col(Passkey.worker) == code))
    paper_codes.forget(session, code)
    happened(session, code, "code_given", by=by, now=now)
    newcomers.tell(session, session.get_one(Worker, code), now)
    return paper_codes.give_once(account, now=now, random=random)


def rename(session: Session, code: str, name: str) -> None:
    """InputError("text")."""
    workers.check_name(name)
    _present(session, code).name = name


def change_role(session: Session, code: str, role: str, *, by: str, now: datetime) -> None:
    """InputError: unknown_code, last_admin."""
    worker = _present(session, code)
    if role not in vocabulary().node_roles:
        raise InputError("unknown_code", field="role")
    if role != ADMIN:
        _check_not_last(session, worker)
    was, worker.role = worker.role, role
    newcomers.tell(session, worker, now, was)
    happened(session, code, "role", by=by, now=now)


def leave(session: Session, code: str, *, by: str, now: datetime) -> None:
    """The worker no longer works here; what they did stays theirs. InputError("last_admin")."""
    worker = _present(session, code)
    _check_not_last(session, worker)
    worker.active = False
    happened(session, code, "left", by=by, now=now)


def come_back(session: Session, code: str, *, by: str, now: datetime, random: Random) -> str:
    """With a new one-time code."""
    worker = session.get(Worker, code)
    if worker is None:
        raise InputError("not_here", field="worker")
    worker.active = True
    happened(session, code, "came_back", by=by, now=now)
    return give_code(session, code, by=by, now=now, random=random)


def happened(session: Session, worker: str, what: str, *, by: str, now: datetime) -> None:
    """`what`: words of texts/events.yaml."""
    session.add(AccountEvent(worker=worker, what=what, by=by, at=now))
    session.flush()
    if len(old := events(session, worker, most=_KEPT_EVENTS + 1)) > _KEPT_EVENTS:
        session.delete(old[-1])


def events(session: Session, worker: str, most: int) -> Sequence[AccountEvent]:
    """The newest first."""
    query = select(AccountEvent).where(AccountEvent.worker == worker).order_by(col(AccountEvent.id).desc())
    return session.exec(query.limit(most)).all()


def _present(session: Session, code: str) -> Worker:
    worker = session.get(Worker, code)
    if worker is None or not worker.active:
        raise InputError("not_here", field="worker")
    return worker


def _check_not_last(session: Session, worker: Worker) -> None:
    others = select(Worker.code).where(
        Worker.role == ADMIN, col(Worker.active), col(Worker.code) != worker.code
    )
    if worker.role == ADMIN and session.exec(others).first() is None:
        raise InputError("last_admin", field="role")
