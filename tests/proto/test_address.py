"""Addresses and times, rule A1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto.address import Address
from songtor_proto.errors import InputError
from songtor_proto.times import from_ms, to_ms


@pytest.mark.parametrize(
    ("text", "kind", "country", "desk_code", "province"),
    [
        ("DE-02", "node", "DE", "", ""),
        ("ZZ-31", "node", "ZZ", "", ""),
        ("TH-00", "hub", "TH", "", ""),
        ("TH-00/dwf", "desk", "TH", "dwf", ""),
        ("TH-00/hotline_1300", "desk", "TH", "hotline_1300", ""),
        ("TH-00/province-10", "desk", "TH", "province", "10"),
    ],
)
def test_an_address_is_a_seat_the_hub_or_a_desk(
    text: str, kind: str, country: str, desk_code: str, province: str
) -> None:
    """A1: each address is exactly one of three kinds and reads back as it was written."""
    address = Address.parse(text)
    assert str(address) == text
    assert [address.is_node, address.is_hub, address.is_desk] == [kind == k for k in ("node", "hub", "desk")]
    assert (address.country, address.desk_code, address.province) == (country, desk_code, province)


@pytest.mark.parametrize(
    "text",
    [
        "", "DE", "DE02", "de-02", "DE-2", "DE-002", "DE-02\n", " DE-02", "DE-02/", "DE-02/dwf", "TH-00/",
        "TH-00/Dwf", "TH-00/dwf/dwf", "TH-00/province-1", "TH-00/province-100", "TH-00/province-๑๐",
        "TH-๐๐", "TH-00/-10", "TH-00/" + "a" * 40,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    """A1: a node has no desks, digits are ASCII, nothing stands before or after."""
    with pytest.raises(InputError, match=r"input\.address"):
        Address.parse(text)


@given(st.text(max_size=40) | st.from_regex(r"[A-Z]{2}-[0-9]{2}(/[a-z_]{0,5}(-[0-9]{2})?)?"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """A1: whatever is read is written back the same; only the declared error comes out."""
    try:
        address = Address.parse(text)
    except InputError:
        return
    assert str(address) == text
    assert address.is_node + address.is_hub + address.is_desk == 1


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_times_keep_their_milliseconds(time: datetime) -> None:
    """A time comes back from the wire as it was, to the millisecond, rounded down."""
    back = from_ms(to_ms(time))
    assert timedelta(0) <= time - back < timedelta(milliseconds=1)
    assert to_ms(back) == to_ms(time)
    assert to_ms(time.astimezone(timezone(timedelta(hours=7)))) == to_ms(time)


@given(st.integers(-(2**63), 2**64))
def test_any_number_is_a_time_or_refused(ms: int) -> None:
    """A number from the wire never overflows into something else than the declared error."""
    try:
        assert to_ms(from_ms(ms)) == ms
    except InputError:
        assert not 0 <= ms < 253_402_300_800_000
