"""The conversation about consent, as the worker leads it and the client holds it."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from playwright.sync_api import expect

from songtor_node import workers
from songtor_node.store.engine import writing
from songtor_proto.vocabulary import vocabulary
from tests.browser.hand import Hand, link, press
from tests.browser.sample import Served
from tests.browser.windows import Windows
from tests.support.accounts import PASSWORD, code_of, with_account
from tests.support.talks import CHILD, begin, case_of, png, say, to_check
from tests.support.visitor import visitor

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
DANGER = "Max Beispiel"
HUSBAND = "สามี"


@pytest.fixture
def malee(windows: Windows, shared: Served, lang: str) -> Hand:
    with_account(shared.node, "malee")
    return Hand(windows.open(shared, "malee", lang), lang)


def asked(at: Hand, case: str, phone: str) -> None:
    """The worker's own questions, up to the client's first."""
    at.open(f"/cases/{case}/consents")
    at.go(link("/consents/new"))
    at.reads("talk.safe", HUSBAND)
    at.go(press("safe", "yes"))
    at.go(press("who", "client"))
    at.go()  # the purpose that fits the problem is chosen
    at.pick("recipients", "TH-00/dwf")  # who receives it is not
    at.go()
    at.pick("language", at.lang)
    at.go(press("phone", phone))


def answered(at: Hand) -> None:
    """The client's questions, up to the last."""
    at.reads("talk.told")
    at.pick("told", "name")
    at.go()
    at.pick("days", "30")
    at.go()
    at.reads("talk.follow")
    at.go()
    at.pick("sight", "yes")
    at.go()
    at.reads("talk.check")


def signed(at: Hand) -> None:
    """Two strokes of a finger."""
    frame = at.page.locator("canvas[data-ready]").bounding_box()
    assert frame
    hand = at.page.mouse
    for dip in (0.3, 0.7):
        hand.move(frame["x"] + 30, frame["y"] + 30)
        hand.down()
        for step in range(1, 6):
            hand.move(
                frame["x"] + 30 + step * frame["width"] / 8, frame["y"] + dip * frame["height"], steps=3
            )
        hand.up()
    expect(at.page.locator("#signature")).to_have_value(re.compile("^data:image/png;base64,"))


@LANGS
def test_the_client_holds_the_phone_and_signs(malee: Hand, shared: Served) -> None:
    """Ticks, signs with a finger; nothing else opens before the worker's password; a copy is asked about."""
    case = case_of(shared.node)
    asked(malee, case, "hand")
    answered(malee)
    expect(malee.page.locator("nav.menu")).to_have_count(0)
    malee.go(press("how", "sign"))
    signed(malee)
    malee.go()
    malee.reads("talk.thanks")
    malee.open(f"/cases/{case}")
    assert malee.path == "/hand-back"
    malee.write(password="อะไรก็ได้ที่ไม่ใช่")
    malee.go()
    malee.reads("shell.wrong_title")
    malee.write(password=PASSWORD)
    malee.go()
    malee.reads("consents.copy_title", "consents.copy_at_home")
    consent = malee.path.removesuffix("/copy")
    malee.open(f"{consent}/print")
    assert malee.path == f"{consent}/copy"  # nothing is printed before it was asked
    malee.go(press("safe", "no"))
    malee.reads("done.copy_stays", "consents.state_active", "consents.sight_yes")
    malee.reads(malee.label("categories", "name"), malee.label("purposes", "domestic_violence"))
    malee.go(link("/copy"))
    malee.go(press("safe", "yes"))
    malee.reads("consents.print_title", "consents.print_withdraw")
    malee.open(consent)
    malee.go(malee.page.locator('main a[href*="/papers/"]'))
    expect(malee.page.locator("main img")).to_be_visible()


@LANGS
def test_spoken_before_a_witness(malee: Hand, shared: Served) -> None:
    """The worker reads it aloud and names who heard it; who is the danger is no witness."""
    asked(malee, case_of(shared.node), "read")
    answered(malee)
    malee.go(press("how", "spoken"))
    malee.write(spoken_witness=DANGER)
    malee.go()
    malee.reads("shell.wrong_title")
    malee.write(spoken_witness="วันดี พยาบาล")
    malee.go()
    malee.reads("talk.thanks")
    malee.go()
    malee.go(malee.page.locator("main p a").last)  # nobody wants a copy
    malee.reads(malee.says("consents.form_spoken", who="วันดี พยาบาล"))


@LANGS
def test_signed_on_paper(malee: Hand, shared: Served) -> None:
    """A sheet with the same words is printed; its photo is kept with the consent."""
    asked(malee, case_of(shared.node), "read")
    answered(malee)
    malee.go(press("how", "paper"))
    talk = malee.path.removesuffix("/paper")
    malee.go(link("/sheet"))
    malee.reads("consents.print_sign", malee.label("purposes", "domestic_violence"))
    malee.open(f"{talk}/paper")
    malee.go()  # neither a photo nor where it lies
    malee.reads("shell.wrong_title")
    photo = b64decode(png().partition(",")[2])
    malee.page.locator("input[type=file]").set_input_files(
        {"name": "IMG_0002.png", "mimeType": "image/png", "buffer": photo}
    )
    malee.write(paper_kept="แฟ้ม 3 ตู้ล่าง")
    malee.go()
    malee.go()
    malee.go(malee.page.locator("main p a").last)
    malee.reads("consents.form_written", "consents.state_active")
    expect(malee.page.locator('main a[href*="/papers/"]')).to_have_count(1)


