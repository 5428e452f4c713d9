"""Places of help, telling people, and the organisation's figures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.entries import FollowUp, Problem
from songtor_node.figures.bars import WIDTH, bars
from songtor_node.figures.counts import figures, split, told, within_each_other
from songtor_node.resources.find import GROUPS, Wanted, find, group
from songtor_node.resources.network import entries
from songtor_node.store.engine import reading, writing
from songtor_node.workers import acting
from songtor_proto.vocabulary import organisations, vocabulary
from tests.support.node import NOW, new_node
from tests.support.visitor import Visitor, visitor

SHELTER = {
    "kind": "shelter",
    "name": "บ้านดอกรัก",
    "country": "DE",
    "city": "Berlin",
    "needs": "domestic_violence",
}


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return new_node(tmp_path / "near")


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee")


def test_every_seat_and_desk_of_the_network_is_a_place_of_help() -> None:
    """What the network knows needs no line to be found."""
    ids = {one.id for one in entries()}
    assert {f"organisation:{one.seat}" for one in organisations() if not one.vacant} <= ids
    assert {f"desk:{code}" for code in vocabulary().desks} <= ids


def test_every_country_of_the_network_has_an_emergency_number_and_a_mission() -> None:
    """Nobody is left without whom to call."""
    for country in {one.country for one in organisations() if not one.vacant}:
        kinds = {one.kind for one in entries() if one.country == country}
        assert "emergency" in kinds, country
        assert "embassy" in kinds, country


def test_ids_are_one_for_each_entry() -> None:
    """A check of one entry is never shown at another."""
    assert len({one.id for one in entries()}) == len(entries())


def test_a_place_is_found_by_country_and_need_our_own_first(node: Node, malee: Visitor) -> None:
    """What this house has found out itself stands before what everybody knows."""
    malee.post("/resources/new", SHELTER)
    with reading(node.engine) as session:
        found = find(session, Wanted(country="DE", need="domestic_violence", kind="shelter"), "th")
        others = find(session, Wanted(country="DE", need="unemployment", kind="shelter"), "th")
        hotlines = find(session, Wanted(country="DE", need="domestic_violence", kind="hotline"), "th")
    assert [one.name for one in found] == ["บ้านดอกรัก"]
    assert not others
    assert [one.phone for one in hotlines] == ["116 016"]


def test_places_for_the_very_need_stand_first_and_mere_names_are_folded_away(
    node: Node, malee: Visitor
) -> None:
    """A football club answers no call for help; whom to call now comes before everything."""
    malee.post("/resources/new", {**SHELTER, "kind": "temple", "name": "วัดตัวอย่าง", "needs": ""})
    malee.post("/resources/new", SHELTER)
    with reading(node.engine) as session:
        wanted = Wanted(country="DE", need="domestic_violence")
        found = find(session, wanted, "th")
    by_group = {name: [one.name for one in found if group(one, wanted) == name] for name in GROUPS}
    assert found[0].kind == "emergency"
    assert "บ้านดอกรัก" in by_group["for_it"]
    assert by_group["others"] == ["วัดตัวอย่าง"]
    assert "สถานเอกอัครราชทูต ณ กรุงเบอร์ลิน" in by_group["name_only"]
    page = malee.post("/resources", {"country": "DE", "need": "domestic_violence"}).text
    assert page.count("ยังไม่มีใครที่นี่ตรวจ") == 1
    assert page.index('href="tel:112"') < page.index("บ้านดอกรัก") < page.index("วัดตัวอย่าง")
    assert page.index("<details><summary>") < page.index("กรุงเบอร์ลิน")


def test_what_is_looked_for_is_in_no_address(malee: Visitor) -> None:
    """A search is sent, so that no history keeps it."""
    page = malee.post("/resources", {"country": "DE", "text": "Berlin"})
    assert page.status_code == 200
    assert "สถานเอกอัครราชทูต ณ กรุงเบอร์ลิน" in page.text
    assert 'method="post"' in page.text


def test_an_entry_of_the_network_says_when_this_house_checked_it(malee: Visitor) -> None:
    """Nobody takes an old number for a tried one."""
    assert "ยังไม่มีใครที่นี่ตรวจ" in malee.post("/resources", {"country": "DE", "kind": "hotline"}).text
    entry = next(one.id for one in entries() if one.country == "DE" and one.kind == "hotline")
    assert malee.post("/resources/checked", {"entry": entry}).status_code == 303
    assert "ตรวจล่าสุด 20 พ.ย. 2569" in malee.post("/resources", {"country": "DE", "kind": "hotline"}).text
    assert malee.post("/resources/checked", {"entry": "none:XX:1"}).status_code == 404


def test_our_own_place_is_changed_and_taken_out(malee: Visitor) -> None:
    """What is no longer so does not stay."""
    malee.post("/resources/new", SHELTER)
    assert malee.post("/resources/1", {**SHELTER, "name": "บ้านใหม่"}).status_code == 303
    assert "บ้านใหม่" in malee.post("/resources", {"kind": "shelter"}).text
    assert malee.post("/resources/1", {"do": "remove"}).status_code == 303
    assert malee.get("/resources/1").status_code == 404
    assert malee.get("/resources/x").status_code == 404


def test_a_place_without_a_name_comes_back_with_what_was_typed(malee: Visitor) -> None:
    """Nothing that was typed is lost to a missing field."""
    page = malee.post("/resources/new", {**SHELTER, "name": "", "note": "มีล่าม"})
    assert page.status_code == 422
    assert "มีล่าม" in page.text
    wrong = malee.post("/resources/new", {**SHELTER, "link": "javascript:alert(1)"})
    assert wrong.status_code == 422


def test_what_was_told_where_is_kept(malee: Visitor) -> None:
    """The step before every case is remembered."""
    said = {"day": "2026-11-15", "way": "poster", "place": "วัดป่าตัวอย่าง", "people": "40"}
    assert malee.post("/outreach/new", said).status_code == 303
    page = malee.get("/outreach").text
    assert "15 พ.ย. 2569" in page
    assert "วัดป่าตัวอย่าง" in page
    assert malee.post("/outreach/1/remove").status_code == 303
    assert "วัดป่าตัวอย่าง" not in malee.get("/outreach").text


def test_a_poster_carries_the_address_as_a_qr_code(malee: Visitor) -> None:
    """Somebody who sees it can reach this house with a telephone's camera."""
    assert "<svg" in malee.get("/outreach/poster").text
    assert 'class="qr"' not in malee.get("/outreach/poster").text
    said = {"name": "สมาคมตัวอย่าง", "phone": "+49 30 000000", "code": "https://example.org/help"}
    assert malee.post("/outreach/address", said).status_code == 303
    page = malee.get("/outreach/poster").text
    assert 'class="qr"' in page
    assert "สมาคมตัวอย่าง" in page
    assert malee.post("/outreach/address", {"code": "javascript:alert(1)"}).status_code == 422


