"""A case's report, a consent's copy and a referral as sent, on paper: what stands in them, and what never
does."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from httpx2 import Response
from sqlmodel import select

from songtor_node.cases.models import Look
from songtor_node.cases.report import PARTS
from songtor_node.outreach.acts import Address, say_address
from songtor_node.web.pages.paper.report import PICTURES
from songtor_proto.vocabulary import policy
from tests.support.casework import Desk, desk
from tests.support.linked import LinkedNetwork, LinkedNode
from tests.support.visitor import visitor

ALL = "&".join(f"part={part}" for part in PARTS)
CASE: dict[str, Any] = {
    "client": {
        "name_thai": "นวล ตัวอย่าง",
        "name_latin": "Nuan Beispiel",
        "nickname": "น้ำตาล",
        "birth_date": "1988-04-13",
        "city": "เบอร์ลิน",
        "address": "Musterweg 7",
        "contacts": [{"channel": "phone", "value": "+49 30 1234567", "safe": "เช้าวันธรรมดา"}],
        "identity_numbers": [{"kind": "passport", "number": "AA1234567"}],
    },
    "people": [
        {"relation": "สามี", "name_latin": "Max Exempel", "danger": True, "lives_with_client": True},
        {"relation": "มารดา", "name_thai": "จันทร์ สมมติ"},
    ],
    "narrative": "คุณนวล ตัวอย่าง ถูก Max Exempel ขังไว้ โทรหาจันทร์ สมมติที่ 081-234-5678 หรือ +49 30 1234567",
    "request": {"text": "ขอกลับบ้านกับลูก", "kinds": ["protection"]},
    "health": {"mental": "น้ำตาลนอนไม่หลับ"},
    "problems": [{"code": "confinement", "note": "ถูกขังที่ Musterweg 7"}],
    "threats": [{"dimension": "health", "level": "yellow", "reason": "นวล ตัวอย่าง ผอมลง"}],
    "events": [{"when": "2019~", "text": "แต่งงานกับ Max Exempel"}],
    "goals": [{"dimension": "health", "text": "พานวล ตัวอย่าง ไปหาหมอ", "who": "จันทร์ สมมติ"}],
    "connections": [{"name": "บ้านจันทร์ สมมติ", "kind": "relative", "strength": "strong"}],
    "facts": [{"text": "หนังสือเดินทาง AA1234567 อยู่กับสามี", "source": "จันทร์ สมมติ"}],
    "notes": [{"text": "Nuan Beispiel เสียงสั่น"}],
}
NAMES = (
    "นวล", "ตัวอย่าง", "Nuan", "Beispiel", "น้ำตาล", "Max", "Exempel", "จันทร์", "สมมติ", "Musterweg", "1234567",
    "081-234-5678", "AA1234567",
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node", **CASE) as made:
        yield made


def text_of(answer: Response) -> str:
    """Without the spaces that lines and columns bring."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdf.PdfReader(BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_report_says_what_is_known(place: Desk, lang: str) -> None:
    """Every part that was chosen, in what people wrote word for word."""
    found = text_of(visitor(place.node, "malee", lang).get(place.path(f"/report.pdf?{ALL}&names=yes")))
    for words in (*NAMES, "ขอกลับบ้านกับลูก", "เช้าวันธรรมดา", "เสียงสั่น"):
        assert "".join(words.split()) in found, words


def test_without_names_nobody_is_named_and_nobody_can_be_reached(place: Desk) -> None:
    """Neither in a field nor in what people wrote; who they are to the client stands in its place."""
    found = text_of(place.malee.get(place.path(f"/report.pdf?{ALL}")))
    assert not [name for name in NAMES if name in found]
    for words in ("ผู้รับบริการ", "สามี", "มารดา", "ขังไว้", "ขอกลับบ้านกับลูก", "1988"):
        assert words in found, words
    assert "13Apr1988" not in found


