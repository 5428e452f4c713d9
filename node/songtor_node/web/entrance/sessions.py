"""Who is signed in: a random token in a cookie, its digest in the store; it ends by itself, or when told."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlmodel import Field, Session, col, delete, select
from starlette.responses import Response

from songtor_node.accounts import browsers
from songtor_node.store.base import Instant, Row
from songtor_node.web.entrance.device import device
from songtor_node.web.navigation import IDLE_SECONDS
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto.errors import PeerError
from songtor_proto.times import Random

IDLE = timedelta(seconds=IDLE_SECONDS)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=10)
SESSION = "songtor"
STEP = "songtor-step"
LEFT = "songtor-left"
"""The cookies: of the session, of a way that is still being gone (first start, passkey), and of a browser
that was left at once."""
_TOUCH = timedelta(minutes=1)  # so often at most a look is written down
_KNOWN = timedelta(days=180)
_SIZE = 32


class WebSession(Row, table=True):
    """`digest` is SHA-256 of the token. `proven_at`: when the whole sign-in was done; null while only its
    first half is. `handed_over_to`: while a client holds the phone, the path beneath which they may go.
    `device`: browser and system, for the worker to know it again. `once`: digest of the one-time code that it
    began with, if any: by no other may a first password be chosen."""

    __tablename__ = "web_session"

    digest: bytes = Field(primary_key=True)
    worker: str = Field(foreign_key="worker.code", index=True)
    begun_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    proven_at: datetime | None = Field(default=None, sa_type=Instant)
    handed_over_to: str = ""
    device: str = ""
    locked: bool = False
    once: bytes = b""


def begin(
    session: Session,
    worker: str,
    *,
    now: datetime,
    random: Random,
    proven: bool,
    device: str = "",
    once: bytes = b"",
) -> str:
    """A new token: every sign-in, and every step of one, has its own."""
    token = random(_SIZE)
    session.exec(delete(WebSession).where(col(WebSession.begun_at) < now - LONGEST))
    session.add(
        WebSession(
            digest=digest_of(token.hex()),
            worker=worker,
            begun_at=now,
            seen_at=now,
            proven_at=now if proven else None,
            device=device,
            once=once,
        )
    )
    session.flush()
    return token.hex()


def begin_here(visit: Visit, session: Session, worker: str, *, proven: bool, once: bytes = b"") -> str:
    """A token that nobody has seen before, in place of the one that this browser had."""
    end(session, digest_of(token_of(visit)))
    browser = device(visit.request.headers.get("user-agent", ""))
    now, random = visit.now, visit.node.random
    return begin(session, worker, now=now, random=random, proven=proven, device=browser, once=once)


def go_on(visit: Visit, session: Session, worker: str, *, proven: bool) -> str:
    """The next half of a sign-in, where the one that this browser has was not ended meanwhile.
    PeerError("not_allowed")."""
    row = found(session, token_of(visit), visit.now)
    if row is None or row.worker != worker:
        raise PeerError("not_allowed")
    return begin_here(visit, session, worker, proven=proven)


def again(session: Session, digest: bytes, *, now: datetime, random: Random) -> str:
    """The same session under a new token, after its worker has proven once more who they are; it ends when it
    would have ended."""
    row, token = session.get_one(WebSession, digest), random(_SIZE)
    same = row.model_dump(exclude={"digest", "seen_at", "proven_at", "locked"})
    session.delete(row)
    session.add(WebSession(**same, digest=digest_of(token.hex()), seen_at=now, proven_at=now))
    session.flush()
    return token.hex()


def found(session: Session, token: str, now: datetime) -> WebSession | None:
    """The session of that token, if it has neither ended nor fallen asleep."""
    row = kept(session, token, now)
    return row if row is not None and not row.locked and _lasts(row.seen_at, IDLE, now) else None


def kept(session: Session, token: str, now: datetime) -> WebSession | None:
    """The session of that token, if it has not ended; it may be asleep."""
    row = session.get(WebSession, digest_of(token))
    return row if row is not None and _lasts(row.begun_at, LONGEST, now) else None


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def of(session: Session, worker: str, now: datetime) -> Sequence[WebSession]:
    """Where that worker is signed in, the newest first."""
    query = select(WebSession).where(WebSession.worker == worker, WebSession.begun_at > now - LONGEST)
    found = session.exec(query.order_by(col(WebSession.begun_at).desc())).all()
    return [row for row in found if _lasts(row.begun_at, LONGEST, now)]


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


def end_others(session: Session, worker: str, digest: bytes) -> None:
    """Everywhere but in the session of that digest."""
    session.exec(delete(WebSession).where(col(WebSession.worker) == worker, col(WebSession.digest) != digest))


def known(visit: Visit) -> Visit:
    """The visit with its worker, where a whole sign-in stands behind its cookie."""
    token, now = token_of(visit), visit.now
    if not token:
        return visit
    with visit.reading() as session:
        row = found(session, token, now)
        worker = session.get(Worker, row.worker) if row is not None and row.proven_at is not None else None
    if row is None or worker is None or not worker.active:
        return visit
    if now - row.seen_at >= _TOUCH:
        with visit.writing() as session:
            if (still := session.get(WebSession, row.digest)) is not None:
                still.seen_at = now
    return replace(visit, worker=worker, token=row.digest, handed_over_to=row.handed_over_to)


def half(visit: Visit) -> WebSession | None:
    """The session behind this browser, where only the first half of a sign-in is done."""
    with visit.reading() as session:
        row = found(session, token_of(visit), visit.now)
        if row is None or row.proven_at is not None or not session.get_one(Worker, row.worker).active:
            return None
        return row


def is_fresh(visit: Visit) -> bool:
    """Whether the worker has proven who they are a short while ago: asked before keys are changed."""
    with visit.reading() as session:
        row = session.get_one(WebSession, visit.token)
    return row.proven_at is not None and _lasts(row.proven_at, FRESH, visit.now)


def _lasts(since: datetime, life: timedelta, now: datetime) -> bool:
    """Not what began in the future, either: a clock that is put right makes nothing last longer."""
    return -_TOUCH <= now - since < life


def asleep(visit: Visit) -> Worker | None:
    """Whose whole session behind this browser fell asleep; nobody while a client holds the phone."""
    with visit.reading() as session:
        row = kept(session, token_of(visit), visit.now)
        if row is None or row.proven_at is None or row.handed_over_to:
            return None
        worker = session.get_one(Worker, row.worker)
        return worker if worker.active else None


def way_in(visit: Visit, *, here: bool = False) -> str:
    """Where somebody without a whole session goes: to wake theirs, or to sign in. `here`: and then back, to a
    form that waits."""
    with visit.reading() as session:
        row = kept(session, token_of(visit), visit.now)
    if row is None or row.proven_at is None:
        return "/sign-in"
    to = visit.here if here or visit.request.method == "GET" else "/"
    return f"/locked?{urlencode({'to': to})}"


def token_of(visit: Visit, name: str = SESSION) -> str:
    return visit.request.cookies.get(cookie_name(visit, name), "")


def cookie_name(visit: Visit, name: str = SESSION) -> str:
    """Over TLS the name binds the cookie to this very host."""
    return f"__Host-{name}" if _is_secure(visit) else name


def give_cookie(
    visit: Visit, response: Response, token: str, name: str = SESSION, lasts: timedelta | None = None
) -> Response:
    response.set_cookie(
        cookie_name(visit, name),
        token,
        max_age=int(lasts.total_seconds()) if lasts else None,
        path="/",
        secure=_is_secure(visit),
        httponly=True,
        samesite="strict",
    )
    return response


def has_left(visit: Visit) -> bool:
    """Whether somebody left at once here, and nobody has come back since."""
    return visit.worker is None and cookie_name(visit, LEFT) in visit.request.cookies


def browser_of(visit: Visit, session: Session, worker: str) -> str:
    """How that worker's tries here are told from a stranger's; empty where the browser is none of theirs."""
    return browsers.known(session, worker, token_of(visit, _known_by(worker)))


def know_browser(visit: Visit, session: Session, response: Response, worker: str) -> Response:
    """After a whole sign-in; kept by the browser when the session has ended."""
    said = browser_of(visit, session, worker) or browsers.made(session, worker, visit.node.random)
    return give_cookie(visit, response, said, _known_by(worker), lasts=_KNOWN)


def _known_by(worker: str) -> str:
    return f"songtor-known-{hashlib.sha256(worker.encode()).hexdigest()[:8]}"


def take_cookie(visit: Visit, response: Response, name: str = SESSION) -> Response:
    response.delete_cookie(
        cookie_name(visit, name), path="/", secure=_is_secure(visit), httponly=True, samesite="strict"
    )
    return response


def _is_secure(visit: Visit) -> bool:
    return visit.origin.startswith("https:")
