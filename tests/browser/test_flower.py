"""A volunteer fills the flower with a mother, on a phone; what has changed is seen in the row of flowers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from songtor_node.web.pages.pictures.flower_together import CHOICES
from songtor_proto.vocabulary import vocabulary
from tests.browser.hand import Hand, link
from tests.browser.sample import FLOWER, Served
from tests.browser.windows import Windows
from tests.support.accounts import PASSWORD, with_account
from tests.support.talks import CHILD, case_of

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
TAPS = 2 * 8 + 6
"""Two a petal; to filling it in together, to hand the phone over, to give it back and go on (four, with the
one that leads back from where this journey tried to stray)."""
TOLD = "ไม่อยากกลับบ้านตอนเย็น"


@LANGS
def test_a_flower_is_filled_with_a_guardian(windows: Windows, here: Served, lang: str) -> None:
    """Eight petals, two taps each; the phone opens nothing else meanwhile; the worker sees their words."""
    with_account(here.node, "malee")
    case = f"/cases/{case_of(here.node, CHILD)}"
    hand = Hand(windows.open(here, "malee", lang), lang)
    hand.open(f"{case}/flower")
    hand.go(link("/flower/together"))
    hand.go('main button[value="hand"]')
    petals = hand.page.locator(".picture svg a")
    expect(petals).to_have_count(8)
    for number, place in enumerate(places := [one.get_attribute("href") or "" for one in petals.all()]):
        if number == 1:
            hand.is_for_everybody(hand.path)
        touch(hand, place)
        if number == 2:
            hand.write(reason=TOLD)
        hand.go(f'main button[value="{CHOICES[number % len(CHOICES)]}"]')
    assert len(places) == 2 * len(vocabulary().dimensions)
    hand.reads("together.whole")
    hand.reads_nowhere(TOLD)
    hand.open(case)
    assert hand.path == "/hand-back"
    hand.go(link("/together/0"))
    hand.go()
    hand.write(password=PASSWORD)
    hand.go()
    hand.go()
    assert hand.path == f"{case}/flower"
    hand.reads(TOLD, hand.says("pictures.flower_level_red"))
    assert hand.taps == TAPS


def touch(hand: Hand, place: str) -> None:
    """A petal is touched where its words stand."""
    hand.go(hand.page.locator(f'.picture svg a[href="{place}"] text').last)


@LANGS
def test_change_is_seen_in_the_row_of_flowers(windows: Windows, here: Served, lang: str) -> None:
    """A petal is touched, judged anew, and the flower of today stands last in the row."""
    hand = Hand(windows.open(here, "malee", lang), lang)
    flower = f"/cases/{here.cases[FLOWER]}/flower"
    hand.open(flower)
    row = hand.page.locator(".flowers li")
    expect(row).to_have_count(3)
    touch(hand, f"{flower}/guardian/health")
    hand.pick("level", "red")
    hand.write(reason="ลุกไม่ไหวมาสามวัน")
    hand.go()
    assert hand.path == flower
    expect(row).to_have_count(4)
    expect(row.last).to_contain_text(hand.says("flower.present"))
    hand.reads("ลุกไม่ไหวมาสามวัน", f"→ {hand.says('pictures.flower_level_red')}")
    expect(hand.page.locator(".case-bar .threat-red")).to_be_visible()


@LANGS
def test_it_is_filled_by_keyboard_and_without_a_script(windows: Windows, here: Served, lang: str) -> None:
    """Each petal is reached with the Tab key and opened with Enter."""
    hand = Hand(windows.open(here, "malee", lang, java_script_enabled=False), lang)
    hand.open(f"/cases/{here.cases[FLOWER]}/flower/together")
    hand.page.locator('button[value="read"]').click()
    petal = hand.page.locator(".picture svg a").nth(1)
    petal.focus()
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_url(re.compile("/together/[0-9]+/[a-z]+/[a-z]+$"))
    hand.page.locator('button[value="yellow"]').press("Enter")
    hand.page.wait_for_url(re.compile("/together/[0-9]+$"))
    expect(
        hand.page.locator(f'.picture a[aria-label*="{hand.says("pictures.flower_says_yellow")}"]')
    ).to_have_count(1)
