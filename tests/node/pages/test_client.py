"""The client: names, dates, safe contacts, numbers, background; what was there before; who is alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.workers import acting
from tests.support.casework import Desk, desk
from tests.support.node import NOW
from tests.support.page_form import form_of
from tests.support.visitor import visitor


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        yield made


def save(at: Desk, below: str, **words: object) -> int:
    path = at.path(below)
    form = form_of(at.malee.get(path).text)
    return int(at.malee.post(path, {**form, **words}).status_code)


@pytest.mark.parametrize(
    ("year", "month", "day", "kept"),
    [
        ("2531", "", "", "1988"),
        ("1988", "4", "", "1988-04"),
        ("2531", "04", "13", "1988-04-13"),
        ("", "", "", ""),
    ],
)
def test_a_birth_date_as_far_as_it_is_known(at: Desk, year: str, month: str, day: str, kept: str) -> None:
    """Of the Buddhist or common era; it comes back as it was saved."""
    parts = {"birth_date.year": year, "birth_date.month": month, "birth_date.day": day}
    assert save(at, "/client/about", **parts) == 303
    assert at.record().client.birth_date == kept
    assert save(at, "/client/about") == 303
    assert at.record().client.birth_date == kept


def test_a_date_that_is_none_is_shown_again_as_typed(at: Desk) -> None:
    """With what is wrong with it, in words; nothing else is lost."""
    path = at.path("/client/about")
    form = form_of(at.malee.get(path).text)
    answer = at.malee.post(
        path, {**form, "birth_date.year": "1988", "birth_date.month": "13", "religion": "Buddhist"}
    )
    assert answer.status_code == 422
    assert form_of(answer.text)["religion"] == "Buddhist"
    assert 'href="#f-birth_date"' in answer.text


def test_all_about_the_client_is_kept_and_shown(at: Desk) -> None:
    """Names, sex, nationality, languages, religion, place; each can be changed later."""
    assert save(at, "/client/names", nickname="Dao", name_latin="Nuan Tuayang") == 303
    assert (
        save(at, "/client/about", sex="female", nationality="TH", languages=["th", "de"], religion="พุทธ")
        == 303
    )
    assert save(at, "/client/address", city="Berlin", country="DE", address="Hauptstr. 1") == 303
    client = at.record().client
    assert (client.nickname, client.sex, client.languages) == ("Dao", "female", ["th", "de"])
    page = at.malee.get(at.path("/client")).text
    for words in (
        "Dao",
        "Nuan Tuayang",
        "Female",
        "Thailand",
        "Thai, German",
        "พุทธ",
        "Berlin",
        "Hauptstr. 1",
    ):
        assert words in page


def test_several_safe_ways_each_with_its_time_and_words(at: Desk) -> None:
    """Added, corrected, taken out; a way without a number is one too."""
    first = {"channel": "phone", "value": "+49 30 1", "safe": "10 to 12", "say": "Wrong number"}
    assert save(at, "/contact/new", **first) == 303
    assert save(at, "/contact/new", channel="temple", safe="Through the abbot") == 303
    assert save(at, "/contact/1", safe="9 to 10") == 303
    page = at.malee.get(at.path("/contact")).text
    assert "9 to 10" in page
    assert "Wrong number" in page
    path = at.path("/contact/1/out")
    out = form_of(at.malee.get(at.path("/contact/1")).text, path)
    assert at.malee.post(path, out).status_code == 303
    (left,) = at.record().client.contacts
    assert (left["channel"], left["safe"]) == ("temple", "Through the abbot")
    assert at.malee.get(at.path("/contact/1")).status_code == 404


def test_a_contact_that_says_nothing_is_asked_again(at: Desk) -> None:
    """Number or time, one of them."""
    assert save(at, "/contact/new") == 422


def test_identity_numbers_are_checked(at: Desk) -> None:
    """A Thai number's check digit; a passport's is taken as it is."""
    assert save(at, "/client/numbers/new", kind="thai_id", number="1234567890123") == 422
    assert save(at, "/client/numbers/new", kind="passport", number="AA1234567", country="TH") == 303
    assert at.record().client.identity_numbers[0]["number"] == "AA1234567"


@pytest.mark.parametrize(
    ("below", "field", "block"),
    [
        ("/background/health", "mental", "health"),
        ("/background/legal_status", "residence", "legal_status"),
        ("/background/finances", "debts", "finances"),
        ("/background/education", "level", "education"),
        ("/request", "text", "request"),
    ],
)
def test_background_and_request(at: Desk, below: str, field: str, block: str) -> None:
    """Each on a page of its own; the other fields of the block stay."""
    assert save(at, below, **{field: "In her words"}) == 303
    said = getattr(at.record().case, block)
    assert said[field] == "In her words"
    assert "In her words" in at.malee.get(at.path("/background" if "background" in below else below)).text


def test_what_must_not_be_passed_on_has_a_reason(at: Desk) -> None:
    """A category of the policy, and why."""
    assert save(at, "/unsafe/new", category="address") == 422
    assert save(at, "/unsafe/new", category="address", reason="He looks for her") == 303
    assert at.record().unsafe == {"address"}
    assert "He looks for her" in at.malee.get(at.path("/unsafe")).text


def test_former_words_stay_with_who_changed_them_and_when(at: Desk) -> None:
    """They are shown under the form, newest first."""
    for words in ("First", "Second"):
        assert save(at, "/story", narrative=words) == 303
    page = at.malee.get(at.path("/story")).text
    assert "malee changed this from" in page
    past = page[page.index("Former words") :]
    assert "First" in past
    assert "(empty)" in past
    assert "Former words (2)" in page


def test_saving_the_same_again_leaves_no_trace(at: Desk) -> None:
    """Only what changed is history."""
    assert save(at, "/client/names") == 303
    assert "Former words" not in at.malee.get(at.path("/client/names")).text


def another(at: Desk, **client: object) -> str:
    """A second case of this node."""
    form = CaseFile.model_validate({"client": client})
    with at.session() as session:
        by = acting(session, "anong")
        return service.create(session, form, by=by, now=NOW, random=at.node.random).code


def test_somebody_alike_is_hinted_at(at: Desk) -> None:
    """When the names are saved; one says whether it is the same person, and it is not asked again."""
    other = another(at, name_latin="Nuan Tuayang")
    path = at.path("/client/names")
    form = form_of(at.malee.get(path).text)
    answer = at.malee.post(path, {**form, "nickname": "Dao"})
    assert answer.headers["location"].startswith(at.path("/alike"))
    page = at.malee.get(at.path("/alike")).text
    assert other in page
    assert "names that sound alike" in page
    assert "known here already" in at.malee.get(at.path("")).text
    number = re.search(r'value="(\d+:other)"', page)
    assert number
    assert at.malee.post(at.path("/alike"), {"answer": number[1]}).status_code == 303
    assert "known here already" not in at.malee.get(at.path("")).text
    again = at.malee.post(path, {**form_of(at.malee.get(path).text), "nickname": "Da"})
    assert "alike" not in again.headers["location"]


def test_who_may_not_see_the_other_case_learns_nothing_of_it(at: Desk) -> None:
    """A volunteer cannot try out whose number is known here; the caseworker is told."""
    other = another(at, contacts=[{"channel": "phone", "value": "+49 30 23125 001"}], name_thai="แดง ตัวอย่าง")
    assert at.malee.post(at.path("/team"), {"worker": "somsri"}).status_code == 303
    somsri = visitor(at.node, "somsri", lang="en")
    path = at.path("/contact/new")
    answer = somsri.post(
        path, {**form_of(somsri.get(path).text), "channel": "phone", "value": "030 23125001"}
    )
    assert "alike" not in answer.headers["location"]
    for page in ("/alike", ""):
        assert other not in somsri.get(at.path(page)).text
        assert "known here" not in somsri.get(at.path(page)).text
    assert somsri.post(at.path("/alike"), {"answer": "1:same"}).status_code == 404
    assert other in at.malee.get(at.path("/alike")).text


def test_countries_stand_as_in_a_thai_dictionary_after_ones_own(at: Desk) -> None:
    """A vowel that is written first counts after its consonant: Germany is sought under yo yak."""
    at.malee.cookies.set("lang", "th")
    page = at.malee.get(at.path("/client/address")).text
    listed = re.search(r'<select[^>]*name="country".*?</select>', page, re.DOTALL)
    assert listed
    codes = [code for code in re.findall(r'<option value="([^"]*)"', listed[0]) if code]
    places = [codes.index(code) for code in ("DE", "TH", "GR", "KR", "CA", "TW", "TJ", "YE", "RW", "HU")]
    assert places == sorted(places)
