"""Hostile names and texts are words and nothing else: no script runs, nothing breaks out of the screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import Hand
from tests.browser.sample import Served
from tests.browser.test_axe import SCROLLS
from tests.browser.windows import Windows, loaded
from tests.support.referring import choose, go_on, send
from tests.support.talks import begin, case_of, png, say, to_check
from tests.support.visitor import visitor

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
RAN = "window.ran"
SET = f"{RAN}=1"
ADDRESS = f"javascript:{SET}//"
SCRIPT = f"<script>{SET}</script><img src=x onerror={SET}><a href='{ADDRESS}'>x</a>"
QUOTES = f"\"' onfocus='{SET}' autofocus x=\"</textarea></blockquote></title><svg onload={SET}>"
EMOJI = "👩\u200d👧\u200d👦🏳️\u200d🌈"
MARKS = "ก" + "\u0e49\u0e34" * 60  # tone marks and vowels, one upon the other
RIGHT_TO_LEFT = "مرحبا שלום "
KINDS = {
    "markup": ADDRESS + SCRIPT + QUOTES,
    "letters": MARKS + EMOJI * 10 + RIGHT_TO_LEFT * 4,
    "long": "ก" * 5000,
    "wide": "W" * 5000,
}
TURNED = "\u202eevil\u2066 name\u2069"
TOLD = ("demographics", "place", "problems", "contact", "name", "family", "narrative")


def case_saying(node: Served, text: str) -> str:
    """A case whose every word is that."""
    line = text[:300]
    said: dict[str, Any] = {
        "target_group": "thai_abroad",
        "channel": "line",
        "narrative": text,
        "request": {"text": text},
        "client": {
            "name_thai": line,
            "name_latin": line,
            "nickname": line,
            "birth_date": "1988-04",
            "city": line,
            "contacts": [{"channel": "line", "value": line, "safe": line, "say": line}],
        },
        "people": [{"relation": line, "name_thai": line, "danger": True, "lives_with_client": True}],
        "problems": [{"code": "domestic_violence", "note": line}],
        "facts": [{"text": text, "source": line}],
        "goals": [{"dimension": "social", "text": line, "todo": text, "who": line}],
    }
    return case_of(node.node, said)


def assert_harmless(page: Page) -> None:
    """Every promise of this file, for what stands there now."""
    page.wait_for_load_state()
    where = page.url
    assert page.evaluate(RAN) is None, where
    assert page.evaluate(SCROLLS) <= 0, f"{where} scrolls sideways"
    assert page.title() in ("ส่งต่อ", "Songtor"), where
    hrefs = page.locator("a[href], form[action]").evaluate_all(
        "all => all.map(one => new URL(one.getAttribute('href') ?? one.action, location).href)"
        ".filter(one => !/^https?:/.test(one))"
    )
    assert [one for one in hrefs if not one.startswith(("tel:", "mailto:"))] == [], where


@LANGS
@pytest.mark.parametrize("kind", KINDS)
def test_words_stay_words(windows: Windows, shared: Served, kind: str, lang: str) -> None:
    """On the case, the list, the consent, the referral and the sheet to print."""
    page = windows.open(shared, "malee", lang)
    who = visitor(shared.node, "malee", lang)
    code = case_saying(shared, KINDS[kind])
    case = f"/cases/{code}"

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(path)
            assert page.url.removeprefix(shared.origin) == path  # there, and nowhere else
            assert_harmless(page)

    look("/cases", case)
    expect(page.locator(".case-bar strong")).to_have_text(KINDS[kind][:300])
    look(*(case + below for below in ("/client", "/contact", "/people", "/facts", "/plan")))
    talk = begin(who, code)
    seen = to_check(who, talk, told=list(TOLD))
    look(f"{talk}/told", f"{talk}/check", f"{talk}/sheet")
    say(who, talk, "check", seen=seen, how="sign")
    say(who, talk, "sign", signature=png())
    consent = who.get(talk).headers["location"].removesuffix("/copy")
    who.post(f"{consent}/copy", {"safe": "yes", "person": "client", "finders": KINDS[kind][:300]})
    look(f"{case}/consents", consent, f"{consent}/copy", f"{consent}/print")
    choose(who, code)
    go_on(who, code, "name", "narrative", urgency="red")
    look(f"{case}/refer/look", f"{case}/refer/words")
    go_on(who, code, "name", "contact", urgency="red")
    look(f"{case}/refer/send")
    look(f"/referrals/{send(who, code)}", "/referrals", "/")


def test_marks_heaped_on_a_letter_cover_no_other_words(windows: Windows, shared: Served) -> None:
    """What stands above such a name looks as it does above any other."""
    page = windows.open(shared)
    seen = []
    for code in (case_of(shared.node), case_saying(shared, MARKS)):
        page.goto(f"/cases/{code}/people")
        seen.append(loaded(page).locator("header.top").screenshot())
    assert seen[0] == seen[1]


@LANGS
def test_what_is_typed_comes_back_as_typed(windows: Windows, shared: Served, lang: str) -> None:
    """Typed on a phone and saved, it stands in the form again, and on the case as words."""
    malee = Hand(windows.open(shared, "malee", lang), lang)
    case = f"/cases/{case_of(shared.node)}"
    for text in (SCRIPT, QUOTES, EMOJI, MARKS):
        malee.open(f"{case}/client/names")
        malee.write(nickname=text)
        malee.go()
        assert_harmless(malee.page)
        malee.open(f"{case}/client")
        malee.reads(text)
        malee.open(f"{case}/client/names")
        expect(malee.page.locator("#f-nickname")).to_have_value(text)


@LANGS
@pytest.mark.parametrize("text", [TURNED, KINDS["wide"]], ids=["turned", "long"])
def test_what_no_name_can_be_is_told(windows: Windows, shared: Served, text: str, lang: str) -> None:
    """What turns the direction of writing, or has no end: the words say so, and what was typed is still
    there."""
    malee = Hand(windows.open(shared, "malee", lang), lang)
    malee.open(f"/cases/{case_of(shared.node)}/client/names")
    malee.write(nickname=text)
    malee.go()
    malee.reads("shell.wrong_title")
    expect(malee.page.locator("#f-nickname")).to_have_value(text)
    assert_harmless(malee.page)
