"""The conversation about a consent: its screens, what is kept of it, how it ends. Rules C1 to C10."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from songtor_node.bootstrap import Node
from songtor_node.cases.models import Look, Person
from songtor_node.cases.papers import Paper
from songtor_node.consents.models import Consent, Talk
from songtor_node.store.engine import reading
from tests.support.node import NOW, new_node
from tests.support.talks import ADULT, CHILD, begin, case_of, png, say, to_check
from tests.support.visitor import Visitor, visitor


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee")


def consent(node: Node) -> Consent:
    with reading(node.engine) as session:
        return session.exec(select(Consent)).one()


def test_an_adult_signs_with_a_finger_and_the_very_text_is_kept(node: Node, malee: Visitor) -> None:
    """From the first question to the signature, which is a paper of the case."""
    talk = begin(malee, case_of(node))
    seen = to_check(malee, talk)
    assert say(malee, talk, "check", seen=seen, how="sign") == "sign"
    assert "signature_pad" in malee.get(f"{talk}/sign").text
    assert say(malee, talk, "sign", signature=png()) == "thanks?done=consent_given"
    made = consent(node)
    assert (made.basis, made.purpose, made.recipients) == ("consent", "domestic_violence", ["TH-00/dwf"])
    assert made.categories == ["case_code", "demographics", "place", "problems", "request"]
    assert not made.liaison_sight
    shown = made.record["pii_processing"]["privacy_notice"]
    assert "18 ก.พ. 2570" in shown
    with reading(node.engine) as session:
        (paper,) = session.exec(select(Paper)).all()
    assert paper.kind == "signature"
    assert made.record["event"]["kept"] == f"papers/{paper.id}"


def test_nothing_is_ticked_before_the_client_ticks_it(node: Node, malee: Visitor) -> None:
    """Whoever is asked chooses each thing with their own finger: a tick that was there is no consent."""
    talk = begin(malee, case_of(node))
    say(malee, talk, "who", who="client")
    say(malee, talk, "purpose", purpose="domestic_violence")
    say(malee, talk, "recipients", recipients=["TH-00/dwf"])
    say(malee, talk, "phone", phone="read", language="th")
    page = malee.get(f"{talk}/told").text
    ticked = set(re.findall(r'name="told" value="([a-z_]+)" checked', page))
    assert ticked == set()
    assert {"place", "problems", "contact", "name", "narrative"} <= set(
        re.findall(r'name="told" value="([a-z_]+)"', page)
    )
    assert "สิ่งที่บอกทุกครั้ง" in page
    assert "นวล ตัวอย่าง" in page
    assert "birth_date" not in page


def test_one_tap_agrees_to_all_that_is_needed_and_to_nothing_else(node: Node, malee: Visitor) -> None:
    """Whoever wants to tell all that the recipient needs says so once; Enter alone only goes on."""
    talk = begin(malee, case_of(node))
    say(malee, talk, "who", who="client")
    say(malee, talk, "purpose", purpose="domestic_violence")
    say(malee, talk, "recipients", recipients=["TH-00/dwf"])
    say(malee, talk, "phone", phone="read", language="th")
    page = malee.get(f"{talk}/told").text
    assert page.index('<button class="go">') < page.index('name="all"')
    say(malee, talk, "told", all="needed")
    page = malee.get(f"{talk}/told").text
    ticked = set(re.findall(r'name="told" value="([a-z_]+)" checked', page))
    assert {"place", "problems"} <= ticked
    assert "name" not in ticked
    assert "narrative" not in ticked


def test_to_tell_nothing_is_asked_once_more(node: Node, malee: Visitor) -> None:
    """A screen that is only passed by tells nobody's will; whoever means it says so with one tap."""
    talk = begin(malee, case_of(node))
    say(malee, talk, "who", who="client")
    say(malee, talk, "purpose", purpose="domestic_violence")
    say(malee, talk, "recipients", recipients=["TH-00/dwf"])
    say(malee, talk, "phone", phone="read", language="th")
    answer = malee.post(f"{talk}/told", {})
    assert answer.status_code == 422
    assert "ไม่ให้บอกอะไรนอกจากสิ่งที่บอกทุกครั้งใช่ไหม" in answer.text
    assert 'name="nothing" value="yes"' in answer.text
    assert 'name="nothing"' not in malee.get(f"{talk}/told").text
    assert say(malee, talk, "told", nothing="yes") == "days"


def test_with_no_problem_noted_every_purpose_stands_there(node: Node, malee: Visitor) -> None:
    """In one list, under no heading that calls them others."""
    talk = begin(malee, case_of(node, {**ADULT, "problems": []}))
    say(malee, talk, "who", who="client")
    page = malee.get(f"{talk}/purpose").text
    assert "เรื่องอื่น ๆ" not in page
    assert page.count('name="purpose"') > 10


