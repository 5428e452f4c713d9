"""What is around a household is put into its picture, and changed by touching it there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, link
from tests.browser.sample import FLOWER, Served
from tests.browser.windows import Windows

LANGS = pytest.mark.parametrize("lang", ["th", "en"])


@LANGS
def test_somebody_around_a_household_is_added_and_touched(windows: Windows, here: Served, lang: str) -> None:
    """A service is added in one form; it stands in the picture, in its words and in the list."""
    hand = Hand(windows.open(here, "malee", lang), lang)
    ecomap = f"/cases/{here.cases[FLOWER]}/ecomap"
    hand.open(ecomap)
    drawn = hand.page.locator(".picture svg a")
    before = drawn.count()
    hand.go(link("/ecomap/add"))
    hand.write(kind="law", name="ทนายอาสา")
    hand.pick("strength", "weak")
    hand.pick("flow", "to")
    hand.pick("whom", "mother")
    hand.go()
    assert hand.path == ecomap
    expect(drawn).to_have_count(before + 1)
    lawyer = drawn.filter(has_text="ทนายอาสา")
    expect(lawyer).to_have_attribute("aria-label", _says(hand, "weak", "to"))
    hand.go(lawyer.locator("circle"))
    hand.pick("strength", "strained")
    hand.go()
    expect(lawyer).to_have_attribute("aria-label", _says(hand, "strained", "to"))
    hand.tap(".picture-words summary")
    hand.reads(_says(hand, "strained", "to"))


def _says(hand: Hand, strength: str, flow: str) -> str:
    kind = hand.label("around", "law")
    tie = f"{hand.label('tie_strengths', strength)} · {hand.label('tie_flows', flow)}"
    return f"ทนายอาสา ({kind}): {tie} · {hand.says('pictures.ecomap_of', who='จันทรา สมมติ')}"
