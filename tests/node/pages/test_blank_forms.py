"""Blank forms: printed with codes, filled in on paper, typed in once in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from httpx2 import Response
from sqlmodel import select

from songtor_node.cases.blanks import Blank
from songtor_node.cases.models import Case, Person
from songtor_node.cases.record import read_record
from songtor_node.consents.models import Consent, Talk
from songtor_node.store.base import Setting
from songtor_node.store.engine import reading
from songtor_node.web.case import intake_on_paper
from songtor_node.web.talk.on_paper import ASKS as ON_PAPER
from songtor_proto.address import Address
from songtor_proto.vocabulary import policy, vocabulary
from tests.support.casework import Desk, desk
from tests.support.talks import CHILD, case_of, say
from tests.support.visitor import Visitor, visitor

PURPOSE = "domestic_violence"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        yield made


def printed(who: Visitor, **said: str) -> list[str]:
    """The codes of new blank forms."""
    answer = who.post("/blank-forms", {"kind": "intake", "language": "en", "count": "1", **said})
    page = who.get(answer.headers["location"])
    return list(dict.fromkeys(re.findall(r"F-[0-9A-Z]{5}", page.text)))


def text_of(who: Visitor, code: str) -> list[str]:
    """Page by page."""
    answer = who.get(f"/blank-forms/{code}/sheets.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(answer.content)).pages]


def test_each_sheet_has_a_code_of_its_own(place: Desk) -> None:
    """Printed large, and in the foot of each of its pages."""
    codes = printed(place.malee, count="3")
    pages = text_of(place.malee, codes[0])
    assert len(codes) == 3
    assert [sum(code in page for page in pages) for code in codes] == [len(pages) // 3] * 3
    assert sum("Page 1/" in page for page in pages) == 3


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_intake_form_has_room_for_a_story_on_three_pages(place: Desk, lang: str) -> None:
    """The last of them is not for a signature alone."""
    (code,) = printed(place.malee, language=lang)
    pages = text_of(place.malee, code)
    assert len(pages) == 3
    assert "20. " in pages[2]


@pytest.mark.parametrize("lang", ["th", "en"])
def test_paper_and_screen_ask_the_same_in_the_same_order(place: Desk, lang: str) -> None:
    """Number by number, word by word."""
    (code,) = printed(place.malee, language=lang)
    screen = visitor(place.node, "malee", lang).get(f"/type-in/{code}").text
    shown = re.findall(r"<(?:legend|label)[^>]*>(\d+\. [^<]+)<", screen)
    shown += re.findall(r"<span>(\d+\. [^<]+)</span>", screen)
    paper = "".join("".join(text_of(place.malee, code)).split())
    assert len(shown) == len(intake_on_paper.ASKS)
    places = [
        paper.index("".join(one.split())) for one in sorted(shown, key=lambda said: int(said.split(".")[0]))
    ]
    assert places == sorted(places)


def test_what_is_typed_in_becomes_a_case(place: Desk) -> None:
    """With who it is, how to reach them, who must not know; what stayed empty stays empty."""
    (code,) = printed(place.malee)
    answer = place.malee.post(
        f"/type-in/{code}",
        {
            "channel": "walk_in",
            "client_nickname": "ดาวเรือง",
            "client_birth_date.year": "2531",
            "client_contacts_channel": "temple",
            "client_contacts_safe": "Sundays",
            "home_must_not_know": "สามี",
            "home_must_not_know_at_home": "true",
            "narrative": "ถูกขังไว้ในบ้าน",
            "request_text": "กลับบ้าน",
            "request_kinds": "protection",
        },
    )
    made = re.match(r"/cases/(C-\w+)/papers", answer.headers["location"])
    assert made
    with reading(place.node.engine) as session:
        record = read_record(session, session.exec(select(Case).where(Case.code == made[1])).one())
        assert record.client.nickname == "ดาวเรือง"
        assert record.client.birth_date == "1988"
        assert record.client.contacts[0]["safe"] == "Sundays"
        assert [(one.relation, one.danger, one.lives_with_client) for one in record.people] == [
            ("สามี", True, True)
        ]
        assert record.case.narrative == "ถูกขังไว้ในบ้าน"
        assert record.case.request["kinds"] == ["protection"]
        assert record.case.referrer == ""


def test_an_empty_form_is_a_case_too(place: Desk) -> None:
    """Nothing must be filled."""
    (code,) = printed(place.malee)
    assert place.malee.post(f"/type-in/{code}").status_code == 303


def test_a_wrong_answer_comes_back_at_its_field_and_makes_no_case(place: Desk) -> None:
    """With what was typed; the form stays good."""
    (code,) = printed(place.malee)
    answer = place.malee.post(
        f"/type-in/{code}", {"client_nickname": "ดาวเรือง", "client_birth_date.year": "31"}
    )
    assert answer.status_code == 422
    assert 'href="#f-client_birth_date"' in answer.text
    assert "ดาวเรือง" in answer.text
    contact = place.malee.post(f"/type-in/{code}", {"client_contacts_value": "080"})
    assert 'href="#f-client_contacts_channel"' in contact.text
    with reading(place.node.engine) as session:
        assert len(session.exec(select(Case)).all()) == 1
        assert session.exec(select(Blank)).one().used_at is None


def test_two_who_type_in_one_sheet_lose_nothing(place: Desk) -> None:
    """The second is shown all that they typed, from their draft too."""
    (code,) = printed(place.malee)
    path = f"/type-in/{code}"
    place.anong.post("/draft", {"form": path, "narrative": "On the back"})
    assert place.malee.post(path, {"narrative": "In short"}).status_code == 303
    assert "On the back" in place.anong.get(path).text
    answer = place.anong.post(path, {"narrative": "On the back, and more", "was.narrative": "0"})
    assert answer.status_code == 409
    assert "<bdi>On the back, and more</bdi>" in answer.text


def test_a_form_is_typed_in_once_and_says_what_it_became(place: Desk) -> None:
    """To who may see that case; to others only that it was."""
    (code,) = printed(place.malee)
    place.malee.post(f"/type-in/{code}", {"client_nickname": "ดาวเรือง"})
    again = place.malee.post(f"/type-in/{code}", {"client_nickname": "มะลิ"})
    assert again.status_code == 409
    with reading(place.node.engine) as session:
        case = session.exec(select(Case).join(Blank)).one().code
        assert [one.nickname for one in session.exec(select(Person)) if one.nickname] == ["ดาวเรือง"]
    assert case in place.malee.get(f"/type-in/{code}").text
    other = visitor(place.node, "somsri").get(f"/type-in/{code}")
    assert other.status_code == 200
    assert case not in other.text


@pytest.mark.parametrize("said", ["{0}", "{1}", " {1} ", "f {1}", "{2}"])
def test_a_code_is_read_as_people_write_it(place: Desk, said: str) -> None:
    """Without its letter, small, with an O for a nought."""
    (code,) = printed(place.malee)
    typed = said.format(code, code[2:].lower(), code[2:].replace("0", "O").replace("1", "I"))
    assert place.malee.post("/type-in", {"code": typed}).headers["location"] == f"/type-in/{code}"


@pytest.mark.parametrize("said", ["", "F-", "F-0000", "F-00000", "' OR 1=1", "F-000000000000"])
def test_a_code_of_nothing_is_said_kindly(place: Desk, said: str) -> None:
    """At its field."""
    answer = place.malee.post("/type-in", {"code": said})
    assert answer.status_code == 422
    assert 'href="#f-code"' in answer.text


@pytest.mark.parametrize("count", ["0", "21", "-1", "x", "", "1e3"])
def test_how_many_is_bounded(place: Desk, count: str) -> None:
    """One to twenty; the error stands at the field."""
    answer = place.malee.post("/blank-forms", {"kind": "intake", "language": "th", "count": count})
    assert answer.status_code == 422
    assert 'href="#f-count"' in answer.text


def test_without_a_seat_there_is_no_consent_to_print(place: Desk) -> None:
    """No country's law is known yet."""
    with place.session() as session:
        session.delete(session.get_one(Setting, "seat"))
    assert 'value="consent"' not in place.malee.get("/blank-forms").text
    said = {"kind": "consent", "purpose": PURPOSE, "language": "th", "count": "1"}
    assert place.malee.post("/blank-forms", said).status_code == 422


