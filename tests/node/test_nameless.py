"""A family and a life as they leave: drawn by who receives them, with nobody's name. Rule M9."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from songtor_node.cases.models import Case, Event, Person, Tie
from songtor_node.cases.nameless import genogram, timeline
from songtor_node.cases.record import CaseRecord
from songtor_proto.minimise.nameless import TIMELINE_BYTES, oversteps
from songtor_proto.wire.payload_pb2 import Facts, Genogram, LifeEvent

MADE: dict[str, Any] = {"case_id": 1, "by": "malee", "at": datetime(2026, 11, 20, tzinfo=UTC)}
CLIENT = Person(
    key="client", name_thai="นวล ตัวอย่าง", nickname="นวล", sex="female", birth_date="1988-04-13", **MADE
)
HUSBAND = Person(
    key="max",
    relation="สามี",
    name_latin="Max Beispiel",
    sex="male",
    danger=True,
    lives_with_client=True,
    **MADE,
)
MOTHER = Person(
    key="ma", relation="มารดา", name_thai="แดง ตัวอย่าง", birth_date="1950", death_date="1997-02", **MADE
)


def record(
    people: Sequence[Person] = (HUSBAND, MOTHER), ties: Sequence[Tie] = (), events: Sequence[Event] = ()
) -> CaseRecord:
    said: dict[str, Any] = dict.fromkeys(CaseRecord.__dataclass_fields__, ())
    case = Case(code="B-1", step="intake", target_group="", channel="line", by="malee", at=MADE["at"])
    said |= {"case": case, "client": CLIENT, "people": people, "ties": ties, "events": events}
    return CaseRecord(**said)


def tie(one: str, other: str, kind: str, since: str = "") -> Tie:
    return Tie(one=one, other=other, kind=kind, since=since, **MADE)


def event(key: str, **said: Any) -> Event:
    return Event(key=key, **{"when": "", "text": "x", **said}, **MADE)


def lived(*events: Event, people: Sequence[Person] = (HUSBAND, MOTHER)) -> list[LifeEvent]:
    return timeline(record(people, events=events))


def drawn(people: Sequence[Person] = (HUSBAND, MOTHER), ties: Sequence[Tie] = ()) -> Genogram:
    said = genogram(record(people, ties))
    assert said is not None
    assert [*oversteps(Facts(genogram=said))] == []
    return said


def test_a_genogram_has_everybody_and_nobodys_name() -> None:
    """M9: sex, years, household and ties; no name, no word of a person's, no key, no whole date."""
    ties = [tie("ma", "client", "birth"), tie("client", "max", "married", since="2015-06-01")]
    said = drawn(ties=ties)
    text = str(said) + said.SerializeToString().decode("latin1")
    for hidden in ("นวล", "Max", "แดง", "สามี", "มารดา", "max", "ma\n", "04-13", "06-01"):
        assert hidden not in text
    client, mother, husband = said.people
    assert (client.id, client.index, client.birth_year, client.in_household) == (1, True, "1988", True)
    assert (mother.birth_year, mother.death_year, mother.deceased) == ("1950", "1997", True)
    assert (husband.sex, husband.in_household, husband.deceased) == ("male", True, False)
    assert [(getattr(one, "from"), one.to, one.kind, one.since_year) for one in said.ties] == [
        (mother.id, client.id, "birth", ""),
        (client.id, husband.id, "married", "2015"),
    ]


def test_numbers_in_a_genogram_do_not_tell_the_order_of_writing() -> None:
    """M9: they follow what the message says anyway."""
    assert drawn([HUSBAND, MOTHER]) == drawn([MOTHER, HUSBAND])


def test_who_is_the_danger_stands_in_the_genogram_with_their_ties() -> None:
    """C6: the recipient is warned by what is drawn; there is no way to reach anybody in it."""
    said = drawn(ties=[tie("max", "client", "violent")])
    assert [one.kind for one in said.ties] == ["violent"]