def test_it_is_left_and_taken_up_again(node: Node, malee: Visitor) -> None:
    """Every answer is kept as it is given; the list leads back to the next question."""
    case = case_of(node)
    talk = begin(malee, case)
    say(malee, talk, "who", who="client")
    say(malee, talk, "purpose", purpose="domestic_violence")
    again = visitor(node, "anong")
    assert talk in again.get(f"/cases/{case}/consents").text
    assert again.get(talk).headers["location"] == f"{talk}/recipients"


def test_it_speaks_the_clients_language_not_the_workers(node: Node) -> None:
    """Thai to a Thai client while the worker reads English, and the other way round."""
    malee = visitor(node, "malee", lang="en")
    talk = begin(malee, case_of(node))
    to_check(malee, talk)
    assert "Who decides?" in malee.get(f"{talk}/who").text
    assert "สิ่งที่อาจตามมา" in malee.get(f"{talk}/follow").text
    assert malee.post(f"{talk}/follow", {"speak": "en"}).headers["location"] == f"{talk}/follow"
    assert "What may follow" in malee.get(f"{talk}/follow").text
    assert "We ask your permission" in malee.get(f"{talk}/check").text


def test_the_text_is_agreed_to_as_it_was_read(node: Node, malee: Visitor) -> None:
    """If it has changed since, it is read again first."""
    talk = begin(malee, case_of(node))
    seen = to_check(malee, talk)
    say(malee, talk, "days", days="7")
    answer = malee.post(f"{talk}/check", {"seen": seen, "how": "sign"})
    assert answer.status_code == 422
    assert "อ่านอีกครั้ง" in answer.text


def test_a_no_is_kept_and_nothing_comes_of_it(node: Node, malee: Visitor) -> None:
    """A refusal is recorded, not hidden."""
    case = case_of(node)
    talk = begin(malee, case)
    seen = to_check(malee, talk)
    assert say(malee, talk, "check", seen=seen, how="no") == "refused"
    assert "ไม่เป็นไร" in malee.get(f"{talk}/refused").text
    assert "ไม่ตกลง" in malee.get(f"/cases/{case}/consents").text
    with reading(node.engine) as session:
        assert session.exec(select(Consent)).first() is None
        assert session.exec(select(Talk)).one().refused_at == NOW


def test_spoken_needs_a_witness_who_is_not_the_danger(node: Node, malee: Visitor) -> None:
    """Without a script and without a pen it works all the same."""
    talk = begin(malee, case_of(node))
    seen = to_check(malee, talk)
    assert say(malee, talk, "check", seen=seen, how="spoken") == "spoken"
    assert malee.post(f"{talk}/spoken", {"spoken_witness": ""}).status_code == 422
    assert malee.post(f"{talk}/spoken", {"spoken_witness": "Max Beispiel"}).status_code == 422
    assert say(malee, talk, "spoken", spoken_witness="พระอาจารย์วัดไทย").startswith("thanks")
    event = consent(node).record["event"]
    assert (event["collection_method"], event["witness"]) == ("spoken", "พระอาจารย์วัดไทย")


def test_paper_is_kept_with_its_scan(node: Node, malee: Visitor) -> None:
    """A photo of the signed sheet, or where it lies; not neither."""
    talk = begin(malee, case_of(node))
    seen = to_check(malee, talk)
    assert say(malee, talk, "check", seen=seen, how="paper") == "paper"
    assert "ลายเซ็น" in malee.get(f"{talk}/sheet").text
    assert malee.post(f"{talk}/paper", {"paper_kept": ""}).status_code == 422
    refused = malee.post(f"{talk}/paper", {}, files={"paper_scan": ("x.png", b"<html>", "image/png")})
    assert refused.status_code == 422
    picture = base64.b64decode(png().partition(",")[2])
    answer = malee.post(
        f"{talk}/paper", {"paper_kept": "แฟ้ม 3"}, files={"paper_scan": ("x.png", picture, "image/png")}
    )
    assert answer.status_code == 303
    assert consent(node).record["event"]["kept"].endswith(" · แฟ้ม 3")


@pytest.mark.parametrize(
    "signature", ["", "data:image/png;base64,%%%", "data:text/html;base64,PGh0bWw+", png()[:60]]
)
def test_what_is_no_signature_is_not_taken(node: Node, malee: Visitor, signature: str) -> None:
    """An empty frame, another type, a broken picture."""
    talk = begin(malee, case_of(node))
    say(malee, talk, "check", seen=to_check(malee, talk), how="sign")
    assert malee.post(f"{talk}/sign", {"signature": signature}).status_code == 422
    with reading(node.engine) as session:
        assert session.exec(select(Consent)).first() is None
        assert session.exec(select(Paper)).first() is None


