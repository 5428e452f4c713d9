"""Codes that are written on paper: ten recovery codes of a worker's own, and the one-time code with which an
administrator lets somebody in. Twelve or sixteen symbols, read aloud without doubt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from songtor_node.accounts.models import Account, RecoveryCode
from songtor_proto.times import Random

HOW_MANY = 10
ONCE_LASTS = timedelta(hours=72)
_ONCE, _RECOVERY = 3, 4  # groups of four symbols, five bits each
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ = str.maketrans("๐๑๒๓๔๕๖๗๘๙ILO", "0123456789110")


def new_codes(random: Random) -> list[str]:
    """To be shown once, then kept by `keep`."""
    return [_new(_RECOVERY, random) for _ in range(HOW_MANY)]


def keep(session: Session, worker: str, codes: Iterable[str]) -> None:
    """In place of those before."""
    forget(session, worker)
    session.add_all(RecoveryCode(digest=_digest(worker, code), worker=worker) for code in codes)
    session.flush()


def forget(session: Session, worker: str) -> None:
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.worker) == worker))


def left(session: Session, worker: str) -> int:
    return session.exec(select(func.count()).where(RecoveryCode.worker == worker)).one()


def use(session: Session, worker: str, typed: str) -> bool:
    """Whether it is one of the worker's; it is none any more then."""
    found = session.get(RecoveryCode, _digest(worker, typed))
    if found is None:
        return False
    session.delete(found)
    session.flush()
    return True


def give_once(account: Account, *, now: datetime, random: Random) -> str:
    """A new one-time code in place of the one before."""
    code = _new(_ONCE, random)
    account.once, account.once_until = _digest(account.worker, code), now + ONCE_LASTS
    return code


def is_once(account: Account, typed: str, now: datetime) -> bool:
    until = account.once_until
    return until is not None and now < until and account.once == _digest(account.worker, typed)


def _new(groups: int, random: Random) -> str:
    symbols = "".join(_CROCKFORD[byte % 32] for byte in random(4 * groups))
    return "-".join(symbols[at : at + 4] for at in range(0, 4 * groups, 4))


def _digest(worker: str, typed: str) -> bytes:
    """Of a code in any case, with or without dashes, in Thai digits too."""
    plain = "".join(typed[:200].replace("-", " ").split()).upper().translate(_READ)
    return hashlib.sha256(f"{worker} {plain}".encode()).digest()
