"""Two people on one case at once: nobody's words are overwritten; both are kept and shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from songtor_node.web.forms.two_people import OtherWords
from tests.support.casework import Desk, desk
from tests.support.page_form import form_of


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    people = [{"relation": "husband", "name_latin": "Max", "danger": True}]
    with desk(tmp_path / "node", narrative="She came by train", people=people) as made:
        yield made


def crossed(at: Desk, below: str, **words: str) -> str:
    """Both open the page; Anong saves `anong`, then Malee `malee`, into that field. The page after it."""
    (name, theirs), (_, mine) = (one.split("=", 1) for one in (words["anong"], words["malee"]))
    path = at.path(below)
    hers, his = form_of(at.anong.get(path).text), form_of(at.malee.get(path).text)
    assert at.anong.post(path, {**hers, name: theirs}).status_code == 303
    answer = at.malee.post(path, {**his, name: mine})
    assert answer.headers["location"] == f"{path}?done=both_kept"
    return at.malee.get(path).text


def settle(at: Desk, below: str, choice: str) -> None:
    path = at.path(below)
    with at.session() as session:
        number = session.exec(select(OtherWords.id).where(OtherWords.choice == "")).one()
    form = form_of(at.malee.get(path).text)
    assert at.malee.post(path, {**form, "settle": f"{number}:{choice}"}).status_code == 303


def story(at: Desk) -> str:
    return at.record().case.narrative


def test_who_saves_second_overwrites_nothing(at: Desk) -> None:
    """The saved words stay; what was typed is kept beside them; the page shows both, and whose they are."""
    page = crossed(at, "/story", anong="narrative=She came by ship", malee="narrative=She came by plane")
    assert story(at) == "She came by ship"
    assert form_of(page)["narrative"] == "She came by ship"
    for words in ("anong saved", "She came by ship", "malee typed", "She came by plane"):
        assert words in page
    assert "She came by plane" in at.anong.get(at.path("/story")).text


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("mine", "She came by plane"),
        ("theirs", "She came by ship"),
        ("both", "She came by ship\nShe came by plane"),
    ],
)
def test_a_person_decides_and_nothing_is_forgotten(at: Desk, choice: str, kept: str) -> None:
    """Mine, theirs or both; who decided is kept, with the words that were not taken."""
    crossed(at, "/story", anong="narrative=She came by ship", malee="narrative=She came by plane")
    settle(at, "/story", choice)
    assert story(at) == kept
    with at.session() as session:
        other = session.exec(select(OtherWords)).one()
        assert (other.value, other.by, other.against) == ("She came by plane", "malee", "anong")
        assert (other.choice, other.settled_by) == (choice, "malee")
    assert "malee typed" not in at.malee.get(at.path("/story")).text


def test_different_fields_of_one_form_come_together(at: Desk) -> None:
    """Each keeps what they wrote; nothing is asked."""
    path = at.path("/client/names")
    hers, his = form_of(at.anong.get(path).text), form_of(at.malee.get(path).text)
    assert at.anong.post(path, {**hers, "nickname": "Dao"}).status_code == 303
    answer = at.malee.post(path, {**his, "name_latin": "Nuan Tuayang"})
    assert "both_kept" not in answer.headers["location"]
    client = at.record().client
    assert (client.nickname, client.name_latin, client.name_thai) == ("Dao", "Nuan Tuayang", "นวล ตัวอย่าง")


def test_the_same_words_twice_are_no_conflict(at: Desk) -> None:
    """Both typed what the other typed."""
    path = at.path("/story")
    forms = [form_of(who.get(path).text) for who in (at.anong, at.malee)]
    for who, form in zip((at.anong, at.malee), forms, strict=True):
        answer = who.post(path, {**form, "narrative": "She came by ship"})
        assert "both_kept" not in answer.headers["location"]


def test_a_draft_that_is_older_than_somebodys_words_does_not_overwrite_them(at: Desk) -> None:
    """Typed yesterday, saved today: what was saved in between stays."""
    path = at.path("/story")
    form = form_of(at.malee.get(path).text)
    at.malee.post("/draft", {**form, "narrative": "Typed on the bus"})
    hers = form_of(at.anong.get(path).text)
    at.anong.post(path, {**hers, "narrative": "She came by ship"})
    restored = form_of(at.malee.get(path).text)
    assert restored["narrative"] == "Typed on the bus"
    assert "both_kept" in at.malee.post(path, restored).headers["location"]
    assert story(at) == "She came by ship"
    assert "Typed on the bus" in at.malee.get(path).text


def test_a_field_that_was_only_looked_at_takes_the_newer_words(at: Desk) -> None:
    """Who changed nothing there takes nothing away."""
    path = at.path("/story")
    his = form_of(at.malee.get(path).text)
    at.anong.post(path, {**form_of(at.anong.get(path).text), "narrative": "She came by ship"})
    assert "both_kept" not in at.malee.post(path, his).headers["location"]
    assert story(at) == "She came by ship"


def test_words_for_an_entry_that_was_taken_out_are_not_lost(at: Desk) -> None:
    """They stand in the form for a new one."""
    number = at.record().people[0].id
    path = at.path(f"/people/{number}")
    his = form_of(at.malee.get(f"{path}/change").text)
    assert at.anong.post(f"{path}/out").status_code == 303
    answer = at.malee.post(f"{path}/change", {**his, "name_latin": "Max Beispiel"})
    assert answer.headers["location"].startswith(at.path("/people/new"))
    form = form_of(at.malee.get(at.path("/people/new")).text)
    assert (form["relation"], form["name_latin"]) == ("husband", "Max Beispiel")
    assert form["danger"] in (["true", ""], "true")


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Desk]:
    """Three numbers of a client; the last is in the wrong hands."""
    contacts = [{"channel": "phone", "value": value} for value in ("111", "222", "333")]
    with desk(tmp_path / "three", client={"name_thai": "นวล ตัวอย่าง", "contacts": contacts}) as made:
        yield made


def take_out(at: Desk, below: str) -> None:
    path = at.path(below)
    out = form_of(at.anong.get(path).text, f"{path}/out")
    assert at.anong.post(f"{path}/out", out).status_code == 303


def ways(at: Desk) -> list[tuple[str, str]]:
    return [(one["value"], one["safe"]) for one in at.record().client.contacts]


def test_a_contact_keeps_its_address_when_another_is_taken_out(three: Desk) -> None:
    """When it is safe to call is saved to the very number that the page showed, from a draft too."""
    path = three.path("/contact/2")
    form = form_of(three.malee.get(path).text)
    three.malee.post("/draft", {**form, "form": path, "safe": "Mornings"})
    take_out(three, "/contact/1")
    typed = form_of(three.malee.get(path).text)
    assert (typed["value"], typed["safe"]) == ("222", "Mornings")
    assert three.malee.post(path, {**form, "safe": "At any time"}).status_code == 303
    assert ways(three) == [("222", "At any time"), ("333", "")]


def test_words_for_a_contact_that_was_taken_out_wait_in_the_form_for_a_new_one(three: Desk) -> None:
    """Nothing else is at its address then, not even one that is added later."""
    path = three.path("/contact/3")
    form = form_of(three.malee.get(path).text)
    take_out(three, "/contact/3")
    answer = three.malee.post(path, {**form, "safe": "Only at ten"})
    assert answer.headers["location"].startswith(three.path("/contact/new"))
    new = form_of(three.malee.get(three.path("/contact/new")).text)
    assert (new["value"], new["safe"]) == ("333", "Only at ten")
    three.malee.post(three.path("/contact/new"), {**new, "value": "444"})
    assert three.malee.get(path).status_code == 404
    assert three.malee.get(three.path("/contact/4")).status_code == 200


def test_another_number_does_not_inherit_when_the_old_one_is_safe(three: Desk) -> None:
    """A number and its safe hours are one thing: who says one while the other changes is shown both."""
    path = three.path("/contact/1")
    mine, hers = (form_of(who.get(path).text) for who in (three.malee, three.anong))
    three.malee.post("/draft", {**mine, "form": path, "value": "000"})
    three.anong.post(path, {**hers, "safe": "At any time"})
    for form in ({**mine, "value": "000"}, form_of(three.malee.get(path).text)):
        assert "both_kept" in three.malee.post(path, form).headers["location"]
        assert ways(three)[0] == ("111", "At any time")


def test_a_form_that_is_sent_after_the_session_fell_asleep_waits_as_a_draft(at: Desk) -> None:
    """Nobody is let in by it; it is there when its worker has woken the session. No other draft gives way."""
    path = at.path("/story")
    form = form_of(at.malee.get(path).text)
    at.clock.now += timedelta(minutes=16)
    for words in ("She came by ship", "She came by plane"):
        answer = at.malee.post(path, {**form, "narrative": words})
        assert answer.headers["location"].startswith("/locked")
    assert story(at) == "She came by train"
    assert at.malee.get(path).status_code == 303
    at.later()
    assert form_of(at.malee.get(path).text)["narrative"] == "She came by ship"
    at.malee.cookies.set("songtor", "0" * 64)
    assert at.malee.post(at.path("/request"), {"form": at.path("/request")}).headers["location"] == "/sign-in"


def test_another_tab_of_the_same_form_keeps_its_draft(at: Desk) -> None:
    """A short note is saved in between; the long one is still there, and goes on being kept."""
    path = at.path("/notes/add")
    short = form_of(at.malee.get(path).text)
    at.clock.now += timedelta(seconds=5)
    long = {**form_of(at.malee.get(path).text), "text": "Word for word"}
    at.clock.now += timedelta(seconds=5)
    at.malee.post("/draft", long)
    assert at.malee.post(path, {**short, "text": "Called back"}).status_code == 303
    assert form_of(at.malee.get(path).text)["text"] == "Word for word"
    at.clock.now += timedelta(seconds=5)
    assert at.malee.post("/draft", {**long, "text": "Word for word, and more"}).text
    at.clock.now += timedelta(seconds=5)
    page = at.malee.get(path).text
    assert form_of(page)["text"] == "Word for word, and more"
    assert at.malee.post(path, form_of(page)).status_code == 303
    assert "have not saved" not in at.malee.get(path).text


def test_words_that_no_form_takes_any_more_are_given_back(at: Desk) -> None:
    """The page that says what went wrong shows what was typed, and takes no other draft's place."""
    path = at.path("/people/2")
    his = form_of(at.malee.get(f"{path}/about").text)
    new = form_of(at.malee.get(at.path("/people/new")).text)
    at.malee.post("/draft", {**new, "relation": "Her sister"})
    change = form_of(at.malee.get(f"{path}/change").text)
    at.malee.post("/draft", {**his, "nickname": "Max the elder"})
    at.anong.post(f"{path}/out")
    assert "<bdi>Max the elder</bdi>" in at.malee.get(f"{path}/about").text
    assert "Max the elder" not in at.anong.get(f"{path}/about").text
    for below, form in (("/about", {**his, "nickname": "Maxi"}), ("/change", {**change, "relation": "Maxi"})):
        answer = at.malee.post(path + below, form)
        assert answer.status_code == 404
        assert "<bdi>Maxi</bdi>" in answer.text
    assert form_of(at.malee.get(at.path("/people/new")).text)["relation"] == "Her sister"


