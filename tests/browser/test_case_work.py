"""A case from the first call to its end, and open again; nothing typed is lost, everything is found."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, link, press
from tests.browser.sample import Served
from tests.browser.windows import Windows
from tests.support.accounts import PASSWORD, code_of, with_account
from tests.support.talks import ADULT, case_of

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
STORY = "สามีเก็บหนังสือเดินทางไว้ และล็อกประตูเวลาออกไปทำงาน"


@pytest.fixture
def malee(windows: Windows, shared: Served, lang: str) -> Hand:
    return Hand(windows.open(shared, "malee", lang), lang)


def home(at: Hand, case: str) -> None:
    if at.path != case:
        at.go(at.page.locator(".case-bar a.back"))


def onward(at: Hand, case: str, step: str) -> None:
    """Whatever is missing, one tap."""
    home(at, case)
    at.go(press("step", step))
    expect(at.page.locator(".rail [aria-current=step]")).to_have_text(at.label("case_steps", step))


def task(at: Hand, case: str, path: str) -> None:
    """From the case's home to one of its tasks."""
    home(at, case)
    at.go(f'main details.step a[href$="{case}/{path}"]')


def taken_in(at: Hand) -> str:
    """Answers the questions of a new case; gives its path."""
    at.open("/cases/new")
    at.go(press("target_group", "thai_abroad"))
    at.go(press("channel", "line"))
    at.write(nickname="นวล")
    at.go()
    at.write(channel="line", value="nuan.example", safe="เช้าวันธรรมดา", say="เพื่อนจากวัด")
    at.go()
    at.write(narrative=STORY)
    at.go()
    at.write(text="ขอที่พักปลอดภัย")
    at.pick("kinds", "protection")
    at.go()
    at.reads("done.taken_in")
    return at.path


@LANGS
def test_a_case_is_worked_through_its_steps(malee: Hand) -> None:
    """Taken in, facts, problems, threat, plan, help, a session, a follow-up, its end, and open again."""
    case = taken_in(malee)
    malee.reads_nowhere("case.missing")
    onward(malee, case, "fact_finding")
    malee.reads("case.missing", "case.missing_people")
    facts_found(malee, case)
    onward(malee, case, "assessment")
    judged(malee, case)
    onward(malee, case, "planning")
    planned(malee, case)
    onward(malee, case, "assistance")
    helped(malee, case)
    onward(malee, case, "follow_up")
    followed_up(malee, case)
    closed_and_reopened(malee, case)


def facts_found(at: Hand, case: str) -> None:
    task(at, case, "visits")
    at.go(link("/visits/plan"))
    at.pick("method", "video_call")
    at.write(when="2026-12-03", at_time="09:30", who="มาลี")
    at.go()
    at.reads("field.visit_state_planned")
    at.go(link("/visits/new"))
    at.pick("method", "phone_call")
    at.write(when="2026-11-19", met="ผู้รับบริการคนเดียว", found="อยู่บ้านคนเดียวตอนกลางวัน")
    at.pick("safety", "unsafe")
    at.go()
    at.reads("field.visit_state_done", "ผู้รับบริการคนเดียว", "field.safety_unsafe")
    task(at, case, "facts")
    at.go()
    at.write(text="หนังสือเดินทางอยู่กับสามี", source="ผู้รับบริการเล่า")
    at.go()
    at.reads("field.verification_unverified")
    at.go(link("/check"))
    at.pick("verification", "verified")
    at.write(how="พี่สาวเห็นเอง")
    at.go()
    at.reads("done.checked", "field.verification_verified", "พี่สาวเห็นเอง")


def judged(at: Hand, case: str) -> None:
    task(at, case, "problems")
    at.go()
    at.pick("code", "domestic_violence", "confinement")
    at.go(press("do", "add"))
    first = at.page.locator(".ranked li").first
    expect(first).to_contain_text(at.label("problems", "domestic_violence"))
    at.go(press("up"))
    expect(first).to_contain_text(at.label("problems", "confinement"))
    task(at, case, "flower")
    at.go(link("/client/social"))
    at.pick("level", "red")
    at.write(reason="ถูกล็อกไว้ในบ้าน")
    at.go()
    at.go(at.page.locator("main form a", has_text=at.says("shell.back")))
    at.reads(at.label("threat_levels", "red"))
    expect(at.page.locator(".case-bar .threat-red")).to_be_visible()


