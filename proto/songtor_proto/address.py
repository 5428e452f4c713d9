"""Where a message comes from and where it goes. Rule A1 of docs/protocol.md.

`DE-02` is a seat (country and the registry's number; a vacant one is `ZZ-31`), `TH-00` the hub itself,
`TH-00/dwf` a desk of the hub, `TH-00/province-10` the desk of that code in the province of that ISO 3166-2:TH
number. Whether a desk exists is the vocabulary's to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from songtor_proto.errors import InputError

_SEAT = re.compile(r"[A-Z]{2}-[0-9]{2}")
_DESK = re.compile(r"[a-z][a-z0-9_]{0,31}(-[0-9]{2})?")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A seat, the hub, or a desk of the hub: exactly one of `is_node`, `is_hub`, `is_desk` is true.

    InputError("address") where it is none of them.
    """

    seat: str
    desk: str = ""

    def __post_init__(self) -> None:
        at_hub = self.seat.endswith("-00")
        if not _SEAT.fullmatch(self.seat) or (self.desk and not (at_hub and _DESK.fullmatch(self.desk))):
            raise InputError("address")

    @classmethod
    def parse(cls, text: str) -> Address:
        return _parsed(text)

    def __str__(self) -> str:
        return f"{self.seat}/{self.desk}" if self.desk else self.seat

    @property
    def is_node(self) -> bool:
        return not self.seat.endswith("-00")

    @property
    def is_hub(self) -> bool:
        return not self.is_node and not self.desk

    @property
    def is_desk(self) -> bool:
        return bool(self.desk)

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2; `ZZ` where the seat is vacant."""
        return self.seat[:2]

    @property
    def desk_code(self) -> str:
        """The vocabulary's code of the desk: `province` for `province-10`; empty where it is no desk."""
        return self.desk.partition("-")[0]

    @property
    def province(self) -> str:
        """The province's number where the desk has one, else empty."""
        return self.desk.partition("-")[2]


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Address:
    """A network has few addresses, and every message names two."""
    seat, slash, desk = text.partition("/")
    if slash and not desk:
        raise InputError("address")
    return Address(seat, desk)
