"""From a new case to an outcome: what leaves, what stays, and what comes back over the line."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, link, press
from tests.browser.sample import Served
from tests.browser.test_consent import signed
from tests.browser.windows import Windows

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
MOST = 25
REFER = 'main .buttons a[href$="/refer"]'


@pytest.fixture
def malee(windows: Windows, shared: Served, lang: str) -> Hand:
    return Hand(windows.open(shared, "malee", lang), lang)


@LANGS
def test_a_consented_referral_takes_few_taps(malee: Hand) -> None:
    """From a new case to a sent referral: at most 25 taps and fields that must be filled."""
    malee.open("/")
    malee.go(malee.page.locator('nav.menu a[href="/cases/new"]'))
    malee.go(press("target_group", "thai_abroad"))
    malee.go(press("channel", "line"))
    malee.go(malee.page.locator(".case-bar a.back"))  # all else can wait
    malee.go(REFER)
    malee.go(press("purpose", "domestic_violence"))
    malee.go(press("to", "TH-00/dwf"))
    malee.go()  # to ask for consent
    malee.go(press("safe", "yes"))
    malee.go(press("who", "client"))
    malee.write(age="34")
    malee.go()
    malee.go(press("phone", "read"))
    for screen in ("told", "days", "follow", "sight"):
        assert malee.path.endswith(screen)
        malee.go()
    malee.go(press("how", "sign"))
    signed(malee)
    malee.taps += 1  # the signature
    malee.go()
    malee.go()  # thanks
    malee.go(press("safe", "no"))  # a copy stays here
    malee.pick("urgency", "yellow")
    malee.go()
    malee.go()
    malee.reads("done.sent")
    count = malee.taps + malee.typed
    print(f"from a new case to a sent referral: {malee.taps} taps, {malee.typed} fields")
    assert count <= MOST
