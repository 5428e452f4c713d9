"""What a person does on a phone: taps and types, each counted; and what they read there.

malee = Hand(windows.open(here), "th")
malee.open("/cases/new")
malee.go(press("target_group", "thai_abroad"))  # a tap that leads to another page
malee.write(nickname="นวล")
malee.go()                                      # the page's own button
malee.reads("done.taken_in")
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from playwright.sync_api import Locator, Page, expect

from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.shell import text_folders
from songtor_web.texts import Texts
from tests.browser.windows import serious

TEXTS = Texts(text_folders(files("songtor_node") / "web" / "texts"))
GO = "main button.go, main a.go"


def press(name: str, value: str = "") -> str:
    """The button that says so; any of that name without a value."""
    return f'main button[name="{name}"]' + (f'[value="{value}"]' if value else "")


def link(end: str) -> str:
    """The link of the page's middle whose address ends so."""
    return f'main a[href$="{end}"]'


@dataclass
class Hand:
    """`typed`: fields that were filled in or chosen from a list; a date counts as its parts."""

    page: Page
    lang: str
    taps: int = 0
    typed: int = 0

    def open(self, path: str) -> None:
        self.page.goto(path)

    def tap(self, what: str | Locator = GO) -> None:
        """What lies folded is unfolded first, with a tap for each fold."""
        spot = (self.page.locator(what) if isinstance(what, str) else what).first
        self._unfold(spot)
        spot.tap()
        self.taps += 1

    def go(self, what: str | Locator = GO) -> None:
        """A tap after which another page stands here, or this one anew."""
        self.page.locator("#main").evaluate("main => { main.dataset.left = '' }")
        self.tap(what)
        self.arrive()

    def arrive(self) -> None:
        self.page.locator("#main:not([data-left])").wait_for()
        self.page.wait_for_load_state()
        expect(self.page.locator(".htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)

    def pick(self, name: str, *values: str) -> None:
        """Ticks or unticks."""
        for value in values:
            self.tap(f'label.pick:has(input[name="{name}"][value="{value}"])')

    def write(self, **fields: str) -> None:
        """Into lines, boxes of text and lists; `day="2026-11-30"` where a date is asked for."""
        for name, words in fields.items():
            if self.page.locator(f'[name="{name}.year"]').count():
                year, month, day = words.split("-")
                self._write(f"{name}.day", day)
                self._write(f"{name}.month", str(int(month)))
                self._write(f"{name}.year", str(int(year) + 543) if self.lang == "th" else year)
            else:
                self._write(name, words)

    def _write(self, name: str, words: str) -> None:
        spot = self.page.locator(f'main [name="{name}"]:not([type=hidden])').first
        self._unfold(spot)
        if spot.evaluate("one => one.tagName") == "SELECT":
            spot.select_option(words)
        else:
            spot.fill(words)
        self.typed += 1

    def _unfold(self, spot: Locator) -> None:
        spot.wait_for(state="attached")
        for fold in spot.locator("xpath=ancestor::details[not(@open)]").all():
            fold.locator(":scope > summary").tap()
            self.taps += 1

    def says(self, key: str, **values: object) -> str:
        return str(TEXTS.say(self.lang, key, **values))

    def label(self, name: str, code: str) -> str:
        terms = getattr(vocabulary(), name, None) or getattr(policy(), name)
        return str(terms[code].label(self.lang))

    def reads(self, *words: str) -> None:
        """These stand in the page's middle: keys of the pages' words, or the words themselves."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(self.says(one) if one in TEXTS else one)

    def reads_nowhere(self, *words: str) -> None:
        for one in words:
            expect(self.page.locator("body")).not_to_contain_text(self.says(one) if one in TEXTS else one)

    def is_for_everybody(self, path: str) -> None:
        """What was answered to a form there: axe finds nothing serious in it."""
        assert self.path == path
        assert serious(self.page) == {}, path

    @property
    def path(self) -> str:
        return "/" + self.page.url.split("/", 3)[3].partition("?")[0].partition("#")[0]