def test_a_tie_to_somebody_who_was_taken_out_stays_behind() -> None:
    """M9: a tie joins two people of the picture."""
    assert not drawn(ties=[tie("gone", "client", "close")]).ties


def test_of_too_many_bonds_some_stay_behind_and_no_kin() -> None:
    """M9: who is whose mother comes first."""
    said = drawn(ties=[*[tie("max", "client", "close")] * 150, tie("ma", "client", "birth")])
    assert [one.kind for one in said.ties] == ["birth", *["close"] * 100]


def test_a_client_alone_has_no_genogram() -> None:
    """M4: then it is not known, and is said so where it is needed."""
    assert genogram(record([])) is None


def test_of_too_many_people_those_farthest_from_the_client_stay_behind() -> None:
    """M9: four hundred relatives in a line, and a circle of parents: the nearest leave."""
    people = [Person(key=f"p{n}", relation="ญาติ", birth_date=str(1600 + n), **MADE) for n in range(400)]
    ties = [tie("client", "p0", "birth"), *(tie(f"p{n}", f"p{(n + 1) % 400}", "birth") for n in range(400))]
    said = drawn(people, ties)
    assert len(said.people) == 300
    years = {int(one.birth_year) - 1600 for one in said.people if not one.index}
    assert years == {*range(150), *range(251, 400)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("นวลแต่งงานกับ Max", "…แต่งงานกับ สามี"),
        ("max beispiel ทำร้ายนวล", "สามี ทำร้าย…"),
        ("แม่แดง ตัวอย่างเสียชีวิต", "แม่มารดาเสียชีวิต"),
        ("ย้ายไปเบอร์ลิน", "ย้ายไปเบอร์ลิน"),
    ],
)
def test_names_in_what_happened_give_way_to_who_they_are(text: str, said: str) -> None:
    """M9: by all names of everybody in the case, nicknames too; in the theme as well."""
    (one,) = lived(event("e1", when="2015", text=text, theme=text))
    assert (one.text, one.theme) == (said, said)


def test_a_date_of_birth_leaves_as_a_year() -> None:
    """M9: it is a fact of its own, with a consent of its own; other dates leave as they are."""
    said = lived(
        event("e1", when="1988-04-13", text="เกิด"),
        event("e2", when="1988-04~", until="1988-04-13", text="ตั้งครรภ์"),
        event("e3", when="2015-06-01", until="..", text="แต่งงาน"),
    )
    assert [one.when for one in said] == ["1988", "1988/1988", "2015-06-01/.."]


def test_how_events_belong_together_leaves_as_numbers_of_the_message() -> None:
    """M9: only what is named by another has a number; a link to what was taken out stays behind."""
    first, second, third = lived(
        event("e7", when="2015", led_to=["e9", "gone"]),
        event("e9", after="e7", before="gone"),
        event("e12", when="2020"),
    )
    assert (first.id, second.id, third.id) == (1, 2, 0)
    assert (list(first.led_to), second.after, second.before) == ([2], 1, 0)


def test_of_too_many_events_the_earliest_stay_behind() -> None:
    """M9, E5: the timeline fits into an envelope with the rest, and keeps its own bounds."""
    many = [
        event(f"e{n}", when=f"{1900 + n // 10}", text="ก" * 300, led_to=[f"e{n - 1}"]) for n in range(700)
    ]
    said = lived(*many)
    facts = Facts(timeline=said)
    assert 0 < len(said) < 500
    assert facts.ByteSize() <= TIMELINE_BYTES
    assert said[-1].when == "1969"
    assert [*oversteps(facts)] == []
    short = lived(*(event(f"e{n}", when="1999", text="ก") for n in range(700)))
    assert len(short) == 500


def test_long_words_are_cut_where_names_make_them_longer() -> None:
    """M9: two letters become a long word; what leaves keeps its bounds."""
    cousin = Person(key="p9", relation="ญ" * 300, nickname="โบ", **MADE)
    said = lived(event("e1", when="2015", text="ไป โบ " * 50), people=[cousin])
    assert len(said[0].text) == 1000
    assert [*oversteps(Facts(timeline=said))] == []
