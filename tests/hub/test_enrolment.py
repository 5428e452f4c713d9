"""Coming into the network and staying in it, against a real server. Rules I4 to I9."""

from __future__ import annotations

from tests.support.hub import Serve
from tests.support.seat import Seat


def test_an_invited_seat_gets_a_certificate_it_can_call_with(served_hub: Serve, database: str) -> None:
    """I4, I7: a code gives a week's certificate, and the exchange lets its holder in."""
    seat = Seat.enrolled(served_hub(database=database), "DE-02")
    seat.call_once()
