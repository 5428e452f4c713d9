"""The people in a case; the danger, noted once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from songtor_node.cases.facts import facts
from tests.support.casework import Desk, desk
from tests.support.node import NOW
from tests.support.page_form import form_of


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        yield made


def add(at: Desk, **words: str) -> str:
    """Somebody new; their path."""
    form = form_of(at.malee.get(at.path("/people/new")).text)
    assert at.malee.post(at.path("/people/new"), {**form, **words}).status_code == 303
    return at.path(f"/people/{at.record().people[-1].id}")


def test_a_person_needs_only_who_they_are_to_the_client(at: Desk) -> None:
    """Without it one is asked again; with it alone they are there."""
    assert at.malee.post(at.path("/people/new"), {"name_thai": "แดง"}).status_code == 422
    add(at, relation="sister")
    assert "sister" in at.malee.get(at.path("/people")).text


def test_who_is_the_danger_is_heeded_at_once(at: Desk) -> None:
    """On every page's head, on their own page, before a visit or call, and in what could be disclosed."""
    path = add(at, relation="husband", danger="true", guardian="true", lives_with_client="true")
    form = form_of(at.malee.get(f"{path}/contacts/new").text)
    assert at.malee.post(f"{path}/contacts/new", {**form, "value": "+49 1"}).status_code == 303
    assert "The danger: husband" in at.malee.get(at.path("/client")).text
    page = at.malee.get(path).text
    assert "they cannot consent for the client" in page
    assert "Never call it" in page
    assert "The danger lives in the same home" in at.malee.get(at.path("/contact")).text
    assert "The danger must not know" in at.malee.get(at.path("/visits")).text
    (relative,) = facts(at.record(), NOW.date()).family
    assert (relative.guardian, relative.contact) == (False, "")


def test_the_danger_can_be_corrected_later(at: Desk) -> None:
    """An unticked box is a no; what was said before stays in the history."""
    path = add(at, relation="brother", danger="true")
    form = form_of(at.malee.get(f"{path}/change").text)
    assert at.malee.post(f"{path}/change", {**form, "danger": ""}).status_code == 303
    assert not at.record().people[0].danger
    assert "The danger: brother" not in at.malee.get(at.path("/client")).text
    assert "Former words (1)" in at.malee.get(f"{path}/change").text


def test_more_about_a_person(at: Desk) -> None:
    """Age, sex, place and how to reach them."""
    path = add(at, relation="mother", name_thai="ดวงพร")
    for below, words in (
        ("/about", {"sex": "female", "birth_date.year": "2503"}),
        ("/address", {"city": "Mae Chan", "country": "TH"}),
        ("/contacts/new", {"value": "081 234 5678", "safe": "Evenings"}),
    ):
        form = form_of(at.malee.get(path + below).text)
        answer = at.malee.post(path + below, {**form, **words})
        assert answer.headers["location"].startswith(path)
    page = at.malee.get(path).text
    for shown in ("Female", "1960", "Mae Chan, Thailand", "081 234 5678", "Evenings"):
        assert shown in page


def test_taken_out_and_put_back(at: Desk) -> None:
    """With everything that was said of them."""
    path = add(at, relation="sister", name_thai="แดง ตัวอย่าง")
    answer = at.malee.post(f"{path}/out")
    assert at.record().people == []
    page = at.malee.get(answer.headers["location"]).text
    form = form_of(page, at.path("/put-back"))
    number = re.search(r'name="number" value="(\d+)"', page)
    assert number
    assert at.malee.post(at.path("/put-back"), {**form, "number": number[1]}).status_code == 303
    (back,) = at.record().people
    assert (back.relation, back.name_thai) == ("sister", "แดง ตัวอย่าง")
    assert at.malee.post(at.path("/put-back"), {"number": number}).status_code == 404


def test_the_client_is_not_reached_by_a_number(at: Desk) -> None:
    """Neither to see nor to take out."""
    number = at.record().client.id
    assert at.malee.get(at.path(f"/people/{number}")).status_code == 404
    assert at.malee.post(at.path(f"/people/{number}/out")).status_code == 404
    assert at.record().client.name_thai
