"""Short codes that the node gives out: easy to say aloud, and they say nothing of anyone."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, select

from songtor_proto.errors import StoreError
from songtor_proto.times import Random

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SYMBOLS = 5
_TRIES = 20


def new_code(session: Session, prefix: str, column: Any, random: Random) -> str:
    """`C-7K3M9`, not yet in `column`."""
    for _ in range(_TRIES):
        code = f"{prefix}-" + "".join(_CROCKFORD[byte % 32] for byte in random(_SYMBOLS))
        if session.exec(select(column).where(column == code)).first() is None:
            return code
    raise StoreError("unavailable", detail=f"no free {prefix} code")
