"""What the pages look like, for README and guides: a real browser at a sample node, as small WebP files."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from songtor_node.accounts import people
from songtor_node.outreach import acts as outreach
from songtor_node.store.engine import writing
from tests.browser.sample import CONFINED, FLOWER, Served, sample
from tests.browser.windows import DESK, PHONE, Windows, chromium, loaded

QUALITY = 80
HIGH, A4 = (DESK[0], 1120), (794, 1123)
LANGUAGES = ("en", "th")
REACH = outreach.Address(
    name="บ้านไทยอุ่นใจ เบอร์ลิน (ตัวอย่าง)",
    phone="+49 30 901820",
    line="@unjai-tuayang",
    code="tel:+4930901820",
    hours="ทุกวัน 9.00–21.00 น.",
    place="Musterstraße 1, Berlin",
)


_ASKED = {
    "who": "button[name=who][value=client]",
    "purpose": "main button.go",
    "recipients": "main button.go",
    "phone": "button[name=phone][value=hand]",
}
"""What is pressed on the worker's screens of a conversation about consent."""


@dataclass(frozen=True, slots=True)
class View:
    """How to come there; `worker`: who is signed in, nobody where it is empty."""

    go: Callable[[Page, Served], None]
    size: tuple[int, int] = PHONE
    worker: str = "malee"
    languages: tuple[str, ...] = LANGUAGES


def _at(path: str) -> Callable[[Page, Served], None]:
    """`{case}` is the confined wife's, `{out}` the referral of it that a desk has accepted."""

    def go(page: Page, at: Served) -> None:
        page.goto(path.format(case=at.cases[CONFINED], out=at.referrals[0]))

    return go


def _columns(page: Page, at: Served) -> None:
    page.goto(f"/cases/{at.cases[CONFINED]}/refer")
    page.locator("main button[name=to]").first.click()
    page.wait_for_url("**/refer/look")
    with page.expect_response("**/refer/preview"):
        page.locator("input[name=tick][value=contact]").check()
    loaded(page).evaluate("scrollTo(0, 0)")


def _told(page: Page, at: Served) -> None:
    """The conversation about consent, until the phone is in the client's hands."""
    page.goto(f"/cases/{at.cases[CONFINED]}/consents/new")
    page.locator("button[name=safe][value=yes]").click()
    for screen, press in _ASKED.items():
        page.wait_for_url(f"**/{screen}")
        if screen == "recipients":
            page.locator("input[name=recipients]").first.check()
        if screen == "phone":
            page.locator(f"input[name=language][value={page.locator('html').get_attribute('lang')}]").check()
        page.locator(press).click()
    page.wait_for_url("**/told")


def _tool(name: str) -> Callable[[Page, Served], None]:
    """A tool of social work, at the case of the child."""

    def go(page: Page, at: Served) -> None:
        page.goto(f"/cases/{at.cases[FLOWER]}/{name}")

    return go


def _together(page: Page, at: Served) -> None:
    """A flower that a mother has begun to fill in."""
    page.goto(f"/cases/{at.cases[FLOWER]}/flower/together")
    page.locator("button[value=read]").click()
    for petal, level in (
        ("child/social", "green"),
        ("child/education", "yellow"),
        ("guardian/social", "red"),
    ):
        page.locator(f'.picture a[href$="{petal}"] text').last.click()
        page.locator(f"button[value={level}]").click()
        page.wait_for_url("**/together/*")


def _sign_in(page: Page, at: Served) -> None:
    """A node has no door before it has an administrator."""
    with writing(at.node.engine) as session:
        people.give_code(session, "admin", by="admin", now=at.node.clock(), random=at.node.random)
    page.goto("/sign-in")


def _printed(page: Page, at: Served) -> None:
    with writing(at.node.engine) as session:
        outreach.say_address(session, REACH)
    page.goto("/outreach/poster")
    page.emulate_media(media="print")


VIEWS = {
    "leaves-and-stays": View(_columns, HIGH),
    "case": View(_at("/cases/{case}"), DESK),
    "genogram": View(_tool("genogram"), HIGH),
    "timeline": View(_tool("timeline"), HIGH),
    "flower": View(_tool("flower"), HIGH),
    "plan": View(_tool("plan"), HIGH),
    "ecomap": View(_tool("ecomap"), HIGH),
    "flower-together": View(_together),
    "sign-in": View(_sign_in, worker=""),
    "today": View(_at("/")),
    "new-case": View(_at("/cases/new")),
    "consent-safe": View(_at("/cases/{case}/consents/new")),
    "consent": View(_told),
    "referral": View(_at("/referrals/{out}")),
    "poster": View(_printed, A4, languages=("th",)),
    "phones": View(_at("/trust"), HIGH, "admin"),
}


def taken() -> Iterator[tuple[str, bytes]]:
    """Each view in Thai and in English: the name of its file, and the file."""
    with tempfile.TemporaryDirectory() as folder, sample(Path(folder)) as served, chromium() as browser:
        windows = Windows(browser)
        for name, view in VIEWS.items():
            for lang in view.languages:
                sharp = 2 if view.size == PHONE else 1
                page = windows.open(served, view.worker, lang, view.size, device_scale_factor=sharp)
                view.go(page, served)
                yield f"{name}.{lang}.webp", _webp(loaded(page))
        windows.close()
        assert windows.faults == []


def _webp(page: Page) -> bytes:
    how = {"format": "webp", "quality": QUALITY}
    said = page.context.new_cdp_session(page).send("Page.captureScreenshot", how)
    return base64.b64decode(said["data"])
