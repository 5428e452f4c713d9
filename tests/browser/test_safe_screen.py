"""What somebody learns who looks over a shoulder, or takes the phone afterwards: nothing of any case."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.hand import Hand, link, press
from tests.browser.sample import Served
from tests.browser.windows import Windows
from tests.support.talks import case_of

BRAND = {"th": "ส่งต่อ", "en": "Songtor"}
CALENDAR = {"th": "ปฏิทิน", "en": "Calendar"}
LANGS = pytest.mark.parametrize("lang", ["th", "en"])
SECRETS = ("นวล", "Max", "สามี", "ที่พักปลอดภัย", "กลัวมาก", "nuan")
KEPT = """async () => [...Object.values(localStorage), ...Object.values(sessionStorage), document.cookie,
...await caches.keys(), ...(await indexedDB.databases()).map(one => one.name),
JSON.stringify(history.state) || ""].join("\\n")"""


@dataclass
class Over:
    """A shoulder that is looked over: what addresses say, and which answers a browser may keep."""

    addresses: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        page.on("response", self._answered)
        page.on("framenavigated", lambda frame: self.addresses.add(unquote(frame.url)))

    def _answered(self, answer: Response) -> None:
        self.addresses.add(unquote(answer.url))
        if "/static/" not in answer.url and answer.headers.get("cache-control") != "no-store":
            self.kept.add(answer.url)


@LANGS
def test_nothing_of_a_case_stays_in_the_browser(windows: Windows, shared: Served, lang: str) -> None:
    """Not in a title, an address, the browser's stores or its history, whatever was read, typed or sought."""
    case = f"/cases/{case_of(shared.node)}"
    page, over = windows.open(shared, "malee", lang), Over()
    malee = Hand(page, lang)
    over.watch(page)
    malee.open("/cases")
    malee.write(words="นวล")
    malee.go("search button")
    malee.go(link(case))
    for below in ("client", "contact", "people", "request", "papers", "consents"):
        malee.go(f'main details.step a[href="{case}/{below}"]')
        expect(page).to_have_title(BRAND[lang])
        malee.go(page.locator(".case-bar a.back"))
    malee.open(f"{case}/notes/add")
    with page.expect_response("**/draft"):
        page.locator("main textarea").press_sequentially("กลัวมาก")
    malee.go()
    malee.reads("done.saved", "กลัวมาก")
    malee.open(f"{case}/refer")
    malee.go(press("purpose", "domestic_violence"))
    malee.go(press("to", "TH-00/dwf"))
    expect(page).to_have_title(BRAND[lang])
    kept = page.evaluate(KEPT)
    assert over.kept == set()
    assert [one for one in over.addresses for secret in SECRETS if secret in one] == []
    assert [secret for secret in SECRETS if secret in kept] == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@LANGS
@pytest.mark.parametrize("way", ["tap", "escape", "without_script"])
def test_one_tap_and_the_screen_is_a_calendar(windows: Windows, shared: Served, lang: str, way: str) -> None:
    """Whoever takes the phone then, and goes back, finds nobody signed in and nothing of the case."""
    case = case_of(shared.node)
    page = windows.open(shared, "malee", lang, java_script_enabled=way != "without_script")
    malee = Hand(page, lang)
    malee.open(f"/cases/{case}")
    expect(page.locator(".case-bar")).to_contain_text(SECRETS[0])
    malee.open(f"/cases/{case}/consents/new")
    malee.reads("talk.safe")
    before = page.evaluate("history.length")
    if way == "escape":
        for _ in range(3):
            page.keyboard.press("Escape")
    else:
        page.locator("a.leave").tap()
    page.wait_for_url("**/calendar")
    expect(page).to_have_title(CALENDAR[lang])
    assert way == "without_script" or page.evaluate("history.length") == before
    malee.reads_nowhere(*SECRETS, case)
    for _ in range(2):
        page.go_back()
        malee.reads_nowhere(*SECRETS, case, BRAND[lang])
    malee.open(f"/cases/{case}")
    assert malee.path == "/calendar"
    malee.page.locator("td.now a").tap()
    page.wait_for_url(lambda url: not url.endswith("/calendar"))
    assert malee.path in ("/sign-in", "/start")


@LANGS
def test_after_signing_out_the_way_back_shows_nothing(windows: Windows, shared: Served, lang: str) -> None:
    """The browser has kept no page, and the node gives none."""
    case = case_of(shared.node)
    malee = Hand(windows.open(shared, "malee", lang), lang)
    malee.open(f"/cases/{case}/client")
    malee.reads(SECRETS[0])
    malee.open("/more")
    malee.go('form[action="/sign-out"] button')
    for _ in range(2):
        malee.page.go_back()
        malee.reads_nowhere(*SECRETS, case)
