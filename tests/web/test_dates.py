"""Dates as a person reads and types them, known in part, about then, or still so."""

from __future__ import annotations

import pytest

from songtor_web.dates import date_text
from songtor_web.fields import Field


@pytest.mark.parametrize(
    ("value", "thai", "english"),
    [
        ("2019", "2562", "2019"),
        ("2019-03", "มี.ค. 2562", "Mar 2019"),
        ("2019-03-05", "5 มี.ค. 2562", "5 Mar 2019"),
        ("2019~", "ราว 2562", "about 2019"),
        ("2019-03~", "ราว มี.ค. 2562", "about Mar 2019"),
        ("..", "ปัจจุบัน", "now"),
        ("", "", ""),
    ],
)
def test_a_date_is_read_as_far_as_it_is_known(value: str, thai: str, english: str) -> None:
    assert (date_text(value, "th"), date_text(value, "en")) == (thai, english)


@pytest.mark.parametrize(
    ("value", "parts", "about", "still"),
    [
        ("2019-03-05", ("2019", "3", "5"), False, False),
        ("2019-03~", ("2019", "3", ""), True, False),
        ("..", ("", "", ""), False, True),
        ("", ("", "", ""), False, False),
    ],
)
def test_a_form_shows_it_again_in_its_parts(
    value: str, parts: tuple[str, str, str], about: bool, still: bool
) -> None:
    field = Field(name="when", kind="partial_date", label="", value=value)
    assert field.date == parts
    assert (field.ticked("about"), field.ticked("still")) == (about, still)
