"""Who is signed in: a random token in a cookie, its digest in the store; it ends by itself, or when told."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Field, Session, col, delete
from starlette.responses import Response

from songtor_node.store.base import Instant, Row
from songtor_node.web.navigation import IDLE_SECONDS
from songtor_node.workers import Worker
from songtor_proto.times import Random

if TYPE_CHECKING:
    from songtor_node.web.visit import Visit

IDLE = timedelta(seconds=IDLE_SECONDS)
LONGEST = timedelta(hours=12)
_TOUCH = timedelta(minutes=1)  # so often at most a look is written down
_SIZE = 32


class WebSession(Row, table=True):
    """`digest` is SHA-256 of the token. `proven_at`: when the whole sign-in was done; null while only its
    first half is. `handed_over_to`: while a client holds the phone, the path beneath which they may go."""

    __tablename__ = "web_session"

    digest: bytes = Field(primary_key=True)
    worker: str = Field(foreign_key="worker.code", index=True)
    begun_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    proven_at: datetime | None = Field(default=None, sa_type=Instant)
    handed_over_to: str = ""


def begin(session: Session, worker: str, *, now: datetime, random: Random, proven: bool) -> str:
    """A new token: every sign-in, and every step of one, has its own."""
    token = random(_SIZE)
    session.exec(delete(WebSession).where(col(WebSession.begun_at) < now - LONGEST))
    session.add(
        WebSession(
            digest=hashlib.sha256(token).digest(),
            worker=worker,
            begun_at=now,
            seen_at=now,
            proven_at=now if proven else None,
        )
    )
    session.flush()
    return token.hex()


def found(session: Session, token: str, now: datetime) -> WebSession | None:
    """The session of that token, if it has not ended."""
    try:
        digest = hashlib.sha256(bytes.fromhex(token)).digest()
    except ValueError:
        return None
    row = session.get(WebSession, digest)
    if row is None or now - row.begun_at >= LONGEST or now - row.seen_at >= IDLE:
        return None
    return row


def hand_over(session: Session, digest: bytes, path: str) -> None:
    """Until `take_back`, this session reaches nothing but that path and what lies beneath it."""
    session.get_one(WebSession, digest).handed_over_to = path


def take_back(session: Session, digest: bytes) -> None:
    session.get_one(WebSession, digest).handed_over_to = ""


def may_be_held(visit: Visit, always: Collection[str]) -> bool:
    """Whether the page may be asked for by whoever holds the phone now; `always`: paths that they may."""
    prefix = visit.handed_over_to
    return not prefix or visit.here in (prefix, *always) or visit.here.startswith(f"{prefix}/")


def end(session: Session, digest: bytes) -> None:
    session.exec(delete(WebSession).where(col(WebSession.digest) == digest))


def end_all(session: Session, worker: str) -> None:
    """Everywhere that this worker is signed in."""
    session.exec(delete(WebSession).where(col(WebSession.worker) == worker))


def known(visit: Visit) -> Visit:
    """The visit with its worker, where a whole sign-in stands behind its cookie."""
    token = visit.request.cookies.get(cookie_name(visit), "")
    if not token:
        return visit
    now = visit.now
    with visit.reading() as session:
        row = found(session, token, now)
        worker = session.get(Worker, row.worker) if row is not None and row.proven_at is not None else None
    if row is None or worker is None:
        return visit
    if now - row.seen_at >= _TOUCH:
        with visit.writing() as session:
            if (again := session.get(WebSession, row.digest)) is not None:
                again.seen_at = now
    return replace(visit, worker=worker, token=row.digest, handed_over_to=row.handed_over_to)


def cookie_name(visit: Visit) -> str:
    """Over TLS the name binds the cookie to this very host."""
    return "__Host-songtor" if _is_secure(visit) else "songtor"


def give_cookie(visit: Visit, response: Response, token: str) -> Response:
    response.set_cookie(
        cookie_name(visit), token, path="/", secure=_is_secure(visit), httponly=True, samesite="strict"
    )
    return response


def take_cookie(visit: Visit, response: Response) -> Response:
    response.delete_cookie(
        cookie_name(visit), path="/", secure=_is_secure(visit), httponly=True, samesite="strict"
    )
    return response


def _is_secure(visit: Visit) -> bool:
    return visit.front.reach.origin(visit.request.headers.get("host", "")).startswith("https:")