def test_a_childs_guardian_is_asked_and_never_the_one_who_is_the_danger(node: Node, malee: Visitor) -> None:
    """C5, C6: the safe guardian alone is offered, and the child's own view is recorded."""
    talk = begin(malee, case_of(node, CHILD))
    page = malee.get(f"{talk}/who").text
    assert 'value="guardian:มารดา"' in page
    assert 'value="guardian:บิดาเลี้ยง"' not in page
    assert 'value="client"' not in page
    assert malee.post(f"{talk}/who", {"who": "guardian:บิดาเลี้ยง"}).status_code == 422
    assert say(malee, talk, "who", who="guardian:มารดา") == "child_view"
    assert malee.post(f"{talk}/child_view", {"child_view": " "}).status_code == 422
    assert say(malee, talk, "child_view", child_view="อยากอยู่กับแม่") == "purpose"


def test_an_age_nobody_knows_is_asked_and_no_child_consents_alone(node: Node, malee: Visitor) -> None:
    """C5: under the law's age the client's own consent is refused, with what to do."""
    talk = begin(malee, case_of(node, {"target_group": "thai_abroad", "channel": "line"}))
    assert say(malee, talk, "who", who="client") == "age"
    assert malee.post(f"{talk}/age", {"age": "17"}).status_code == 422
    assert malee.post(f"{talk}/age", {"age": "x"}).status_code == 422
    assert say(malee, talk, "age", age="18") == "purpose"


def test_purposes_and_desks_are_suggested_by_data(node: Node, malee: Visitor) -> None:
    """The first purpose fits the first problem; nobody who may not receive it is taken."""
    talk = begin(malee, case_of(node))
    say(malee, talk, "who", who="client")
    page = malee.get(f"{talk}/purpose").text
    assert re.search(r'name="purpose" value="domestic_violence" checked', page)
    say(malee, talk, "purpose", purpose="domestic_violence")
    page = malee.get(f"{talk}/recipients").text
    assert page.index('value="TH-00/dwf"') < page.index('value="TH-00/tsda"')
    assert not re.search(r'name="recipients" value="[^"]+" checked', page)
    assert malee.post(f"{talk}/recipients", {}).status_code == 422
    assert malee.post(f"{talk}/recipients", {"recipients": ["TH-00/dop"]}).status_code == 422
    assert malee.post(f"{talk}/recipients", {"recipients": [""]}).status_code == 422


def test_another_purpose_asks_anew_what_hung_on_the_first(node: Node, malee: Visitor) -> None:
    """No tick for one purpose is carried to another."""
    talk = begin(malee, case_of(node))
    to_check(malee, talk)
    assert say(malee, talk, "purpose", purpose="psychosocial") == "recipients"
    assert say(malee, talk, "recipients", recipients=["TH-00/tsda"]) == "phone"


def test_an_embassy_sees_what_the_client_lets_it(node: Node, malee: Visitor) -> None:
    """C10: no by default where it is sensitive; the client's choice counts."""
    talk = begin(malee, case_of(node))
    seen = to_check(malee, talk)
    assert re.search(r'name="sight" value="no" checked', malee.get(f"{talk}/sight").text)
    say(malee, talk, "sight", sight="yes")
    found = re.search(r'name="seen" value="([0-9a-f]+)"', malee.get(f"{talk}/check").text)
    assert found
    assert found[1] != seen
    say(malee, talk, "check", seen=found[1], how="spoken")
    say(malee, talk, "spoken", spoken_witness="ล่าม")
    assert consent(node).liaison_sight


def test_what_is_noted_as_unsafe_is_not_even_offered(node: Node, malee: Visitor) -> None:
    """Noted once, heeded here too."""
    unsafe = {**ADULT, "unsafe": [{"category": "place", "reason": "สามีตามหา"}]}
    talk = begin(malee, case_of(node, unsafe))
    say(malee, talk, "who", who="client")
    say(malee, talk, "purpose", purpose="domestic_violence")
    say(malee, talk, "recipients", recipients=["TH-00/dwf"])
    say(malee, talk, "phone", phone="read", language="th")
    assert 'name="told" value="place"' not in malee.get(f"{talk}/told").text
    assert malee.post(f"{talk}/told", {"told": ["place"]}).status_code == 422


def test_it_begins_with_whether_it_is_safe_now(node: Node, malee: Visitor) -> None:
    """The client's safe times and who must not know stand before the first question; not now is an answer."""
    case = case_of(node)
    page = malee.get(f"/cases/{case}/consents/new").text
    assert "เช้าวันธรรมดา" in page
    assert "สามี" in page
    later = malee.post(f"/cases/{case}/consents/new", {"safe": "no"}).headers["location"]
    assert "ไว้คุยเมื่อปลอดภัย" in malee.get(later).text
    with reading(node.engine) as session:
        assert session.exec(select(Talk)).first() is None
        assert session.exec(select(Look).where(Look.what == "consent safe")).first() is not None


