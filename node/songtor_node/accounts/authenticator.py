"""The authenticator app on a phone: a code of six digits every 30 seconds (RFC 6238), each good once."""

from __future__ import annotations

import hmac
from base64 import b32encode
from datetime import datetime

import pyotp

from songtor_node.accounts.models import Account
from songtor_proto.times import Random

_SECONDS = 30
_SLACK = 1  # steps that a phone's clock may be off
ISSUER = "Songtor"


def new_secret(random: Random) -> str:
    return b32encode(random(20)).decode()


def address(secret: str, worker: str) -> str:
    """What the app reads, as otpauth://; as a QR where it is on another device."""
    return pyotp.TOTP(secret).provisioning_uri(name=worker, issuer_name=ISSUER)


def step_of(secret: str, typed: str, now: datetime) -> int:
    """The step whose code was typed; 0 where it is none of now."""
    plain = "".join(typed.split())[:16].encode()
    present = int(now.timestamp()) // _SECONDS
    totp = pyotp.TOTP(secret)
    right = [
        step
        for step in range(present - _SLACK, present + _SLACK + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), plain)
    ]
    return max(right, default=0)


def use(account: Account, typed: str, now: datetime) -> bool:
    """Whether it is the authenticator's code, and newer than the last that was used."""
    step = step_of(account.secret, typed, now) if account.secret else 0
    latest = int(now.timestamp()) // _SECONDS + _SLACK
    if step <= (account.step if account.step <= latest else 0):  # (later: by a clock that was ahead)
        return False
    account.step = step
    return True