@LANGS
def test_a_no_is_kept_and_is_the_end(malee: Hand, shared: Served) -> None:
    """Nothing may be told, and the case says that they said no."""
    case = case_of(shared.node)
    asked(malee, case, "read")
    answered(malee)
    malee.go(press("how", "no"))
    malee.reads("talk.refused", "talk.refused_text")
    malee.open(f"/cases/{case}/consents")
    malee.reads(malee.says("consents.talk_refused", when="").strip().rstrip(","))
    malee.reads_nowhere("consents.state_active")


@LANGS
def test_the_danger_is_offered_nowhere(malee: Hand, shared: Served) -> None:
    """A guardian who is the danger neither decides nor takes a copy; the one who is not is asked."""
    case = case_of(shared.node, CHILD)
    malee.open(f"/cases/{case}/consents/new")
    malee.reads("บิดาเลี้ยง")  # who must not know
    malee.go(press("safe", "yes"))
    choices = malee.page.locator(press("who"))
    expect(choices.filter(has_text="มารดา")).to_have_count(1)
    expect(choices.filter(has_text="บิดาเลี้ยง")).to_have_count(0)
    malee.go(choices.filter(has_text="มารดา"))
    malee.write(child_view="อยากอยู่กับแม่")
    malee.go()
    malee.go()
    malee.pick("recipients", "TH-00/dcy")
    malee.go()
    malee.pick("language", malee.lang)
    malee.go(press("phone", "read"))
    malee.go()
    malee.reads("talk.told_none")  # nothing was ticked: is that meant?
    malee.go(press("nothing", "yes"))
    malee.go()
    malee.go()
    malee.go()
    malee.reads_nowhere("ดำ สมมติ", "บิดาเลี้ยง")
    malee.go(press("how", "spoken"))
    malee.write(spoken_witness="วันดี พยาบาล")
    malee.go()
    malee.go()
    malee.reads("consents.copy_who", "มารดา")
    malee.reads_nowhere("ดำ สมมติ")
    expect(malee.page.locator("fieldset label.pick", has_text="บิดาเลี้ยง")).to_have_count(0)


@LANGS
def test_a_second_person_signs_in_where_nobody_can_be_asked(malee: Hand, shared: Served) -> None:
    """With their own password and code, on the same screen; both stand for it."""
    second = f"second-{malee.lang}"
    with writing(shared.node.engine) as session:
        workers.add(
            session, second, name="", role="caseworker", vocabulary=vocabulary(), now=shared.node.clock()
        )
    secret = with_account(shared.node, second)
    malee.open(f"/cases/{case_of(shared.node)}/consents/new")
    malee.go(press("safe", "yes"))
    malee.go(press("who", "vital_interest"))
    malee.write(harm="ถูกขู่ฆ่าคืนนี้")
    malee.go()
    malee.write(incapacity="ถูกขังไว้ ติดต่อไม่ได้")
    malee.go()
    malee.go()
    malee.pick("recipients", "TH-00/dwf")
    malee.go()
    malee.reads("talk.told_worker")
    malee.go()
    malee.go()
    malee.write(second_worker=second, second_password=PASSWORD, second_code="000000")
    malee.go(press("how", "now"))
    malee.reads("shell.wrong_title")
    malee.write(
        second_worker=second, second_password=PASSWORD, second_code=code_of(secret, shared.node.clock())
    )
    malee.go(press("how", "now"))
    malee.reads("consents.basis_vital_interest", "ถูกขู่ฆ่าคืนนี้", second, "malee")


@LANGS
def test_leaving_at_once_leaves_nothing(malee: Hand, shared: Served) -> None:
    """A calendar stands there; going back opens nothing of the case."""
    with_account(shared.node, "admin")  # or a stranger is asked to make one
    case = case_of(shared.node)
    asked(malee, case, "hand")
    malee.reads("talk.told", "นวล ตัวอย่าง")
    malee.tap(malee.page.locator("a.leave"))
    malee.page.wait_for_url("**/calendar")
    expect(malee.page.locator("table")).to_be_visible()
    malee.reads_nowhere("นวล", "talk.told")
    for _ in range(3):
        with malee.page.expect_event("load"):
            malee.page.evaluate("history.back()")
        expect(malee.page.locator("table.days")).to_be_visible()
        expect(malee.page.locator("input, a.brand")).to_have_count(0)
        malee.reads_nowhere("นวล", "talk.told", case)


@LANGS
def test_withdrawn_in_one_action(malee: Hand, shared: Served) -> None:
    """From where it was given: one button, and no more is told."""
    case = case_of(shared.node)
    who = visitor(shared.node, "malee")
    talk = begin(who, case)
    say(who, talk, "check", seen=to_check(who, talk), how="sign")
    say(who, talk, "sign", signature=png())
    malee.open(f"/cases/{case}/consents")
    malee.go(link("/withdraw"))
    malee.reads("consents.withdraw_stop", "consents.withdraw_nothing", "consents.withdraw_help")
    malee.go("main button.destroy")
    malee.reads("done.withdrawn", "consents.state_withdrawn")
    expect(malee.page.locator("main button.go")).to_have_count(0)
