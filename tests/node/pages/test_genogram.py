"""The genogram's pages: relatives are added with their ties, in one form each, and found again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from songtor_node.cases.models import Person
from songtor_web.pictures.kinship import as_read
from songtor_web.texts import shared
from tests.support.casework import Desk, desk
from tests.support.page_form import form_of
from tests.support.visitor import visitor


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        yield made


def add(at: Desk, whom: Person, act: str, **words: str) -> Person:
    """A new relative; who they are now. `again`: with the button for another."""
    path = at.path(f"/genogram/{whom.id}/add/{act}")
    form = form_of(at.malee.get(path).text)
    answer = at.malee.post(path, {**form, **words})
    assert answer.status_code == 303, answer.text
    new = at.record().people[-1]
    assert answer.headers["location"].partition("?")[0] == (
        path if "again" in words else at.path("/genogram")
    )
    return new


def ties(at: Desk) -> set[tuple[str, str, str]]:
    return {(one.one, one.kind, one.other) for one in at.record().ties}


def test_a_relative_comes_with_their_ties(at: Desk) -> None:
    """Mother and father are parents, a partner a union; each word says what they are to the client."""
    client = at.record().client
    mother = add(at, client, "mother", name="ดวงพร ตัวอย่าง", **{"birth_date.year": "2503"})
    father = add(at, client, "father", deceased="true")
    husband = add(at, client, "partner", name="Klaus Beispiel", kind="cohabiting")
    assert (mother.name_thai, mother.sex, mother.birth_date) == ("ดวงพร ตัวอย่าง", "female", "1960")
    assert (father.sex, father.deceased, husband.name_latin) == ("male", True, "Klaus Beispiel")
    assert [one.relation for one in (mother, father)] == ["mother", "father"]
    assert ties(at) == {
        (mother.key, "birth", "client"), (father.key, "birth", "client"),
        ("client", "cohabiting", husband.key),
    }  # fmt: skip
    page = at.malee.get(at.path("/genogram")).text
    assert page.count("<a href=") > page.count("data-person") == 4


def test_a_child_has_the_other_parent_that_is_chosen(at: Desk) -> None:
    """The partner of now is put before the worker; nobody, or somebody unknown, can be chosen."""
    client = at.record().client
    add(at, client, "ex_partner", name="แดง ตัวอย่าง")
    husband = add(at, client, "partner", name="Klaus Beispiel", sex="male")
    son = add(at, client, "son", **{"birth_date.year": "2015"})
    assert {(husband.key, "birth", son.key), ("client", "birth", son.key)} <= ties(at)
    daughter = add(at, client, "daughter", other="")
    assert [one for one in ties(at) if one[2] == daughter.key] == [("client", "birth", daughter.key)]
    before = len(at.record().people)
    path = at.path(f"/genogram/{client.id}/add/son")
    at.malee.post(path, {**form_of(at.malee.get(path).text), "other": "unknown", "kind": "adopted"})
    *_, unknown, adopted = at.record().people
    assert len(at.record().people) == before + 2
    assert {(unknown.key, "adopted", adopted.key), ("client", "adopted", adopted.key)} <= ties(at)
    assert at.malee.post(path, {"other": "p999"}).status_code == 422


def test_a_sibling_shares_the_parents(at: Desk) -> None:
    """Where none are known, two come in of whom nothing is known; half siblings have one of them."""
    client = at.record().client
    brother = add(at, client, "brother")
    mother, father = at.record().people[0], at.record().people[1]
    assert (mother.relation, father.relation, mother.name_thai) == ("mother", "father", "")
    assert {one for one in ties(at) if one[2] == brother.key} == {
        (mother.key, "birth", brother.key), (father.key, "birth", brother.key),
    }  # fmt: skip
    half = add(at, client, "sister", other=mother.key)
    assert {one for one in ties(at) if one[2] == half.key} == {(mother.key, "birth", half.key)}
    twin = add(at, client, "twin", alike="true", sex="female")
    assert ("client", "identical", twin.key) in ties(at)
    assert twin.birth_date == client.birth_date


def test_a_second_parent_is_that_of_full_siblings_too(at: Desk) -> None:
    """Who shared the only parent that was known."""
    client = at.record().client
    mother = add(at, client, "mother")
    sister = add(at, client, "sister")
    father = add(at, client, "father")
    assert {(father.key, "birth", one) for one in ("client", sister.key)} <= ties(at)
    assert (mother.key, "birth", sister.key) in ties(at)


def test_kin_of_kin_have_a_word_too(at: Desk) -> None:
    """The nearest word for them, or what they are to whom; never a name."""
    client = at.record().client
    mother = add(at, client, "mother", name="ดวงพร ตัวอย่าง")
    grandmother = add(at, mother, "mother")
    great = add(at, grandmother, "father")
    uncle = add(at, mother, "brother")
    assert (grandmother.relation, uncle.relation) == ("mother's mother", "uncle")
    assert great.relation == "father of mother's mother"


def test_what_somebody_is_to_the_client_is_read_in_either_language(at: Desk) -> None:
    """Whoever added them; a word of the worker's own stays as it was written."""
    mother = add(at, at.record().client, "mother")
    add(at, mother, "sister")
    thai = visitor(at.node, "malee", "th").get(at.path("/genogram")).text
    assert "มารดา" in thai
    assert "ป้า น้า หรืออา" in thai
    assert "aunt" not in thai
    assert "aunt" in at.malee.get(at.path("/genogram")).text
    english = shared("en")
    assert [as_read(word, english) for word in ("มารดา", "mother", "แม่ทูนหัว")] == [
        "mother",
        "mother",
        "แม่ทูนหัว",
    ]


