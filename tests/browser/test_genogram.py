"""A worker builds a family of twelve by keyboard alone: few pages, each with one short form."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, Response, expect
from sqlmodel import select

from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from tests.browser.hand import TEXTS
from tests.browser.sample import Served
from tests.browser.windows import DESK, PHONE, Windows, loaded, serious

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
FAR = 250  # presses of a key, at most, to come to something on a page
PAGES, KEYS = 34, 1200


def a_case(at: Served) -> str:
    said = {"target_group": "thai_abroad", "channel": "line",
            "client": {"name_thai": "นวล ตัวอย่าง", "sex": "female", "birth_date": "1992"}}  # fmt: skip
    with writing(at.node.engine) as session:
        by = acting(session, "malee")
        form = CaseFile.model_validate(said)
        return service.create(session, form, by=by, now=at.node.clock(), random=at.node.random).code


def record(at: Served, code: str) -> CaseRecord:
    with writing(at.node.engine) as session:
        found = read_record(session, session.exec(select(Case).where(Case.code == code)).one())
        session.expunge_all()
        return found


@dataclass
class Keys:
    """What a person does with a keyboard, each key counted; and the pages that came."""

    page: Page
    lang: str
    keys: int = 0
    pages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._came)

    def _came(self, response: Response) -> None:
        is_page = response.headers.get("content-type", "").startswith("text/html")
        if is_page and response.status == 200 and not response.url.endswith("/draft"):
            self.pages.append(response.url)

    def to(self, spot: Locator, back: bool = False) -> None:
        """Tab by Tab."""
        for _ in range(FAR):
            if spot.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            self.keys += 1
        raise AssertionError(f"not reached by keyboard: {spot}")

    def enter(self) -> None:
        """Another page comes."""
        self.page.locator("#main").evaluate("main => { main.dataset.left = '' }")
        self.page.keyboard.press("Enter")
        self.keys += 1
        self.page.locator("#main:not([data-left])").wait_for()
        loaded(self.page)

    def type(self, name: str, words: str) -> None:
        self.to(self.page.locator(f'main [name="{name}"]:not([type=hidden])').first)
        self.page.keyboard.type(words)
        self.keys += len(words)

    def add(self, act: str, name: str, year: int) -> None:
        """From a person's page: the relative, name and year, and back at the picture, where they have the
        focus."""
        self.to(self.page.locator(f'main a[href$="/add/{act}"]').first)
        self.enter()
        self.type("name", name)
        self.type("birth_date.year", str(year + 543 if self.lang == "th" else year))
        self.enter()
        expect(self.page.locator("main")).to_contain_text(str(TEXTS.say(self.lang, "done.kin_added")))
        assert name in (self.page.evaluate("document.activeElement.getAttribute('aria-label')") or "")

    def open(self) -> None:
        """Whoever has the focus in the picture."""
        self.enter()

    def back_to(self, key: str) -> None:
        """To somebody else in the picture, from whoever has the focus there."""
        spot = self.page.locator(f"#at-{key}")
        order = self.page.locator(".picture a").evaluate_all("all => all.map(one => one.id)")
        now = self.page.evaluate("document.activeElement.id")
        self.to(spot, back=order.index(f"at-{key}") < order.index(now))


@LANGS
def test_a_family_of_twelve_by_keyboard(windows: Windows, shared: Served, lang: str) -> None:
    """Four generations with a second marriage, in few pages; everybody stands where they belong."""
    code = a_case(shared)
    at = Keys(windows.open(shared, "malee", lang, DESK), lang)
    at.page.goto(f"/cases/{code}/genogram")
    loaded(at.page)
    at.add("mother", "ดวงพร", 1965)
    mother = record(shared, code).people[-1].key
    at.open()
    at.add("mother", "บุญมี", 1940)
    at.back_to(mother)
    at.open()
    at.add("father", "ทองดี", 1938)
    at.back_to("client")
    at.open()
    at.add("father", "สมชาย", 1960)
    at.back_to("client")
    at.open()
    at.add("brother", "อรุณ", 1989)
    at.open()
    at.add("son", "ภูมิ", 2018)
    at.back_to("client")
    at.open()
    at.add("ex_partner", "เกรียงไกร", 1990)
    ex = record(shared, code).people[-1].key
    at.open()
    at.add("son", "กล้า", 2013)
    at.back_to("client")
    at.open()
    at.add("partner", "Klaus", 1975)
    husband = record(shared, code).people[-1].key
    at.back_to("client")
    at.open()
    at.add("daughter", "แพร", 2021)
    at.back_to(husband)
    at.open()
    at.add("mother", "Inge", 1948)
    found = record(shared, code)
    assert 1 + len(found.people) == 12
    ties = {(one.one, one.kind, one.other) for one in found.ties}
    of = {one.name_thai or one.name_latin: one.key for one in found.people}
    assert {("client", "birth", of["แพร"]), (husband, "birth", of["แพร"]), (ex, "birth", of["กล้า"])} <= ties
    assert ("client", "birth", of["กล้า"]) in ties
    assert {(of["สมชาย"], "birth", of["อรุณ"]), (mother, "birth", of["อรุณ"])} <= ties
    expect(at.page.locator("svg [data-person]")).to_have_count(12)
    assert serious(at.page) == {}
    assert len(at.pages) <= PAGES, len(at.pages)
    assert at.keys <= KEYS, at.keys


@LANGS
def test_a_relative_is_added_on_a_phone(windows: Windows, shared: Served, lang: str) -> None:
    """A tap on the symbol, one on the relative, one to save; nothing but the picture scrolls sideways."""
    code = a_case(shared)
    page = windows.open(shared, "malee", lang, PHONE)
    page.goto(f"/cases/{code}/genogram")
    loaded(page).locator("#at-client").tap()
    page.locator('main a[href$="/add/mother"]').tap()
    page.locator('main [name="name"]').fill("ดวงพร")
    page.locator("main button.go").tap()
    expect(page.locator("svg [data-person]")).to_have_count(2)
    for spot in page.locator(".picture a").all():
        box = spot.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == {}


def test_without_script_too(windows: Windows, shared: Served) -> None:
    """The new one is where the address points."""
    code = a_case(shared)
    page = windows.open(shared, "malee", "th", DESK, java_script_enabled=False)
    page.goto(f"/cases/{code}/genogram")
    page.locator('main a[href$="/add/mother"]').first.click()
    page.locator('main [name="name"]').fill("ดวงพร")
    page.locator("main button.go").click()
    key = record(shared, code).people[-1].key
    assert page.url.endswith(f"#at-{key}")
    expect(page.locator(f"#at-{key}")).to_be_visible()