def _case(node: Node, *, problems: int = 1, days_ago: int = 0) -> None:
    codes = list(vocabulary().problems)[:problems]
    form = CaseFile(
        target_group="thai_abroad",
        channel="line",
        problems=tuple(Problem(code=code) for code in codes),
        follow_ups=(FollowUp(method="phone_call", due="2026-11-10", done="2026-11-09"),),
    )
    with writing(node.engine) as session:
        service.create(
            session, form, by=acting(session, "malee"), now=NOW - timedelta(days=days_ago), random=node.random
        )


def test_figures_count_cases_by_kind_and_time(node: Node) -> None:
    """Each case counts once in each of its problems, in the month in which it came."""
    for _ in range(6):
        _case(node, problems=2)
    _case(node, days_ago=40)
    with reading(node.engine) as session:
        counted = figures(session, NOW.date().replace(month=10, day=1), NOW.date(), NOW.date())
    assert counted.cases == 7
    assert counted.by_month == {"2026-10": 1, "2026-11": 6}
    assert counted.by_channel == {"line": 7}
    assert sorted(counted.by_problem.values()) == [6, 7]
    assert (counted.kept, counted.due) == (7, 7)


def test_a_count_that_could_be_somebody_is_not_told() -> None:
    """From one to four; where it is part of a sum, one more is withheld, and all of them are drawn alike."""
    assert [told(count) for count in (0, 1, 4, 5)] == [0, None, None, 5]
    said = split({"a": 10, "b": 1, "c": 0, "d": 5, "e": 7})
    assert said == {"a": 10, "b": None, "c": 0, "d": None, "e": 7}
    assert split({"a": 3, "b": 2}) == {"a": None, "b": None}
    ten, one, _, five, _ = bars(said.items())
    assert one.length == five.length
    assert ten.length == WIDTH


def test_no_part_is_told_whose_rest_could_be_somebody() -> None:
    """Of cases those that had first help, of these those within days: each against the last that is told."""
    assert within_each_other(20, 14, 11, 9, 0) == [20, 14, None, 9, 0]
    assert within_each_other(6, 5) == [6, None]
    assert within_each_other(6, 6, 1) == [6, 6, None]
    assert within_each_other(3, 3, 0) == [None, None, 0]


def test_no_figure_of_the_page_gives_another_away(node: Node) -> None:
    """Six cases, five of them this month: neither page nor file says that one came in the month before."""
    for days_ago in (0, 0, 0, 0, 0, 40):
        _case(node, days_ago=days_ago)
    malee = visitor(node, "malee", lang="en")
    page, file = (malee.get(f"/figures{part}?year=2026").text for part in ("", "/file"))
    assert '<dd class="number">6</dd>' in page
    assert page.count('<td class="number">not told</td>') == 2
    assert "Cases by month,2026-10,not told" in file
    assert "Cases by month,2026-11,not told" in file


def test_no_two_times_overlap(node: Node) -> None:
    """Whatever is asked for, it is of one whole year: no difference of two tells who came in between."""
    _case(node)
    admin = visitor(node, "admin", lang="en")
    whole = admin.get("/figures/file?year=2026").text
    for asked in ("", "?first=2026-10&last=2026-10", "?year=2026-10", "?year=1", "?year=2027"):
        assert admin.get(f"/figures/file{asked}").text == whole
    assert admin.get("/figures/file?year=2025").text.splitlines()[0].endswith(",,0")


def test_the_file_to_take_along_says_no_small_count(node: Node, malee: Visitor) -> None:
    """What leaves the house in a spreadsheet points at nobody."""
    for _ in range(3):
        _case(node)
    answer = malee.get("/figures/file")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.text.splitlines()
    assert "เรื่องที่รับไว้,,<5" in lines[0]
    assert not any(line.endswith((",1", ",2", ",3", ",4")) for line in lines)


def test_figures_are_for_who_sees_every_case_and_for_the_administrator(node: Node) -> None:
    """A volunteer has no need of them."""
    assert visitor(node, "malee").get("/figures").status_code == 200
    assert visitor(node, "admin").get("/figures?year=x").status_code == 200
    assert visitor(node, "somsri").get("/figures").status_code == 403
