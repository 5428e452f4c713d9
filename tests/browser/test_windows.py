"""A browser comes to a node as people do: with and without scripts, before and after there is a node."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Abroad
from tests.browser.sample import Served
from tests.browser.windows import DESK, Windows


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_signed_in_is_at_today(windows: Windows, here: Served, lang: str, scripts: bool) -> None:
    """In the language that was chosen; the title says no more than the program's name."""
    page = windows.open(here, lang=lang, java_script_enabled=scripts)
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == lang
    assert page.locator("h1").count() == 1
    assert page.title() == {"th": "ส่งต่อ", "en": "Songtor"}[lang]


def test_where_nobody_has_an_account_a_stranger_sees_no_case(windows: Windows, abroad: Abroad) -> None:
    """They are led to the start, which asks for the code on the machine's own screen."""
    page = windows.open(abroad.served, "", size=DESK)
    page.goto("/cases")
    assert page.url.endswith("/start")


def test_a_page_kept_for_back_is_asked_for_anew(windows: Windows, here: Served) -> None:
    """The phone may be in a client's hands by then, or the worker signed out; a browser asks nobody."""
    page = windows.open(here)
    page.goto(f"/cases/{here.cases[0]}")
    page.context.clear_cookies(name="songtor")
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.url.endswith("/start")


def test_before_there_is_a_node_all_leads_to_its_start(windows: Windows, untouched: Served) -> None:
    page = windows.open(untouched, "")
    page.goto("/cases")
    assert page.url.endswith("/start")
