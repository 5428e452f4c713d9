"""Browsers in which a worker has signed in before. What is tried there counts apart from what strangers try,
so that nobody shuts a worker out by typing wrong passwords in their name."""

from __future__ import annotations

import hashlib
import hmac

from sqlmodel import Session

from songtor_node.settings import keep, kept
from songtor_proto.times import Random

_KEY = "browsers_key"
_NONCE = 32  # hexadecimal digits


def made(session: Session, worker: str, random: Random) -> str:
    """For such a browser to keep; it opens nothing."""
    if not kept(session, _KEY):
        keep(session, _KEY, random(32).hex())
        session.flush()
    nonce = random(_NONCE // 2).hex()
    return nonce + _seal(session, worker, nonce)


def known(session: Session, worker: str, said: str) -> str:
    """What the browser says, if it was made here for that worker; else nothing."""
    if not kept(session, _KEY):
        return ""
    nonce, seal = said[:_NONCE], said[_NONCE:]
    return said if hmac.compare_digest(_seal(session, worker, nonce).encode(), seal.encode()) else ""


def _seal(session: Session, worker: str, nonce: str) -> str:
    key = bytes.fromhex(kept(session, _KEY))
    return hmac.new(key, f"{worker} {nonce}".encode(), hashlib.sha256).hexdigest()
