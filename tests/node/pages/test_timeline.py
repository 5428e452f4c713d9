"""The timeline's page: events in any order, drawn and listed in that of time; partly known dates; themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from songtor_node.cases.pictures.timeline import picture
from tests.support.casework import Desk, desk
from tests.support.page_form import form_of


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        yield made


def save(at: Desk, below: str, **words: str | list[str]) -> int:
    path = at.path(below)
    form = form_of(at.malee.get(path).text)
    return int(at.malee.post(path, {**form, **words}).status_code)


def add(at: Desk, text: str, **words: str | list[str]) -> str:
    """Its key."""
    assert save(at, "/timeline/new", text=text, **words) == 303
    return next(one.key for one in at.record().events if one.text == text)


def listed(page: str) -> list[str]:
    """What the list of events says, in its order."""
    return re.findall(r"<bdi>\d+\. ([^<]+)</bdi></strong>", page)


def page(at: Desk, query: str = "") -> str:
    return str(at.malee.get(at.path("/timeline") + query).text)


def test_events_stand_in_the_order_of_time(at: Desk) -> None:
    """In whatever order and era they were typed; one that is only known to lie between two stands there."""
    moved = add(at, "Moved", **{"when.year": "2556", "when.month": "8"})
    add(at, "Born", **{"when.year": "1990"})
    married = add(at, "Married", **{"when.year": "2012"})
    add(at, "Lost her work", after=married, before=moved)
    assert listed(page(at)) == ["Born", "Married", "Lost her work", "Moved"]
    assert "after 2 before 4 · order known, date not" in page(at)


def test_about_then_and_still_so(at: Desk) -> None:
    """Ticked beside the date, kept, and shown ticked again."""
    add(at, "Debts", **{"when.year": "2019", "when.about": "true", "until.still": "true"})
    (event,) = at.record().events
    assert (event.when, event.until) == ("2019~", "..")
    assert "about 2019 – now" in page(at)
    form = at.malee.get(at.path(f"/timeline/{event.id}")).text
    assert re.search(r'name="when.about" value="true" checked', form)
    assert re.search(r'name="until.still" value="true" checked', form)
    assert save(at, f"/timeline/{event.id}", **{"until.still": "", "until.year": "2021"}) == 303
    (event,) = at.record().events
    assert (event.when, event.until) == ("2019~", "2021")
    assert "now" in at.malee.get(at.path(f"/timeline/{event.id}")).text  # its former words


def test_without_any_place_in_time_it_is_asked_again(at: Desk) -> None:
    """At the date, with what was typed."""
    path = at.path("/timeline/new")
    answer = at.malee.post(path, {**form_of(at.malee.get(path).text), "text": "Somewhen"})
    assert answer.status_code == 422
    assert 'href="#f-when"' in answer.text
    assert "Somewhen" in answer.text


def test_an_end_before_the_beginning_is_asked_again(at: Desk) -> None:
    """At the end, with what was typed; what is known in part or is about then may be right, and is kept."""
    for began, ended, answer in [
        ({"year": "2530"}, {"year": "2520"}, 422),
        ({"year": "2012", "month": "5"}, {"year": "2012", "month": "4", "day": "30"}, 422),
        ({"year": "2012", "month": "5"}, {"year": "2012"}, 303),
        ({"year": "2012", "about": "true"}, {"year": "2011"}, 303),
        ({"year": "2012"}, {"still": "true"}, 303),
    ]:
        words = {f"when.{part}": said for part, said in began.items()}
        words |= {f"until.{part}": said for part, said in ended.items()}
        assert save(at, "/timeline/new", text="Worked", **words) == answer
    path = at.path("/timeline/new")
    form = form_of(at.malee.get(path).text)
    refused = at.malee.post(path, {**form, "text": "Worked", "when.year": "1987", "until.year": "1977"})
    assert 'href="#f-until"' in refused.text
    assert "It ends before it begins" in refused.text


def test_a_year_still_to_come_is_asked_about(at: Desk) -> None:
    """It is kept, as a plan may be meant; its line in the list says so. This very year is none."""
    this_year = at.clock.now.astimezone().year
    add(at, "Moves", **{"when.year": str(this_year), "when.about": "true"})
    assert "check the year" not in page(at)
    add(at, "Marries", **{"when.year": str(this_year + 11)})
    assert page(at).count("check the year") == 1


def test_what_it_led_to_is_ticked(at: Desk) -> None:
    """And drawn; the event itself is no choice; one that was taken out comes back with its arrow."""
    work = add(at, "Lost her work", **{"when.year": "2019"})
    first = next(one for one in at.record().events if one.key == work)
    debts = add(at, "Debts", **{"when.year": "2020"})
    assert save(at, f"/timeline/{first.id}", led_to=[debts]) == 303
    assert page(at).count('data-from="1" data-to="2"') == 2  # for a phone and for a desk
    assert f'value="{work}"' not in at.malee.get(at.path(f"/timeline/{first.id}")).text
    second = next(one for one in at.record().events if one.key == debts)
    gone = at.malee.post(at.path(f"/timeline/{second.id}/out")).headers["location"]
    assert "data-from" not in page(at)
    assert "An event that was taken out" in at.malee.get(at.path(f"/timeline/{first.id}")).text
    assert save(at, f"/timeline/{first.id}", text="Lost all work") == 303
    undo = re.search(r"undo=(\d+)", gone)
    assert undo
    at.malee.post(at.path("/put-back"), {"number": undo[1], "back": at.path("/timeline")})
    assert 'data-from="1" data-to="2"' in page(at)


def test_one_part_of_life_at_a_time(at: Desk) -> None:
    """By its number: its words never stand in an address."""
    add(at, "Moved", theme="ย้ายถิ่น", **{"when.year": "2013"})
    add(at, "Began work", theme="งาน", **{"when.year": "2014"})
    assert "ย้ายถิ่น" not in "".join(re.findall(r'href="[^"]*theme[^"]*"', page(at)))
    assert listed(page(at, "?theme=1")) == ["Began work"]
    assert listed(page(at, "?theme=2")) == ["Moved"]
    assert listed(page(at, "?theme=99")) == ["Moved", "Began work"]


def test_parts_of_life_are_proposed(at: Desk) -> None:
    """Those of the network in the reader's language, and those that this case uses already."""
    add(at, "Ordained", theme="วัด", **{"when.year": "2001"})
    proposed = re.findall(r'<option value="([^"]+)">', at.malee.get(at.path("/timeline/new")).text)
    assert {"Family", "Money and debts", "วัด"} <= set(proposed)


