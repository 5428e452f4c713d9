"""Whether two cases could be of the same person."""

from __future__ import annotations

from typing import Any

import pytest

from songtor_node.cases import entries, models
from songtor_node.cases.duplicates import phone, sketch, sounds, why_alike
from tests.support.node import NOW


def person(said: dict[str, Any]) -> models.Person:
    return models.Person(**entries.Person.model_validate(said).model_dump(), case_id=0, by="", at=NOW)


def why(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, ...]:
    return why_alike(sketch(person(one)), sketch(person(other)))


@pytest.mark.parametrize(
    ("thai", "latin"),
    [
        ("พิมพ์ใจ นามสมมติ", "Pimjai Namsommot"),
        ("พิมพ์ใจ นามสมมติ", "Phimchai Namsommat"),
        ("นางสาวกมล ใจดี", "Miss Kamon Jaidee"),
        ("สมชาย วรรณศรี", "Somchai Wannasri"),
        ("ด.ช. ภูผา ตัวอย่าง", "Phupha Tuayang"),
        ("เยาวลักษณ์ พงษ์ไทย", "Yaowalak Pongthai"),
        ("กรรณิการ์ หมื่นแสน", "Kannika Muensaen"),
        ("อรุณ แก้วมณี", "Arun Kaewmanee"),
        ("ดวงพร ทองดี", "Duangporn Thongdee"),
    ],
)
def test_a_name_sounds_the_same_in_thai_and_latin_letters(thai: str, latin: str) -> None:
    """However it was written down."""
    assert why({"name_thai": thai}, {"name_latin": latin}) == ("name",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("สมชาย ใจดี", "สมหญิง ใจดี"),
        ("สมชาย ใจดี", "สมชาย"),
        ("มาลี", "มาลี"),
        ("มาลี ศรีสุข", "มานี ทองคำ"),
        ("", ""),
        ("Anna Schmidt", "Ana Weber"),
    ],
)
def test_other_names_are_not_alike(one: str, other: str) -> None:
    """Nor is a given name alone."""
    assert why({"name_thai": one}, {"name_thai": other}) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+49 30 23125 001", "030/23125001"),
        ("081-234-5678", "+66812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("(213) 555-0111", "+1 213.555.0111"),
    ],
)
def test_a_phone_number_is_the_same_in_any_spelling(one: str, other: str) -> None:
    """With and without country, in Thai digits, with anything between."""
    contacts = [[{"channel": "phone", "value": value}] for value in (one, other)]
    assert why({"contacts": contacts[0]}, {"contacts": contacts[1]}) == ("phone",)


def test_what_is_no_phone_number_is_compared_as_it_is() -> None:
    """A LINE name in other letters is the same; a short number is none."""
    line = [[{"channel": "line", "value": value}] for value in ("Malee.88", "malee.88 ")]
    assert why({"contacts": line[0]}, {"contacts": line[1]}) == ("contact",)
    assert phone("1300") == phone("malee 2531 12 01 example") == ""


def test_a_given_name_and_the_day_of_birth_are_enough() -> None:
    """As far as both are known, to the month at least."""
    one = {"name_thai": "มาลี ศรีสุข", "birth_date": "2531-04-13"}
    assert why(one, {"name_latin": "Malee Schmidt", "birth_date": "1988-04"}) == ("name_and_birth",)
    assert why(one, {"name_latin": "Malee Schmidt", "birth_date": "1988"}) == ()
    assert why(one, {"name_latin": "Somsri Schmidt", "birth_date": "1988-04-13"}) == ()


def test_an_identity_number_is_the_same_with_and_without_hyphens() -> None:
    """And one of another kind is another."""
    numbers = [
        [{"kind": "passport", "number": "AA-12345 67"}],
        [{"kind": "passport", "number": "aa1234567"}],
    ]
    assert why({"identity_numbers": numbers[0]}, {"identity_numbers": numbers[1]}) == ("identity_number",)


@pytest.mark.parametrize(
    "name", ["\u0e31\u0e4c\u0e4c", "👩‍👧", "a\u0300" * 50, "ก" * 300, "ー" * 40, "İ", "R"]
)
def test_hostile_names_have_a_sound_too(name: str) -> None:
    """Or none; never an error."""
    assert all(isinstance(word, str) for word in sounds(name))
    assert why({"name_thai": name}, {"name_latin": name}) in ((), ("name",))