def test_without_names_who_works_here_is_a_worker(tmp_path: Path) -> None:
    """In plan, help and journey, picture and words; with names, it is said who."""
    step = {"what": "Call school", "who": "malee"}
    said = {"goals": [{"dimension": "health", "text": "Sees a doctor", "who": "Anong", "steps": [step]}]}
    said["work"] = [
        {
            "when": "2026-11-10",
            "kind": "counselling",
            "practice_form": "protection",
            "who": "Malee, interpreter",
        }
    ]
    with desk(tmp_path / "node", **said) as at:
        path = at.path("/report.pdf?part=plan&part=help&picture=plan")
        named, hidden = text_of(at.malee.get(f"{path}&names=yes")), text_of(at.malee.get(path))
        assert "Anong" in named
        assert "Malee,interpreter" in named
        assert not [name for name in ("malee", "anong") if name in hidden.casefold()]
        assert "worker,interpreter" in hidden
        assert "Step1:Callschool·worker" in hidden


def test_only_the_parts_that_were_chosen_stand_in_it(place: Desk) -> None:
    """None is an empty sheet with the warning that always stands; an unknown one is nothing."""
    found = text_of(place.malee.get(place.path("/report.pdf?part=request&part=what")))
    assert "ขอกลับบ้านกับลูก" in found
    assert "ขังไว้" not in found
    assert "Mustnotlearnofthis:สามี" in text_of(place.malee.get(place.path("/report.pdf")))


def test_a_report_opens_in_the_browser_and_stays_nowhere(place: Desk) -> None:
    """Its name is the case's code; nothing of it is cached; each look is recorded."""
    answer = place.malee.get(place.path(f"/report.pdf?{ALL}"))
    assert answer.headers["content-disposition"] == f'inline; filename="{place.code}.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    with place.session() as session:
        assert "report" in session.exec(select(Look.what)).all()
    assert "Printed a report" in place.malee.get(place.path("/looks")).text


def test_a_case_says_where_to_print_it(place: Desk) -> None:
    """From its home to the choice, and from there to the file, without script."""
    assert f'href="{place.path("/report")}"' in place.malee.get(place.path("")).text
    page = place.malee.get(place.path("/report")).text
    assert f'action="{place.path("/report.pdf")}" hx-boost="false"' in page
    assert 'value="no" checked' in page  # names are hidden unless somebody chooses


def test_a_copy_of_a_consent_is_printed_only_once_it_was_found_safe(place: Desk) -> None:
    """By the same rule as on the screen."""
    code = LinkedNode(place.node, None).consent(place.code)
    path = f"/consents/{code}"
    assert place.malee.get(f"{path}/copy.pdf").headers["location"] == f"{path}/copy"
    place.malee.post(f"{path}/copy", {"person": "client", "safe": "no"})
    assert place.malee.get(f"{path}/copy.pdf").headers["location"] == f"{path}/copy"
    place.malee.post(f"{path}/copy", {"person": "client", "safe": "yes"})
    assert f'href="{path}/copy.pdf"' in place.malee.get(f"{path}/print").text
    found = text_of(place.malee.get(f"{path}/copy.pdf"))
    assert code in found
    assert "ถ้าเปลี่ยนใจ" in found  # in the client's own language, whatever the worker's
    assert "".join(str(CASE["client"]["name_thai"]).split()) not in found


def test_a_consents_copy_says_how_to_reach_the_house_once_that_was_said(place: Desk) -> None:
    """What everybody may read on its poster, on the screen's sheet and in the file; else nothing."""
    path = f"/consents/{LinkedNode(place.node, None).consent(place.code)}"
    place.malee.post(f"{path}/copy", {"person": "client", "safe": "yes"})
    assert "ติดต่อเราได้ที่" not in text_of(place.malee.get(f"{path}/copy.pdf"))
    assert "ติดต่อเราได้ที่" not in place.malee.get(f"{path}/print").text
    with place.session() as session:
        say_address(session, Address(phone="+49 30 5550000", hours="Mon & Wed"))
    assert "+49305550000·Mon&Wed" in text_of(place.malee.get(f"{path}/copy.pdf"))
    assert "ติดต่อเราได้ที่ +49 30 5550000 · Mon &amp; Wed" in place.malee.get(f"{path}/print").text


