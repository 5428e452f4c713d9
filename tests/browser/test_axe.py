"""Every page that can be looked at, in both languages, on a phone and at a desk: for everybody, and light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from inspect import getsource
from typing import Any

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from songtor_node.bootstrap import create_node
from songtor_node.unlock import Unlock
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.front import When
from songtor_node.web.routes import PAGES
from songtor_node.web.talk.endings import ENDINGS
from songtor_node.web.talk.screens import SCREENS
from songtor_proto.keyslot import CHEAP
from tests.browser import test_case_work, test_first_start
from tests.browser.between import Between, asking, at_the_door, at_the_start, referring
from tests.browser.furnished import furnish
from tests.browser.reached import reached
from tests.browser.sample import Served, serving
from tests.browser.windows import DESK, PHONE, Windows, loaded, serious
from tests.support.accounts import with_account
from tests.support.node import PASSPHRASE

FIRST, LATER = 100_000, 30_000  # bytes over the wire
BRAND = {"th": "ส่งต่อ", "en": "Songtor"}
NAMELESS = {"/calendar": {"th": "ปฏิทิน", "en": "Calendar"}}  # what is left on a screen is not ours
SCROLLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOOKS = [("th", PHONE), ("en", PHONE), ("en", DESK)]
BY_AXE = [LOOKS[0], LOOKS[2]]  # each language once; what differs by width, the last check sees
SEEN = [page for page in PAGES if page.get is not None]
LEADS_ON = {  # to pages of their own
    "/leave", "/calendar/today", "/sign-in/passkey/done", "/cases/{case}/consents/{talk:int}",
}  # fmt: skip
ANSWERS = {
    # Shown only as the answer to a form, and the journeys in which axe looks at it.
    "/cases/search": test_case_work,
    "/sign-in/passkey": test_first_start,
}


@dataclass
class Walk:
    """Windows that are kept from page to page: one for each worker at each node, and one for each page that
    stands in the middle of something."""

    windows: Windows
    open: Served
    places: dict[str, tuple[str, str]]
    before: dict[When, Served]
    between: dict[str, Between]
    asking: dict[str, str]
    tabs: dict[Any, Tab] = field(default_factory=dict)

    def place(self, page: Page) -> Between | None:
        if page.path in self.between:
            return self.between[page.path]
        if page.when in self.before:
            return Between(self.before[page.when], page.path)
        if page.may is May.ANYONE and "{" not in page.path:
            return Between(self.open, page.path)
        found = self.places.get(page.path)
        return Between(self.open, *found) if found else None

    def tab(self, place: Between) -> Tab:
        key = (place.at.origin, place.worker, place.path if place.sent or place.alone else "")
        if key not in self.tabs:
            tab = self.tabs[key] = self.windows.open(place.at, place.worker)
            for lang in BRAND:  # fonts, style and scripts are kept
                as_seen(tab, place, lang, PHONE)
                tab.goto("/more" if place.worker else "/")
                loaded(tab)
            for path, said in place.sent:
                url, headers = f"{place.at.origin}{path}", {"origin": place.at.origin}
                answer = tab.request.post(url, form=dict(said), headers=headers, max_redirects=0)
                assert answer.status == 303, f"{path}: {answer.status}"
        return self.tabs[key]


def as_seen(tab: Tab, place: Between, lang: str, size: tuple[int, int]) -> None:
    tab.context.add_cookies([{"name": "lang", "value": lang, "url": place.at.origin}])
    tab.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.fixture(scope="module")
def walk(browser: Browser, sampled: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("walk")
    create_node(folder / "locked", Unlock(passphrase=PASSPHRASE), cost=CHEAP).close()
    places = reached(sampled, "malee", "anong", "admin", more=furnish(sampled))
    with ExitStack() as opened:
        locked, new, *made = (
            opened.enter_context(serving(folder / name)) for name in ("locked", "new", "first", "second")
        )
        for one in (locked, new, *made):
            one.front.cost = CHEAP
        before = {When.LOCKED: locked, When.NEW: new}
        between = at_the_door(sampled) | at_the_start(new, *made) | referring(sampled)
        screens = asking(sampled)
        between["/cases/{case}/consents/{talk:int}/{screen}"] = Between(sampled, screens["who"], "malee")
        yield Walk(Windows(browser), sampled, places, before, between, screens)
        for context in browser.contexts:
            context.close()
        for one in made:
            if one.front.node is not None:
                one.node.close()


@pytest.mark.parametrize("page", SEEN, ids=lambda page: page.path)
def test_a_page_is_for_everybody(walk: Walk, page: Page) -> None:
    """No serious finding of axe, no sideways scrolling, no error of a script or of the security policy, a
    title that tells nothing, at most 30 KB once the first page was seen."""
    place = walk.place(page)
    assert place is not None, "nothing leads there"
    kept = walk.tab(place).request.get(f"{place.at.origin}{place.path}", max_redirects=0)
    if page.path in ANSWERS:
        assert f'is_for_everybody("{page.path}")' in getsource(ANSWERS[page.path])
    if page.path in ANSWERS or page.path in LEADS_ON:
        assert kept.status == 303
        return
    assert kept.status == 200, f"{place.path}: {kept.status}"
    if "text/html" in kept.headers["content-type"]:  # else it is a file
        look(walk, place, *LOOKS)


@pytest.mark.parametrize("screen", [*SCREENS, *ENDINGS, "thanks", "refused"])
def test_a_question_about_consent_is_for_everybody(walk: Walk, screen: str) -> None:
    """The same of each screen of the conversation, on a phone."""
    look(walk, Between(walk.open, walk.asking[screen], "malee"), *LOOKS[:2])


def look(walk: Walk, place: Between, *looks: tuple[str, tuple[int, int]]) -> None:
    tab = walk.tab(place)
    for lang, size in looks:
        walk.windows.faults.clear()
        as_seen(tab, place, lang, size)
        weight = weighed(tab, place.path)
        where = f"{place.path} {lang} {size[0]}"
        assert tab.url.partition("?")[0].endswith(place.path.partition("?")[0]), f"{where} led to {tab.url}"
        if (lang, size) in BY_AXE:
            assert serious(tab) == {}, where
        assert tab.evaluate(SCROLLS) <= 0, f"{where} scrolls sideways"
        spoken = tab.locator("html").get_attribute("lang")  # the client's, on the client's own screens
        assert tab.title() == NAMELESS.get(place.path, BRAND)[spoken or ""], where
        assert walk.windows.faults == [], where
        assert weight <= LATER, f"{where}: {weight} bytes"


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_first_page_of_all_is_light(browser: Browser, sampled: Served, lang: str) -> None:
    """With fonts, style and scripts, on a phone that was never here."""
    with_account(sampled.node, "admin")  # or a stranger is asked to make one
    windows = Windows(browser)
    tab = windows.open(sampled, "", lang)
    assert weighed(tab, "/sign-in") <= FIRST
    windows.close()


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
