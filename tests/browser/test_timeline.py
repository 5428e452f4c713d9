"""A life is told on a phone as it comes to mind, and stands there in its order."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, link
from tests.browser.sample import Served
from tests.browser.windows import DESK, Windows
from tests.support.talks import ADULT, case_of

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
BORN, DEBTS, LOST, CALLED = "เกิดที่เลย", "เป็นหนี้", "ตกงาน", "โทรหาวัด"


@pytest.fixture
def malee(windows: Windows, shared: Served, lang: str) -> Hand:
    return Hand(windows.open(shared, "malee", lang), lang)


def begin(at: Hand, text: str, year: int = 0) -> None:
    """A new event as far as its year, in the era of that language."""
    at.go(link("/timeline/new"))
    at.write(text=text)
    if year:
        at.page.locator('[name="when.year"]').fill(str(year + 543 if at.lang == "th" else year))


def stand(at: Hand, *words: str) -> None:
    """In the picture that is seen, from top to bottom; the page does not go sideways."""
    found = [at.page.locator(".picture text:visible", has_text=one) for one in words]
    heights = [(one.bounding_box() or {"y": 0})["y"] for one in found]
    assert heights == sorted(heights)
    assert at.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@LANGS
def test_a_life_is_told_out_of_order(malee: Hand, shared: Served) -> None:
    """The end, the beginning, then what lay between: about then, still so, led to what, after what."""
    case = f"/cases/{case_of(shared.node, ADULT)}"
    malee.open(f"{case}/timeline")
    malee.reads("timeline.none")
    begin(malee, CALLED, 2026)
    malee.go()
    begin(malee, BORN, 1988)
    malee.go()
    begin(malee, DEBTS, 2019)
    malee.pick("when.about", "true")
    malee.pick("until.still", "true")
    malee.tap(malee.page.locator(".more-fields label.pick", has_text=CALLED))
    malee.go()
    begin(malee, LOST)
    malee.go()  # without any place in time: asked again, and nothing is lost
    malee.reads("shell.wrong_title")
    malee.page.locator(".more-fields > summary").tap()
    option = malee.page.locator('[name="after"] option', has_text=BORN).get_attribute("value")
    malee.write(after=option or "")
    malee.go()
    assert malee.path == f"{case}/timeline"
    stand(malee, BORN, LOST, DEBTS, CALLED)
    malee.reads("pictures.timeline_order_known")
    expect(malee.page.locator(".picture [data-from]:visible")).to_have_count(1)
    malee.is_for_everybody(f"{case}/timeline")
    malee.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    stand(malee, BORN, LOST, DEBTS, CALLED)


@LANGS
def test_the_picture_is_read_in_words_and_an_event_corrected(malee: Hand, shared: Served) -> None:
    """With the same numbers; from the list to the event and back."""
    life = [{"when": "1990", "text": BORN}, {"when": "2019", "until": "..", "text": DEBTS}]
    case = f"/cases/{case_of(shared.node, {**ADULT, 'events': life})}"
    malee.open(f"{case}/timeline")
    malee.tap(malee.page.locator(".picture-words summary"))
    expect(malee.page.locator(".picture-words li")).to_have_count(2)
    expect(malee.page.locator(".picture-words li").nth(1)).to_contain_text(DEBTS)
    malee.go(malee.page.locator("main .rows a.row", has_text=DEBTS))
    malee.write(text=LOST)
    malee.go()
    stand(malee, BORN, LOST)
