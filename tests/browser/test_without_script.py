"""Where scripts are off, or late, or no finger is there but a keyboard: reading and plain forms work."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.hand import Hand, link, press
from tests.browser.sample import CONFINED, Served
from tests.browser.windows import Windows
from tests.support.accounts import PASSWORD, code_of, with_account

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
FOCUS = """one => { const style = getComputedStyle(one); return one.matches(":focus-visible") &&
style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 }"""
DWF = "TH-00/dwf"
MOST_TABS = 150


@LANGS
def test_without_scripts_a_case_is_taken_in_agreed_to_and_referred(
    windows: Windows, shared: Served, lang: str
) -> None:
    """Signing in, reading, taking in, a consent said to a witness, a referral while the line is cut."""
    malee = Hand(windows.open(shared, "", lang, java_script_enabled=False), lang)
    with_account(shared.node, "admin")
    secret = with_account(shared.node, "malee")
    malee.open("/")
    malee.write(code="malee", password=PASSWORD)
    malee.go()
    malee.write(second=code_of(secret, shared.node.clock()))
    malee.go()
    assert malee.path == "/"

    malee.go('nav.menu a[href="/cases"]')
    malee.go(f'main a[href="/cases/{shared.cases[CONFINED]}"]')
    malee.reads("case.tasks")
    malee.go(link("/story"))
    expect(malee.page.locator("main textarea")).not_to_be_empty()

    case = taken_in(malee)
    agreed(malee, case)
    referred(malee, case)
    malee.reads("done.sent")
    reference = malee.path.rpartition("/")[2]
    malee.open("/node")
    malee.reads("node.outbox", reference)


def taken_in(at: Hand) -> str:
    at.go('nav.menu a[href="/cases/new"]')
    at.go(press("target_group", "thai_abroad"))
    at.go(press("channel", "walk_in"))
    at.write(nickname="ข้าวตู")
    at.go()
    at.write(channel="line", value="kaotu.example", safe="วันอาทิตย์")
    at.go()
    at.write(narrative="ถูกนายจ้างยึดหนังสือเดินทาง")
    at.go()
    at.write(text="อยากกลับบ้าน")
    at.go()
    at.reads("done.taken_in")
    return at.path


def agreed(at: Hand, case: str) -> None:
    at.open(f"{case}/consents")
    at.go(link("/consents/new"))
    at.go(press("safe", "yes"))
    at.go(press("who", "client"))
    at.write(age="34")
    at.go()
    at.pick("purpose", "domestic_violence")
    at.go()
    at.pick("recipients", DWF)
    at.go()
    at.pick("language", at.lang)
    at.go(press("phone", "read"))
    at.pick("told", "place")
    for _ in ("told", "days", "follow", "sight"):
        at.go()
    at.reads("talk.check")
    at.go(press("how", "spoken"))
    at.write(spoken_witness="พี่ติ๋ม")
    at.go()
    at.reads("talk.thanks")


def referred(at: Hand, case: str) -> None:
    at.open(f"{case}/refer")
    at.go(press("to", DWF))
    at.reads("refer.look")
    at.pick("urgency", "yellow")
    at.go()
    while at.path.endswith("/words"):
        at.go(press("clear"))
    at.reads("refer.check")
    at.go()


@LANGS
def test_by_keyboard_alone_from_today_to_a_saved_note(windows: Windows, shared: Served, lang: str) -> None:
    """Tab and Enter reach everything, what has the focus is seen, and nothing catches it."""
    page = windows.open(shared, "malee", lang)
    malee, case = Hand(page, lang), f"/cases/{shared.cases[0]}"
    malee.open("/")
    press_on(malee, "a.skip")
    expect(page.locator("#main")).to_be_focused()
    press_on(malee, 'nav.menu a[href="/cases"]', leads=True)
    press_on(malee, f'main a[href="{case}"]', leads=True)
    press_on(malee, f'details.step:has(a[href="{case}/notes"]) > summary')
    press_on(malee, f'main a[href="{case}/notes"]', leads=True)
    press_on(malee, f'main a[href="{case}/notes/add"]', leads=True)
    tab_to(malee, "main textarea")
    page.keyboard.type(f"โทรกลับวันจันทร์ {lang}")
    press_on(malee, "main form.sheet button.go", leads=True)
    malee.reads("done.saved", f"โทรกลับวันจันทร์ {lang}")


def tab_to(at: Hand, what: str) -> None:
    """Never more than once round the page."""
    spot = at.page.locator(what).first
    for _ in range(MOST_TABS):
        at.page.keyboard.press("Tab")
        if spot.evaluate("one => one === document.activeElement"):
            assert spot.evaluate(FOCUS), f"nobody sees that {what} has the focus"
            return
    raise AssertionError(f"Tab never comes to {what} on {at.path}")


def press_on(at: Hand, what: str, *, leads: bool = False) -> None:
    tab_to(at, what)
    if leads:
        at.page.locator("#main").evaluate("main => { main.dataset.left = '' }")
    at.page.keyboard.press("Enter")
    if leads:
        at.arrive()


@LANGS
def test_while_scripts_are_still_on_their_way_the_page_is_read_and_used(
    windows: Windows, shared: Served, lang: str
) -> None:
    """On a line that brings the page first and the scripts much later."""
    page = windows.open(shared, "malee", lang)
    late: list[Route] = []
    page.route(re.compile(r"/static/.*\.js"), lambda route: late.append(route))
    malee, case = Hand(page, lang), f"/cases/{shared.cases[1]}"
    arrives(page, f"{case}/notes/add")
    malee.reads("notes.form_title")
    page.locator("main textarea").fill(f"มาถึงก่อนสคริปต์ {lang}")
    page.locator("main button.go").click(no_wait_after=True)
    page.wait_for_url(f"**{case}/notes?*", wait_until="commit")
    malee.reads("done.saved", f"มาถึงก่อนสคริปต์ {lang}")
    page.locator("main details, main a").first.wait_for()
    assert late
    for route in late:
        route.abort() if route.request.frame.is_detached() else route.continue_()
    page.unroute_all()
    page.wait_for_load_state()
    expect(page.locator("html.has-js")).to_be_attached()


def arrives(page: Page, path: str) -> None:
    answer = page.goto(path, wait_until="commit")
    assert answer is not None
    assert answer.ok