def test_two_people_at_one_event(at: Desk) -> None:
    """Both choices stand there by what the events are called."""
    born = add(at, "Born", **{"when.year": "1990"})
    moved = add(at, "Moved", **{"when.year": "2013"})
    add(at, "Lost her work", after=born)
    number = next(one.id for one in at.record().events if one.text == "Lost her work")
    path = at.path(f"/timeline/{number}")
    opened = form_of(at.malee.get(path).text)
    assert at.anong.post(path, {**form_of(at.anong.get(path).text), "after": moved}).status_code == 303
    assert (
        at.malee.post(path, {**opened, "after": "", "before": moved, "text": "Lost work"}).status_code == 303
    )
    shown = at.malee.get(path).text
    assert "2. 2013: Moved" in shown
    assert moved not in re.findall(r"<blockquote><bdi>([^<]*)", shown)


def test_names_are_hidden_on_wish(at: Desk) -> None:
    """On paper without names nobody is named; the picture is the same."""
    add(at, "Married Heinz", **{"when.year": "2013"})
    answer = at.malee.get(at.path("/timeline.pdf") + "?names=no")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_without_names_the_month_of_a_birth_or_death_is_its_year(at: Desk) -> None:
    """By the dates of the people in the case; other events keep theirs."""
    record = at.record()
    record.client.birth_date = "1990-06-09"
    add(at, "Born", **{"when.year": "1990", "when.month": "6", "when.about": "true"})
    add(at, "Moved", **{"when.year": "1990", "when.month": "7", "until.year": "1990", "until.month": "8"})
    events = replace(record, events=at.record().events)
    named, hidden = (picture(events, names=names).events for names in (True, False))
    assert [(one.when, one.until) for one in named] == [("1990-06~", ""), ("1990-07", "1990-08")]
    assert [(one.when, one.until) for one in hidden] == [("1990~", ""), ("1990-07", "1990-08")]


def test_a_case_without_events_says_what_to_do(at: Desk) -> None:
    assert "No event is noted" in page(at)
    assert at.malee.get(at.path("/events")).status_code == 404


def test_the_first_event_is_asked_without_others(at: Desk) -> None:
    """Nothing to choose from is not asked."""
    first = at.malee.get(at.path("/timeline/new")).text
    assert 'name="led_to"' not in first
    assert "Before or after what" not in first
    assert "<summary>" not in first.split('class="sheet"')[1].split("</form>")[0]
    add(at, "Born", **{"when.year": "1990"})
    second = at.malee.get(at.path("/timeline/new")).text
    assert 'name="led_to"' in second
    assert "Before or after what" in second
