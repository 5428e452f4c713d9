"""Two people at one form of one case: nobody's words are overwritten; both are kept and shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, press
from tests.browser.sample import Served
from tests.browser.windows import Windows
from tests.support.talks import case_of

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
HERS, OURS = "มาโดยเรือ", "มาโดยเครื่องบิน"


@LANGS
def test_both_texts_are_kept_and_shown(windows: Windows, shared: Served, lang: str) -> None:
    """Who saves second sees both, whose they are, and decides; the other sees what came of it."""
    story = f"/cases/{case_of(shared.node)}/story"
    anong, malee = (Hand(windows.open(shared, one, lang), lang) for one in ("anong", "malee"))
    for one, words in ((anong, HERS), (malee, OURS)):
        one.open(story)
        one.write(narrative=words)
    anong.go()
    anong.reads("done.saved")
    malee.go()
    assert malee.path == story
    malee.reads("done.both_kept", "shell.two_people", HERS, OURS)
    malee.reads(malee.says("shell.they_saved", who="anong"), malee.says("shell.they_typed", who="malee"))
    expect(malee.page.locator("#f-narrative")).to_have_value(HERS)
    anong.open(story)
    anong.reads("shell.two_people", OURS)  # whoever comes first may decide
    malee.go(malee.page.locator(press("settle"), has_text=malee.says("shell.keep_both")))
    malee.reads("done.saved")
    anong.open(story)
    expect(anong.page.locator("#f-narrative")).to_have_value(f"{HERS}\n{OURS}")
    anong.reads_nowhere("shell.two_people")


@LANGS
def test_different_fields_of_one_form_are_both_saved(windows: Windows, shared: Served, lang: str) -> None:
    """Where they wrote into different fields there is nothing to decide."""
    names = f"/cases/{case_of(shared.node)}/client/names"
    anong, malee = (Hand(windows.open(shared, one, lang), lang) for one in ("anong", "malee"))
    anong.open(names)
    malee.open(names)
    anong.write(nickname="นวล")
    malee.write(name_latin="Nuan Tuayang")
    for one in (anong, malee):
        one.go()
        one.reads_nowhere("shell.two_people")
    malee.open(names)
    expect(malee.page.locator("#f-nickname")).to_have_value("นวล")
    expect(malee.page.locator("#f-name_latin")).to_have_value("Nuan Tuayang")