def test_who_must_not_know_is_asked_before_anything_else(node: Node, malee: Visitor) -> None:
    """Where nobody is noted yet; it can be left empty; whoever is in the case already is noted there."""
    people = [{"relation": "สามี", "guardian": False}]
    case = case_of(node, {**ADULT, "people": people, "client": {**ADULT["client"], "contacts": [
        {"channel": "phone", "value": "080-000-0101", "safe": "10 โมง"}]}})  # fmt: skip
    path = f"/cases/{case}/consents/new"
    page = malee.get(path).text
    assert 'name="must_not_know"' in page
    assert "โทรศัพท์: <bdi>10 โมง" in page
    refused = malee.post(path, {"safe": "yes", "must_not_know": "x" * 5000})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    answer = malee.post(path, {"safe": "yes", "must_not_know": " สามี ", "must_not_know_at_home": "true"})
    assert answer.headers["location"].endswith("/who")
    page = malee.get(path).text
    assert "คนนี้ต้องไม่รู้เรื่องนี้: สามี และอยู่บ้านเดียวกับผู้รับบริการ" in page
    assert 'name="must_not_know"' not in page
    with reading(node.engine) as session:
        (one,) = session.exec(select(Person).where(Person.relation != "")).all()
    assert (one.danger, one.lives_with_client) == (True, True)


def test_a_talk_that_ended_is_not_changed(node: Node, malee: Visitor) -> None:
    """Nor is it given twice."""
    talk = begin(malee, case_of(node))
    say(malee, talk, "check", seen=to_check(malee, talk), how="spoken")
    say(malee, talk, "spoken", spoken_witness="ล่าม")
    assert malee.post(f"{talk}/days", {"days": "7"}).status_code == 422
    assert malee.post(f"{talk}/spoken", {"spoken_witness": "ล่าม"}).status_code == 422
    assert consent(node).code in malee.get(talk).headers["location"]


def test_the_talk_of_another_case_is_not_here(node: Node, malee: Visitor) -> None:
    """A number from elsewhere opens nothing."""
    talk = begin(malee, case_of(node))
    other = case_of(node, CHILD)
    assert malee.get(f"/cases/{other}/consents/{talk.rsplit('/', 1)[1]}/who").status_code == 404
    assert malee.get(f"{talk}/nowhere").status_code == 404


def test_two_workers_words_about_a_child_are_both_kept(node: Node, malee: Visitor) -> None:
    """Nobody's are written over: both stand there until a person has read them."""
    talk = begin(malee, case_of(node, CHILD))
    say(malee, talk, "who", who="guardian:มารดา")
    was = re.search(r'name="was.child_view" value="([0-9a-f]+)"', malee.get(f"{talk}/child_view").text)
    assert was
    marked = {"was.child_view": was[1]}
    anong = visitor(node, "anong")
    assert say(anong, talk, "child_view", child_view="อยากอยู่กับแม่", **marked) == "purpose"
    assert say(malee, talk, "child_view", child_view="กลัวพ่อเลี้ยง", **marked) == "child_view?done=both_kept"
    page = malee.get(f"{talk}/child_view").text
    assert "อยากอยู่กับแม่" in page
    assert "กลัวพ่อเลี้ยง" in page


def test_words_are_kept_as_they_are_typed(node: Node, malee: Visitor) -> None:
    """A dropped line loses nothing."""
    talk = begin(malee, case_of(node, CHILD))
    say(malee, talk, "who", who="guardian:มารดา")
    malee.post("/draft", {"form": f"{talk}/child_view", "child_view": "อยากอยู่กับ"})
    assert "อยากอยู่กับ" in malee.get(f"{talk}/child_view").text


def test_what_was_begun_and_leads_nowhere_is_dropped(node: Node, malee: Visitor) -> None:
    """From the list, though nothing was answered yet; a no stays."""
    case = case_of(node)
    talk = begin(malee, case)
    assert f'action="{talk}"' in malee.get(f"/cases/{case}/consents").text
    assert malee.post(talk).headers["location"] == f"/cases/{case}/consents?done=removed"
    assert malee.get(f"{talk}/who").status_code == 404
    other = begin(malee, case)
    say(malee, other, "check", seen=to_check(malee, other), how="no")
    assert malee.post(other).status_code == 400


def test_hostile_words_are_shown_as_words(node: Node, malee: Visitor) -> None:
    """Nothing that was typed into the case is run on the client's screen."""
    hostile = {**ADULT, "client": {**ADULT["client"], "name_thai": "<script>alert(1)</script>"}}
    talk = begin(malee, case_of(node, hostile))
    to_check(malee, talk)
    page = malee.get(f"{talk}/told").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