def test_pictures_go_with_a_report_on_sheets_of_their_own(place: Desk) -> None:
    """Those that were chosen, their pages counted through; without names they name nobody either."""
    chosen = "&".join(f"picture={picture}" for picture in PICTURES)
    whole = place.malee.get(place.path(f"/report.pdf?part=request&names=yes&{chosen}"))
    sheets = pypdf.PdfReader(BytesIO(whole.content)).pages
    assert len(sheets) > len(PICTURES)
    for number, sheet in enumerate(sheets, 1):
        assert f"Page {number}/{len(sheets)}" in sheet.extract_text()
    assert "นวล" in text_of(whole)
    hidden = text_of(place.malee.get(place.path(f"/report.pdf?{ALL}&{chosen}")))
    assert not [name for name in NAMES if name in hidden]
    assert all(f'value="{picture}"' in place.malee.get(place.path("/report")).text for picture in PICTURES)


@pytest.mark.parametrize("picture", ["flower", "genogram", "timeline", "ecomap", "plan"])
def test_a_picture_is_printed_with_names_and_without(place: Desk, picture: str) -> None:
    """Its title is there; hidden, nobody's name is."""
    found = text_of(place.malee.get(place.path(f"/{picture}.pdf")))
    assert place.code in found
    hidden = text_of(place.malee.get(place.path(f"/{picture}.pdf?names=no")))
    assert "withoutnames" in hidden
    assert not [name for name in (*NAMES, "13Apr1988") if name in hidden]


def test_a_picture_on_paper_says_the_same_in_words(place: Desk) -> None:
    """With its reasons; without names, with none that names somebody."""
    found = text_of(place.malee.get(place.path("/flower.pdf")))
    assert "Complex" in found
    assert "ผอมลง" in found
    hidden = text_of(place.malee.get(place.path("/flower.pdf?names=no")))
    assert "Complex" in hidden
    assert not [name for name in NAMES if name in hidden]


def test_a_referral_on_paper_is_what_left_and_nothing_of_what_stayed(network: LinkedNetwork) -> None:
    """With its picture; after a withdrawal that its content is destroyed; one that came in has none."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    reference = berlin.refer()
    berlin.sync()
    malee = visitor(berlin.node, "malee", "en")
    path = f"/referrals/{reference}"
    assert f'href="{path}/sent.pdf"' in malee.get(path).text
    row = berlin.referral(reference)
    left = {line["category"] for line in row.lines if line["leaves"]}
    stayed = {line["category"] for line in row.lines if not line["leaves"]}
    found = text_of(malee.get(f"{path}/sent.pdf"))
    for code in left | stayed:
        assert "".join(policy().categories[code].label("en").split()) in found
    assert reference in found
    assert "ดาวเรือง" not in found  # the client's name stayed
    malee.post(f"{path}/withdraw", {"by": "client"})
    assert "destroyedwhentheconsent" in text_of(malee.get(f"{path}/sent.pdf"))
    came = taipei.refer(to="DE-02")
    network.sync_all()
    assert malee.get(f"/referrals/{came}/sent.pdf").status_code == 404


def test_a_picture_of_nothing_is_not_offered(tmp_path: Path) -> None:
    """A case of which only the beginning is known has a report, and no empty sheets behind it."""
    with desk(tmp_path / "node") as at:
        assert 'name="picture"' not in at.malee.get(at.path("/report")).text
        printed = at.malee.get(at.path("/report.pdf?part=client&picture=genogram&picture=plan"))
        assert len(pypdf.PdfReader(BytesIO(printed.content)).pages) == 1