def planned(at: Hand, case: str) -> None:
    task(at, case, "plan")
    at.go()
    at.pick("dimension", "social")
    at.write(text="ออกจากบ้านอย่างปลอดภัย", who="มาลี", due="2026-12-10", agency="บ้านพักหญิง")
    at.go()
    at.reads("ออกจากบ้านอย่างปลอดภัย", "บ้านพักหญิง", at.label("journey_stages", "diagnosing"))
    at.go("main a.row")
    at.pick("stage", "in_service")
    at.go("main form.sheet button.go")
    at.reads(at.label("journey_stages", "in_service"), "plan.moves")


def helped(at: Hand, case: str) -> None:
    task(at, case, "assistance")
    at.go()
    at.pick("kind", "counselling")
    at.pick("practice_form", "protection")
    at.write(text="คุยเรื่องทางออก", hours="1.5", cost="12", currency="EUR")
    at.go()
    at.reads("คุยเรื่องทางออก", at.label("assistance_kinds", "counselling"))
    task(at, case, "telecare")
    at.go()
    at.write(day="2026-12-04", clock="10:00", minutes="45", link="https://zoom.example/j/123")
    at.pick("safe_checked", "true")
    at.go()
    at.reads("telecare.checked", "https://zoom.example/j/123")
    with at.page.expect_download() as taken:
        at.tap(link("/calendar"))
    entry = Path(taken.value.path()).read_text("utf-8")
    assert taken.value.suggested_filename == "appointment.ics"
    assert "BEGIN:VEVENT" in entry
    assert "https://zoom.example/j/123" in entry
    assert "นวล" not in entry  # whoever sees the calendar learns nothing of the case


def followed_up(at: Hand, case: str) -> None:
    task(at, case, "follow-ups")
    at.go()
    at.pick("method", "phone_call")
    at.write(due="2026-12-20")
    at.go()
    at.reads("follow_ups.waiting")
    at.go(link("/done"))
    at.pick("condition", "better")
    at.write(result="อยู่บ้านพักแล้ว นอนหลับดีขึ้น")
    at.go()
    at.reads("follow_ups.done", at.label("conditions", "better"))


def closed_and_reopened(at: Hand, case: str) -> None:
    task(at, case, "closure")
    at.reads("closure.open", "อยู่บ้านพักแล้ว นอนหลับดีขึ้น")
    at.go(link("/closure/end"))
    at.pick("outcome", "assisted")
    at.write(satisfaction="ขอบคุณทุกคน")
    at.go()
    at.reads("done.closed", "closure.is_closed", "ขอบคุณทุกคน")
    at.go(link("/closure/reopen"))
    at.go()  # without a reason
    at.reads("shell.wrong_title")
    at.write(reason="สามีตามมาที่บ้านพัก")
    at.go()
    assert at.path == case
    at.reads("done.reopened")


@LANGS
def test_search_finds_inside_a_thai_word(malee: Hand, shared: Served) -> None:
    """Any part of a word finds the case, and nothing that was searched for stands in an address."""
    told = f"พบคำว่ากระต่ายน้อย{malee.lang}ในเรื่อง"
    code = case_of(shared.node, {**ADULT, "narrative": told})
    malee.open("/cases")
    malee.write(words=f"ต่ายน้อย{malee.lang}")
    malee.go("main search button")
    expect(malee.page.locator("main .rows a.row")).to_have_count(1)
    expect(malee.page.locator("mark")).to_have_text(f"ต่ายน้อย{malee.lang}")
    malee.is_for_everybody("/cases/search")
    malee.go("main .rows a.row")
    assert malee.path == f"/cases/{code}"