def test_a_consent_form_is_printed_for_a_purpose(place: Desk) -> None:
    """Without one it is asked for."""
    answer = place.malee.post("/blank-forms", {"kind": "consent", "language": "th", "count": "1"})
    assert answer.status_code == 422
    assert 'href="#f-purpose"' in answer.text


def test_what_is_agreed_to_stands_where_it_is_signed(place: Desk) -> None:
    """What for, to whom, what may follow and the rights are on the signature's page."""
    (code,) = printed(place.malee, kind="consent", purpose=PURPOSE)
    (signed,) = [" ".join(page.split()) for page in text_of(place.malee, code) if "Witness" in page]
    assert policy().purposes[PURPOSE].label("en") in signed
    assert "Only those ticked at 3 are told (" in signed
    assert vocabulary().desk(Address.parse("TH-00/dwf")).label("en") in signed
    for words in ("What may follow", "You may say no"):
        assert words in signed


def on_paper(who: Visitor, /, **said: Any) -> tuple[str, Response]:
    """A consent form as it was filled in, typed in."""
    (blank,) = printed(who, kind="consent", purpose=PURPOSE)
    ticks = {"recipients": ["TH-00/dwf"], "told": ["demographics", "place", "health", "religion"]}
    filled = {"who": "client", "days": "30", "sight": "no", **ticks, **said}
    return blank, who.post(f"/type-in/{blank}", filled)