def test_a_form_that_the_store_did_not_take_is_sent_again(at: Desk) -> None:
    """It was busy or full: all that was typed is there, one tap from being saved."""
    path = at.path("/story")
    form = {**form_of(at.malee.get(path).text), "narrative": "She came\nby ship"}
    with at.session() as session:
        session.connection().exec_driver_sql("ALTER TABLE saved RENAME TO away")
    answer = at.malee.post(path, form)
    assert answer.status_code == 503
    with at.session() as session:
        session.connection().exec_driver_sql("ALTER TABLE away RENAME TO saved")
    assert at.malee.post(path, form_of(answer.text, path)).status_code == 303
    assert story(at) == "She came\nby ship"


def test_a_draft_that_was_on_its_way_while_one_saved_is_none(at: Desk) -> None:
    """It comes after the words were saved, from the page before: it does not stand there as unsaved."""
    path = at.path("/story")
    form = {**form_of(at.malee.get(path).text), "narrative": "She came by ship"}
    at.clock.now += timedelta(seconds=5)
    assert at.malee.post(path, form).status_code == 303
    assert at.malee.post("/draft", {**form, "narrative": "She came by sh"}).text == ""
    at.clock.now += timedelta(seconds=5)
    page = at.malee.get(path).text
    assert "have not saved" not in page
    assert at.malee.post("/draft", {**form_of(page), "narrative": "She came by ship in May"}).text
    assert "have not saved" in at.malee.get(path).text