@LANGS
def test_filters_of_the_list_stay(windows: Windows, shared: Served, lang: str) -> None:
    """To a case and back, by the browser's own way back too, and after signing in anew; one tap ends them."""
    with_account(shared.node, "admin")  # or a stranger is asked to make one
    secret = with_account(shared.node, "anong")
    danger = {"subject": "client", "dimension": "social", "level": "red", "reason": "ถูกขู่"}
    case_of(shared.node, {**ADULT, "threats": [danger]})
    case_of(shared.node)
    anong = Hand(windows.open(shared, "anong", lang), lang)
    rows = anong.page.locator("main .rows a.row")
    words = f"{anong.label('threat_levels', 'red')}, {anong.label('problems', 'domestic_violence')}"

    def narrowed() -> None:
        expect(anong.page.locator("details.filters summary")).to_contain_text(words)
        expect(rows.locator(".threat-red")).to_have_count(rows.count())

    anong.open("/cases")
    everything = rows.count()
    anong.write(threat="red", problem="domestic_violence")
    anong.go("main details.filters button.go")
    assert "?" not in anong.page.url
    narrowed()
    assert 0 < rows.count() < everything
    anong.go(rows.first)
    anong.go(anong.page.locator('nav.menu a[href="/cases"]'))
    narrowed()
    anong.go(rows.first)
    anong.page.go_back()
    narrowed()
    anong.open("/more")
    anong.go('form[action="/sign-out"] button')
    anong.write(code="anong", password=PASSWORD)
    anong.go()
    anong.write(second=code_of(secret, shared.node.clock()))
    anong.go()
    anong.go(anong.page.locator('nav.menu a[href="/cases"]'))
    narrowed()
    expect(anong.page.locator('[name="threat"]')).to_have_value("red")
    anong.go(press("clear"))
    expect(rows).to_have_count(everything)
    expect(anong.page.locator("details.filters summary")).to_have_text(anong.says("cases.filter"))


@LANGS
def test_a_photo_is_kept_with_the_case(malee: Hand, shared: Served) -> None:
    """Chosen on the phone, named, listed and shown again."""
    case = f"/cases/{case_of(shared.node)}"
    malee.open(case)
    task(malee, case, "papers")
    picture = malee.page.evaluate(_PICTURE)
    malee.page.locator("#f-photo").set_input_files(
        {"name": "IMG_0001.png", "mimeType": "image/png", "buffer": b64decode(picture.partition(",")[2])}
    )
    malee.write(name="ประตูที่ถูกล็อก")
    malee.go()
    malee.reads("done.paper_added", "ประตูที่ถูกล็อก")
    malee.go("main a.row")
    shown = malee.page.locator("main img")
    expect(shown).to_be_visible()
    assert shown.evaluate("async one => { await one.decode(); return one.naturalWidth }") == 64


_PICTURE = """() => { const canvas = document.createElement("canvas"); canvas.width = canvas.height = 64;
    return canvas.toDataURL("image/png"); }"""


@LANGS
def test_what_is_typed_outlives_a_cut_line(malee: Hand, windows: Windows, shared: Served) -> None:
    """The page says that the node does not answer and keeps the words; once it answers they are saved."""
    case = f"/cases/{case_of(shared.node)}"
    malee.open(f"{case}/story")
    with windows.cut(malee.page):
        malee.write(narrative=STORY)
        expect(malee.page.locator("#no-answer")).to_be_visible()
        malee.tap()  # save: in vain
        expect(malee.page.locator("#no-answer")).to_have_text(malee.says("shell.no_answer"))
        expect(malee.page.locator("#f-narrative")).to_have_value(STORY)
    malee.go()
    malee.reads("done.saved")
    expect(malee.page.locator("#no-answer")).to_be_hidden()
    malee.open(f"{case}/story")
    expect(malee.page.locator("#f-narrative")).to_have_value(STORY)


@LANGS
def test_what_is_typed_outlives_the_page(malee: Hand, windows: Windows, shared: Served) -> None:
    """Not saved, it stands there after a reload and on another phone; another worker does not see it."""
    story = f"/cases/{case_of(shared.node)}/story"
    malee.open(story)
    malee.write(narrative=STORY)
    expect(malee.page.locator(".draft")).not_to_be_empty()
    malee.page.reload()
    expect(malee.page.locator("#f-narrative")).to_have_value(STORY)
    malee.reads(malee.says("shell.draft_drop"))
    other = windows.open(shared, "malee", malee.lang)
    other.goto(story)
    expect(other.locator("#f-narrative")).to_have_value(STORY)
    anong = windows.open(shared, "anong", malee.lang)
    anong.goto(story)
    expect(anong.locator("#f-narrative")).to_have_value("")