def test_a_consent_on_paper_becomes_a_conversation_that_ends_with_the_sheet(place: Desk) -> None:
    """What was ticked is answered, and nothing that the purpose does not allow; then the photograph."""
    case = case_of(place.node)
    blank, answer = on_paper(place.malee, case=case.lower())
    talk = answer.headers["location"]
    assert talk.startswith(f"/cases/{case}/consents/")
    assert place.malee.get(talk).headers["location"] == f"{talk}/check"
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', place.malee.get(f"{talk}/check").text)
    assert seen
    assert say(place.malee, talk, "check", how="paper", seen=seen[1]) == "paper"
    assert say(place.malee, talk, "paper", paper_kept="binder 3").startswith("thanks")
    with place.session() as session:
        consent = session.exec(select(Consent)).one()
        assert consent.record["event"]["kept"] == "binder 3"
        assert consent.recipients == ["TH-00/dwf"]
        assert {"demographics", "place", "health"} <= set(consent.categories)
        assert "religion" not in consent.categories
        assert (consent.expires_at - consent.given_at).days in (30, 31)
        assert consent.record["pii_processing"]["language"] == "en"
        assert session.get_one(Blank, blank).case_id == consent.case_id


def test_the_paper_asks_what_the_screen_asks_and_says_what_may_follow(place: Desk) -> None:
    """Case, who decides, whom, what, how long, the embassy; and that all of it may be refused."""
    (blank,) = printed(place.malee, kind="consent", purpose=PURPOSE)
    paper = " ".join(text_of(place.malee, blank))
    screen = place.malee.get(f"/type-in/{blank}").text
    for number, ask in enumerate(ON_PAPER, 1):
        assert re.search(rf"\b{number}\. ", paper), ask.name
        assert re.search(rf">{number}\. ", screen), ask.name
    assert paper.index("1. Case code") < paper.index("2. Who decides?") < paper.index("6. May an embassy")
    assert "Signature" in paper
    assert "withdraw" in paper


def test_whose_guardian_decides_is_asked_on_the_screen(place: Desk) -> None:
    """The paper cannot know how the case names them; a child decides for nobody."""
    child = case_of(place.node, CHILD)
    for who in ("guardian", "client"):
        _, answer = on_paper(place.malee, case=child, who=who)
        talk = answer.headers["location"]
        assert place.malee.get(talk).headers["location"] == f"{talk}/who"


def test_of_a_consent_on_paper_only_the_first_two_are_needed(place: Desk) -> None:
    """As the page says: whose it is and who decides; the rest is asked on its screens."""
    blank, answer = on_paper(place.malee, case=case_of(place.node), who="")
    assert 'href="#f-who"' in answer.text
    assert "1 and 2 are needed" in place.malee.get(f"/type-in/{blank}").text
    empty = dict.fromkeys(("recipients", "told", "days", "sight"), "")
    assert on_paper(place.malee, case=case_of(place.node), **empty)[1].status_code == 303


def test_a_consent_form_without_its_case_is_asked_for_it(place: Desk) -> None:
    """Or with one that is not here, or not theirs; it may still be typed in after that."""
    somsri = visitor(place.node, "somsri", "en")
    assert 'href="#f-case"' in on_paper(place.malee)[1].text
    assert 'href="#f-case"' in on_paper(place.malee, case="C-00000")[1].text
    assert on_paper(somsri, case=place.code)[1].status_code == 403
    with place.session() as session:
        assert not [one for one in session.exec(select(Blank)) if one.used_at]
        assert not session.exec(select(Talk)).all()
