"""What a passkey signs before anybody is known: kept nowhere until it was used, so no crowd at the door
pushes out anybody's."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from songtor_node.web.held import Held
from songtor_proto.errors import InputError
from songtor_proto.times import Random, to_ms

_BYTES = 32
_LONGEST = 100  # characters of a token of ours


class Challenges:
    """A token, which says until when, for the browser's cookie; its challenge is what this process alone
    makes of it."""

    def __init__(self, *, most: int, lasts: timedelta) -> None:
        self._key, self._lasts = secrets.token_bytes(_BYTES), lasts
        self._spent: Held[bool] = Held(most=most, lasts=lasts)  # by sign-ins that went well, and no others

    def token(self, random: Random, now: datetime) -> str:
        return f"{to_ms(now + self._lasts):x}-{random(_BYTES).hex()}"

    def of(self, token: str) -> bytes:
        """The challenge that goes with that token."""
        return hmac.digest(self._key, token.encode(), hashlib.sha256)

    def check(self, token: str, now: datetime) -> bytes:
        """Its challenge; InputError("passkey") where it is over or spent."""
        try:
            until = int(token[:_LONGEST].partition("-")[0], 16)
        except ValueError:
            raise InputError("passkey") from None
        if to_ms(now) >= until or self._spent.look(self.of(token), now):
            raise InputError("passkey")
        return self.of(token)

    def spend(self, token: str, now: datetime) -> None:
        """Once; InputError("passkey") after that."""
        if not self._spent.add(self.of(token), True, now):
            raise InputError("passkey")