def test_save_and_add_another(at: Desk) -> None:
    """The same form once more, empty."""
    client = at.record().client
    add(at, client, "sister", again="true", name="แดง")
    assert "แดง" not in str(form_of(at.malee.get(at.path(f"/genogram/{client.id}/add/sister")).text))


def test_nothing_is_half_added(at: Desk) -> None:
    """A form that is refused leaves neither person nor tie, and keeps what was typed."""
    path = at.path(f"/genogram/{at.record().client.id}/add/brother")
    answer = at.malee.post(path, {"name": "แดง", "birth_date.year": "abc"})
    assert answer.status_code == 422
    assert "แดง" in answer.text
    assert (at.record().people, at.record().ties) == ([], [])
    assert at.malee.get(at.path(f"/genogram/{at.record().client.id}/add/cousin")).status_code == 404


def test_how_two_are_with_each_other(at: Desk) -> None:
    """Added, turned round, changed, taken out and put back; seen by both, as a line and in words."""
    client = at.record().client
    husband = add(at, client, "partner", name="Klaus Beispiel", sex="male")
    path = at.path(f"/genogram/{client.id}/tie")
    said = {"other": husband.key, "kind": "violent", "turned": "true"}
    assert at.malee.post(path, {**form_of(at.malee.get(path).text), **said}).status_code == 303
    assert (husband.key, "violent", "client") in ties(at)
    assert "Done by them · Violent" in at.malee.get(at.path(f"/genogram/{client.id}")).text
    assert "towards" in at.malee.get(at.path("/genogram")).text
    number = at.record().ties[-1].id
    change = at.path(f"/genogram/ties/{number}")
    form = form_of(at.malee.get(change).text)
    assert at.malee.post(change, {**form, "kind": "hostile"}).status_code == 303
    assert "Former words (1)" in at.malee.get(change).text
    page = at.malee.get(at.malee.post(f"{change}/out").headers["location"]).text
    assert (husband.key, "hostile", "client") not in ties(at)
    undo = re.search(r'name="number" value="(\d+)"', page)
    assert undo
    form = form_of(page, at.path("/put-back"))
    assert at.malee.post(at.path("/put-back"), {**form, "number": undo[1]}).status_code == 303
    assert (husband.key, "hostile", "client") in ties(at)
    assert at.malee.post(path, {"other": "p999", "kind": "close"}).status_code == 422
    assert at.malee.post(path, {"other": husband.key}).status_code == 422


