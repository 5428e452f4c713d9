"""A flower, a family and a life from one node to another: seen before they leave, drawn where they arrive."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from songtor_node.cases.models import Case, Event, Person, Tie
from tests.support.linked import CASE, FAMILY, LinkedNetwork, LinkedNode
from tests.support.referring import at, choose, refer, text_of

PICTURES = ("threat", "genogram", "timeline")


@dataclass
class Sides:
    """Berlin refers a family to Taipei."""

    network: LinkedNetwork
    berlin: LinkedNode
    taipei: LinkedNode
    case: str

    def refer(self, *tick: str) -> str:
        told = {"recipients": (self.taipei.seat,), "categories": (*PICTURES, "demographics", "family")}
        reference = refer(self.berlin, *tick, case=self.case, **told)
        self.network.sync_all()
        return reference


@pytest.fixture
def sides(network: LinkedNetwork) -> Sides:
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    return Sides(network, berlin, taipei, berlin.case(FAMILY))


def pictures(page: str) -> list[str]:
    """As they are drawn, without icons."""
    return re.findall(r"<svg xmlns.*?</svg>", page, re.DOTALL)


def test_what_the_worker_sees_before_it_leaves_is_what_is_drawn_where_it_arrives(sides: Sides) -> None:
    """M9: the same picture to the last letter, from the message alone; and again in what was sent."""
    before = at(sides.berlin).get(f"/cases/{sides.case}/refer/pictures").text
    reference = sides.refer(*PICTURES)
    there = at(sides.taipei).get(f"/referrals/{reference}").text
    sent = at(sides.berlin).get(f"/referrals/{reference}").text
    assert len(pictures(before)) == 3
    assert pictures(before) == pictures(there) == pictures(sent)
    for page in (before, there):
        assert "Max" not in page[page.find("<main") :]
        assert "ดาวเรือง" not in page[page.find("<main") :]
    said = text_of(there)
    for words in ("3 people, no names", "3 events, no names", "ผู้รับบริการพบ สามี ที่วัด", "mother", "Violent"):
        assert words in said


def test_the_two_columns_say_how_much_each_picture_tells_and_lead_to_it(sides: Sides) -> None:
    """Each is a row of its own, to be moved like any other; without a tick it stays."""
    who = at(sides.berlin)
    sides.berlin.consent(sides.case, recipients=("TW-44",), categories=(*PICTURES, "place"))
    choose(who, sides.case, to="TW-44")
    page = who.get(f"/cases/{sides.case}/refer/look").text
    leaves, _, stays = page.partition('class="stays"')
    assert "The threat flower: Complex 1" in text_of(leaves)
    assert "3 people, no names" in text_of(stays)
    assert "3 events, no names" in text_of(stays)
    for category in PICTURES:
        assert f"/cases/{sides.case}/refer/pictures#{category}" in page
    assert sides.refer("threat")
    assert len(pictures(at(sides.taipei).get("/referrals").text)) == 0


def test_what_could_give_a_family_away_is_said_where_it_is_shown(sides: Sides) -> None:
    """Without names its shape may still be known to somebody; more than fits is said to stay."""
    page = text_of(at(sides.berlin).get(f"/cases/{sides.case}/refer/pictures").text)
    assert "may recognise it" in page
    assert "earliest stay" not in page
    many = "".join(f'  - {{when: "{1950 + n % 70}", text: "{"ก" * 290}"}}\n' for n in range(120))
    case = sides.berlin.case(CASE + "events:\n" + many)
    page = text_of(at(sides.berlin).get(f"/cases/{case}/refer/pictures").text)
    assert re.search(r"the \d+ earliest stay here", page)
    assert "no picture" in text_of(
        at(sides.berlin).get(f"/cases/{sides.berlin.case(BARE)}/refer/pictures").text
    )


BARE = "target_group: thai_abroad\nchannel: line\n"


def test_an_accepted_referral_becomes_a_case_with_the_same_pictures(sides: Sides) -> None:
    """People, ties and events with how they belong together; the mother who was named too is there once."""
    reference = sides.refer(*PICTURES, "family")
    at(sides.taipei).post(f"/referrals/{reference}/accept")
    (case,) = sides.taipei.rows(Case)
    people = {one.key: one for one in sides.taipei.rows(Person)}
    assert {one.relation for one in people.values()} == {"", "สามี", "มารดา"}
    assert people["g2"].name_thai == "แดง ตัวอย่าง"
    assert people["g2"].birth_date == "1950"
    assert sorted((one.one, one.other, one.kind) for one in sides.taipei.rows(Tie)) == [
        ("g2", "client", "birth"),
        ("g3", "client", "married"),
        ("g3", "client", "violent"),
    ]
    links = {one.key: (one.after, one.led_to) for one in sides.taipei.rows(Event) if one.key[0] == "t"}
    assert sorted(links.values()) == [("", ["t2"]), ("t1", [])]
    assert at(sides.taipei).get(f"/cases/{case.code}").status_code == 200


def test_an_answer_may_take_a_picture_along_and_it_is_drawn_there(sides: Sides) -> None:
    """What an answer would add can be seen as they will see it, and arrives as a picture."""
    reference = sides.refer("threat")
    at(sides.taipei).post(f"/referrals/{reference}/accept")
    at(sides.taipei).post(f"/referrals/{reference}/ask", {"text": "ในบ้านมีใครบ้าง"})
    sides.network.sync_all()
    form = at(sides.berlin).get(f"/referrals/{reference}/answer").text
    assert f"/cases/{sides.case}/refer/pictures#threat" in form
    assert "genogram" not in form  # (the terms of this referral cover what was ticked alone)
    at(sides.berlin).post(f"/referrals/{reference}/answer", {"text": "ตามภาพ", "give": ["threat"]})
    sides.network.sync_all()
    assert len(pictures(at(sides.taipei).get(f"/referrals/{reference}").text)) == 2
