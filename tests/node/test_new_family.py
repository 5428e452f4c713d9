"""A case made of a referral has its family, ties and events, so that its own pictures show the same."""

from __future__ import annotations

from google.protobuf.json_format import ParseDict

from songtor_node.referrals.new_case import case_file
from songtor_proto.wire.payload_pb2 import Facts, Referral

DRAWN = {
    "people": [
        {"id": 1, "sex": "female", "birth_year": "1988", "index": True, "in_household": True},
        {"id": 2, "sex": "female", "birth_year": "1950", "death_year": "1997", "deceased": True},
        {"id": 3, "sex": "male", "in_household": True},
        {"id": 4, "sex": "female", "birth_year": "2015"},
        {"id": 5, "sex": "female", "birth_year": "2017"},
        {"id": 6, "sex": "from_a_newer_list", "born": "miscarriage"},
    ],
    "ties": [
        {"from": 2, "to": 1, "kind": "birth"},
        {"from": 1, "to": 3, "kind": "married", "since_year": "2015"},
        {"from": 3, "to": 1, "kind": "violent"},
        {"from": 1, "to": 4, "kind": "birth"},
        {"from": 1, "to": 5, "kind": "birth"},
        {"from": 1, "to": 6, "kind": "of_a_newer_list"},
    ],
}


def test_whom_a_genogram_draws_becomes_the_cases_people_and_ties() -> None:
    """Who they are to the client is told by the ties; a tie of the future is left out, its people are not."""
    case = case_file(Referral(facts=ParseDict({"genogram": DRAWN}, Facts())))
    assert [(one.key, one.relation, one.birth_date) for one in case.people] == [
        ("g2", "มารดา", "1950"),
        ("g3", "สามี", ""),
        ("g4", "บุตรสาว คนที่ 1", "2015"),
        ("g5", "บุตรสาว คนที่ 2", "2017"),
        ("g6", "คนที่ 6", ""),
    ]
    mother, husband, *_, lost = case.people
    assert (mother.deceased, mother.death_date, mother.sex) == (True, "1997", "female")
    assert (husband.lives_with_client, lost.born, lost.sex) == (True, "miscarriage", "unknown")
    assert [(tie.one, tie.other, tie.kind, tie.since) for tie in case.ties] == [
        ("g2", "client", "birth", ""),
        ("client", "g3", "married", "2015"),
        ("g3", "client", "violent", ""),
        ("client", "g4", "birth", ""),
        ("client", "g5", "birth", ""),
    ]


def test_the_clients_year_of_birth_that_was_drawn_is_in_the_case() -> None:
    """A date that was told besides it counts more."""
    drawn = case_file(Referral(facts=ParseDict({"genogram": DRAWN}, Facts())))
    told = case_file(Referral(facts=ParseDict({"genogram": DRAWN, "birth_date": "1988-06-09"}, Facts())))
    assert [one.client.birth_date for one in (drawn, told)] == ["1988", "1988-06-09"]


def test_somebody_named_and_drawn_is_one_person_where_there_is_no_doubt() -> None:
    """One mother is one mother; of two daughters nobody knows which the named one is."""
    family = [
        {"relation": "มารดา", "name": "แดง ตัวอย่าง", "guardian": True, "lives_with_client": True},
        {"relation": "บุตรสาว", "name": "ฟ้า ตัวอย่าง"},
    ]
    case = case_file(Referral(facts=ParseDict({"genogram": DRAWN, "family": family}, Facts())))
    assert len(case.people) == 6
    mother = case.people[0]
    assert (mother.key, mother.name_thai, mother.guardian) == ("g2", "แดง ตัวอย่าง", True)
    assert (mother.birth_date, mother.lives_with_client) == ("1950", True)
    daughters = [(one.name_thai, one.relation) for one in case.people if "บุตรสาว" in one.relation]
    assert daughters == [("ฟ้า ตัวอย่าง", "บุตรสาว"), ("", "บุตรสาว คนที่ 1"), ("", "บุตรสาว คนที่ 2")]


def test_events_keep_how_they_belong_together() -> None:
    """Their numbers become keys; a text too long for a line is cut, not lost."""
    events = [
        {"id": 1, "when": "2019~/..", "text": "ย้ายมา", "led_to": [2]},
        {"id": 2, "after": 1, "text": "ก" * 1000, "theme": "งาน"},
        {"when": "2020", "text": "ตกงาน"},
    ]
    first, second, third = case_file(Referral(facts=ParseDict({"timeline": events}, Facts()))).events
    assert (first.key, first.when, first.until, first.led_to) == ("t1", "2019~", "..", ("t2",))
    assert (second.after, len(second.text), second.text[-1]) == ("t1", 300, "…")
    assert (third.key, third.text) == ("", "ตกงาน")


def test_an_event_whose_end_comes_before_its_beginning_is_taken_without_the_end() -> None:
    """The event itself is not lost."""
    events = [{"id": 1, "when": "1987/1977", "text": "ทำงาน"}]
    (event,) = case_file(Referral(facts=ParseDict({"timeline": events}, Facts()))).events
    assert (event.when, event.until) == ("1987", "")