def test_who_stands_in_the_case_is_connected_in_one_tap(at: Desk) -> None:
    """By the word that they are known by; whoever stands between comes in unnamed; others are asked about."""
    people = at.path("/people/new")
    for relation in ("มารดา", "ย่า", "neighbour"):
        at.malee.post(people, {**form_of(at.malee.get(people).text), "relation": relation})
    page = at.malee.get(at.path("/genogram")).text
    assert page.count('name="way"') == 2
    mother, grandmother, neighbour = at.record().people
    for one in (mother, grandmother):
        answer = at.malee.post(at.path(f"/genogram/{one.id}/connect"), {"way": "word"})
        assert answer.headers["location"].startswith(at.path("/genogram?"))
    father = at.record().people[-1]
    assert (father.relation, father.name_thai) == ("father", "")
    assert [one.sex for one in at.record().people] == ["female", "female", "unknown", "male"]
    assert ties(at) == {
        (mother.key, "birth", "client"), (father.key, "birth", "client"),
        (grandmother.key, "birth", father.key),
    }  # fmt: skip
    path = at.path(f"/genogram/{neighbour.id}/connect")
    assert at.malee.post(path, {"way": "word"}).status_code == 422
    said = {"act": "sister", "whom": mother.key}
    assert at.malee.post(path, {**form_of(at.malee.get(path).text), **said}).status_code == 303
    assert len([one for one in ties(at) if one[2] == neighbour.key]) == 2
    assert at.malee.post(path, {"act": "mother", "whom": neighbour.key}).status_code == 422


def test_who_is_taken_out_is_drawn_again_when_put_back(at: Desk) -> None:
    """Their ties stay in the case, and draw nothing meanwhile."""
    mother = add(at, at.record().client, "mother", name="ดวงพร ตัวอย่าง")
    answer = at.malee.post(at.path(f"/people/{mother.id}/out"))
    page = at.malee.get(at.path("/genogram")).text
    assert page.count("data-person") == 1
    assert "somebody who was taken out" in at.malee.get(at.path("/genogram/ties")).text
    page = at.malee.get(answer.headers["location"]).text
    undo = re.search(r'name="number" value="(\d+)"', page)
    assert undo
    at.malee.post(at.path("/put-back"), {**form_of(page, at.path("/put-back")), "number": undo[1]})
    assert at.malee.get(at.path("/genogram")).text.count("data-person") == 2


def test_names_can_be_hidden(at: Desk) -> None:
    """In the picture, its words and the list; and on paper."""
    add(at, at.record().client, "mother", name="ดวงพร ตัวอย่าง")
    assert "ดวงพร" in at.malee.get(at.path("/genogram")).text
    page = at.malee.get(at.path("/genogram?names=no")).text
    assert "ดวงพร" not in page
    assert at.record().client.name_thai not in page.partition("<main")[2]
    assert at.malee.get(at.path("/genogram.pdf?names=no")).content.startswith(b"%PDF")


def test_without_names_births_and_deaths_are_years(at: Desk) -> None:
    """In the picture and its words: a day of birth says who somebody is."""
    born = {"birth_date.year": "1960", "birth_date.month": "6", "birth_date.day": "9"}
    died = {"death_date.year": "2020", "death_date.month": "7"}
    add(at, at.record().client, "mother", **born, **died)
    named, hidden = (at.malee.get(at.path(f"/genogram{asked}")).text for asked in ("", "?names=no"))
    assert "born 9 Jun 1960; died Jul 2020" in named
    assert "born 1960; died 2020" in hidden
    assert not re.search("Jun 1960|Jul 2020", hidden.partition("<main")[2])


def test_facts_of_a_relative(at: Desk) -> None:
    """Sex, birth, death, and what was not born; the client's too."""
    mother = add(at, at.record().client, "mother")
    path = at.path(f"/genogram/{mother.id}/facts")
    said = {"birth_date.year": "1960", "death_date.year": "2020", "name_thai": "ดวงพร"}
    assert at.malee.post(path, {**form_of(at.malee.get(path).text), **said}).status_code == 303
    one = at.record().people[0]
    assert (one.birth_date, one.death_date, one.name_thai) == ("1960", "2020", "ดวงพร")
    path = at.path("/genogram/client")
    assert at.malee.post(path, {**form_of(at.malee.get(path).text), "sex": "female"}).status_code == 303
    assert at.record().client.sex == "female"
