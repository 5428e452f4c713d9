"""What is near: help by place and need, telling people, and the house's own figures. Points 6 and 7."""

from __future__ import annotations

import csv

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, link, press
from tests.browser.sample import Served
from tests.browser.windows import Windows

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
TEMPLE = "วัดตัวอย่าง"


@pytest.fixture
def malee(windows: Windows, shared: Served, lang: str) -> Hand:
    return Hand(windows.open(shared, "malee", lang), lang)


@LANGS
def test_help_is_found_by_place_and_need_without_a_line(malee: Hand, shared: Served, lang: str) -> None:
    """The house's own places stand beside the network's; what is looked for is in no address."""
    shared.front.trouble = "link.unavailable"
    malee.open("/resources")
    expect(malee.page.locator("aside.line")).to_be_visible()
    malee.reads("resources.title", "112")  # opens with this house's country
    malee.write(country="TH", need="human_trafficking")
    malee.go()
    malee.reads("1300")
    assert "?" not in malee.page.url

    name = f"{TEMPLE} {lang}"
    malee.go(link("/resources/new"))
    malee.pick("kind", "temple")
    malee.write(name=name, country="DE", city="Hamburg", phone="+49 40 123456", hours="ทุกวัน")
    malee.pick("needs", "domestic_violence")
    malee.go()
    malee.reads("done.saved")
    malee.write(country="DE", need="domestic_violence", text="hamburg")
    malee.go()
    place = malee.page.locator("li.place-row", has_text=name)
    expect(place).to_contain_text(malee.says("resources.ours"))
    expect(place.locator("a.call")).to_have_attribute("href", "tel:+4940123456")
    malee.write(country="FR", text="hamburg")
    malee.go()
    malee.reads("resources.none")
    malee.open("/resources")
    malee.write(text=name)
    malee.go()
    malee.go(place.locator('a[href^="/resources/"]'))
    malee.go(press("do", "checked"))
    malee.reads("done.checked")
    shared.front.trouble = ""


@LANGS
def test_what_is_typed_of_a_place_is_there_after_the_phone_slept(malee: Hand) -> None:
    """A draft, as everywhere; Today leads back to it, and it can be dropped."""
    malee.open("/resources/new")
    with malee.page.expect_response(lambda answer: "Bremen" in (answer.request.post_data or "")):
        malee.write(name="ร้านอาหารไทย", city="Bremen")
    malee.open("/")
    malee.go(link("/resources/new"))
    expect(malee.page.locator('[name="city"]')).to_have_value("Bremen")
    malee.go('button[formaction="/draft/drop"]')
    expect(malee.page.locator('[name="city"]')).to_have_value("")


@LANGS
def test_people_learn_of_us_by_a_poster_with_a_code_for_their_camera(malee: Hand, lang: str) -> None:
    """What was told where is noted; on paper stands the poster alone."""
    malee.open("/outreach")
    malee.go(link("/outreach/poster"))
    malee.go(link("/outreach/address"))
    malee.write(name="บ้านไทยเบอร์ลิน", phone="+49 30 901820", code="https://line.me/ti/p/example")
    malee.go()
    assert malee.path == "/outreach/poster"
    poster = malee.page.locator("article.poster")
    expect(poster).to_contain_text("+49 30 901820")
    expect(poster.locator(".qr svg")).to_be_visible()
    expect(poster).to_have_attribute("lang", "th")
    malee.page.emulate_media(media="print")
    expect(poster).to_be_visible()
    for hidden in (".top", "nav.menu", "button[data-print]"):
        expect(malee.page.locator(hidden)).to_be_hidden()
    malee.page.emulate_media(media="screen")
    malee.open("/outreach/new")
    malee.pick("way", "poster")
    malee.write(place=f"ร้านของชำ {lang}", people="40")
    malee.go()
    malee.reads("done.told", f"ร้านของชำ {lang}", malee.says("outreach.people", n=40))


@LANGS
def test_the_houses_figures_are_looked_at_and_taken_along(
    windows: Windows, sampled: Served, lang: str
) -> None:
    """By month, problem, step and channel, in words and bars; in the file the same, and nobody's name."""
    admin = Hand(windows.open(sampled, "admin", lang), lang)
    admin.open("/figures")
    for title in ("by_month", "by_problem", "by_step", "by_channel"):
        chart = admin.page.locator("figure.chart", has=admin.page.get_by_text(admin.says(f"figures.{title}")))
        expect(chart.locator("td svg rect").first).to_be_attached()
    admin.reads("figures.cases", "figures.first_answer", "figures.kept", "figures.no_persons")
    with admin.page.expect_download() as coming:
        admin.tap(admin.page.locator("a[download]"))
    path = coming.value.path()
    assert coming.value.suggested_filename.startswith("songtor-")
    text = path.read_text("utf-8-sig")
    shown = admin.page.locator("dl.sums dd").first.inner_text()
    assert [admin.says("figures.cases"), "", shown] in csv.reader(text.splitlines())
    assert "ดาวเรือง" not in text
    assert not any(code in text for code in sampled.cases)
    admin.page.locator('select[name="year"]').select_option(index=4)
    admin.go("form.period button")
    admin.reads("figures.none")
