"""Every page that can be looked at, in both languages, on a phone and at a desk: for everybody, and light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from songtor_node.bootstrap import create_node
from songtor_node.unlock import Unlock
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.front import When
from songtor_node.web.routes import PAGES
from songtor_proto.keyslot import CHEAP
from tests.browser.furnished import furnish
from tests.browser.reached import reached
from tests.browser.sample import Served, serving
from tests.browser.windows import DESK, PHONE, Windows, loaded
from tests.support.node import PASSPHRASE

SERIOUS = ("serious", "critical")
FIRST, LATER = 100_000, 30_000  # bytes over the wire
BRAND = {"th": "ส่งต่อ", "en": "Songtor"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
SCROLLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOOKS = [("th", PHONE), ("en", PHONE), ("en", DESK)]
BY_AXE = [LOOKS[0], LOOKS[2]]  # each language once; what differs by width, the last check sees
SEEN = [page for page in PAGES if page.get is not None]
IN_THE_MIDDLE = {
    # Pages to which only the middle of something leads: the journeys go through them.
    "/hand-back", "/recovery-sheet/code", "/me/passkeys/new", "/me/passkeys/new/done",
    "/people/{worker}/code", "/consents/{consent}/print", "/cases/{case}/consents/{talk:int}/sheet",
    "/referrals/{reference}/answer", "/referrals/{reference}/complete", "/referrals/{reference}/fail",
}  # fmt: skip


@dataclass
class Walk:
    """Windows that are kept from page to page: one for each worker, language and size at each node."""

    windows: Windows
    open: Served
    places: dict[str, tuple[str, str]]
    before: dict[When, Served]
    tabs: dict[Any, Tab] = field(default_factory=dict)

    def place(self, page: Page) -> tuple[Served, str, str] | None:
        """Where it is met: node, path, worker."""
        if page.when in self.before:
            return self.before[page.when], page.path, ""
        if page.may is May.ANYONE and "{" not in page.path:
            return self.open, page.path, ""
        found = self.places.get(page.path)
        return (self.open, *found) if found else None

    def tab(self, at: Served, worker: str, lang: str, size: tuple[int, int]) -> Tab:
        key = (at.origin, worker, lang, size)
        if key not in self.tabs:
            self.tabs[key] = self.windows.open(at, worker, lang, size)
            loaded_once = self.tabs[key].goto("/more" if worker else "/")  # fonts, style and scripts are kept
            assert loaded_once is not None
            loaded(self.tabs[key])
        return self.tabs[key]


@pytest.fixture(scope="module")
def walk(browser: Browser, sampled: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    locked = tmp_path_factory.mktemp("locked") / "node"
    create_node(locked, Unlock(passphrase=PASSPHRASE), cost=CHEAP).close()
    with ExitStack() as opened:
        before = {
            When.LOCKED: opened.enter_context(serving(locked)),
            When.NEW: opened.enter_context(serving(Path(locked, "none"))),
        }
        yield Walk(
            Windows(browser),
            sampled,
            reached(sampled, "malee", "anong", "admin", more=furnish(sampled)),
            before,
        )
        for context in browser.contexts:
            context.close()


@pytest.mark.parametrize("page", SEEN, ids=lambda page: page.path)
def test_a_page_is_for_everybody(walk: Walk, page: Page) -> None:
    """No serious finding of axe, no sideways scrolling, no error of a script or of the security policy, a
    title that tells nothing, at most 30 KB once the first page was seen."""
    place = walk.place(page)
    if place is None:
        assert page.path in IN_THE_MIDDLE, "nothing leads there"
        return
    at, path, worker = place
    kept = walk.tab(at, worker, *LOOKS[0]).request.get(path, max_redirects=0)
    if "text/html" not in kept.headers.get("content-type", "") or kept.status != 200:
        assert kept.status < 400, f"{path}: {kept.status}"
        return  # a file, or the way to another page
    for lang, size in LOOKS:
        walk.windows.faults.clear()
        tab = walk.tab(at, worker, lang, size)
        weight = weighed(tab, path)
        where = f"{path} {lang} {size[0]}"
        if (lang, size) in BY_AXE:
            assert serious(tab) == {}, where
        assert tab.evaluate(SCROLLS) <= 0, f"{where} scrolls sideways"
        assert tab.title() == BRAND[lang], where
        assert walk.windows.faults == [], where
        assert weight <= LATER, f"{where}: {weight} bytes"


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_first_page_of_all_is_light(browser: Browser, sampled: Served, lang: str) -> None:
    """With fonts, style and scripts, on a phone that was never here."""
    windows = Windows(browser)
    tab = windows.open(sampled, "", lang)
    assert weighed(tab, "/sign-in") <= FIRST
    windows.close()


def serious(tab: Tab) -> dict[str, str]:
    """Axe's serious findings, each with the first place it was found at."""
    found = Axe().run(tab, options={"resultTypes": ["violations"], "runOnly": RULES}).response["violations"]
    return {one["id"]: one["nodes"][0]["html"][:120] for one in found if one["impact"] in SERIOUS}


def weighed(tab: Tab, path: str) -> int:
    """Bytes over the wire, headers too, to show that page."""
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    tab.goto(path)
    tab.evaluate("document.fonts.ready.then(() => 1)")
    session.detach()
    return sum(sizes)
