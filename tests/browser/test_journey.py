"""A plan from its first goal to a referral: steps, a signature on the phone, what is late, a way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from songtor_proto.times import utc_now
from tests.browser.hand import Hand, link, press
from tests.browser.sample import Served
from tests.browser.test_consent import signed
from tests.browser.windows import DESK, Windows
from tests.support.accounts import PASSWORD, with_account
from tests.support.talks import CHILD, case_of

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
FAMILY: dict[str, Any] = {
    **CHILD,
    "health": {"physical": "น้ำหนักต่ำกว่าเกณฑ์"},
    "education": {"level": "ชั้นประถมปีที่หก"},
    "threats": [{"subject": "child", "dimension": "education", "level": "red", "reason": "ขาดเรียน"}],
}
GOAL, WEIGHED, TEACHER = "เด็กนอนพอและน้ำหนักขึ้น", "ตรวจกับหมอเด็ก", "พบครูประจำชั้น"
REASON = "หมอเด็กย้าย ต้องหาคนใหม่"


@pytest.fixture
def malee(windows: Windows, shared: Served, lang: str) -> Hand:
    with_account(shared.node, "malee")
    return Hand(windows.open(shared, "malee", lang), lang)


@LANGS
def test_a_plan_is_agreed_worked_on_and_proposes_what_to_tell(
    malee: Hand, windows: Windows, shared: Served, lang: str
) -> None:
    """Goal, two steps, signed by the mother on the phone, in service, late, back for a reason, referred."""
    case = case_of(shared.node, FAMILY)
    planned(malee, case)
    agreed(malee, case)
    late(malee, case)
    gone_back(malee, case)
    seen_on_a_desk(Hand(windows.open(shared, "malee", lang, DESK), lang), case)
    assert shared.network is not None
    shared.network.nodes[0].consent(
        case,
        basis="guardian_consent",
        guardian="มารดา",
        child_view="อยากหาย",
        purpose="child_protection",
        recipients=("TH-00/dcy",),
        categories=("demographics", "place", "problems", "threat", "health"),
        age=None,
    )
    proposed(malee, case)


def planned(at: Hand, case: str) -> None:
    at.open(f"/cases/{case}/plan")
    at.go()
    at.pick("subject", "child")
    at.pick("dimension", "health")
    at.write(text=GOAL, who="มาลี", due=(utc_now().astimezone().date() + timedelta(days=200)).isoformat())
    at.go()
    at.reads(GOAL, at.label("journey_stages", "diagnosing"))
    at.go("main .goal a.row")
    for what, days, needs in ((WEIGHED, "10", ("health",)), (TEACHER, "20", ("education", "family"))):
        at.go(link("/steps/new"))
        at.write(what=what, agency="คลินิกเด็ก", days=days)
        at.pick("information", *needs)
        at.go()
        at.reads("done.saved", what, *(at.label("categories", one) for one in needs))
    expect(at.page.locator("main .stations > li")).to_have_count(2)


def agreed(at: Hand, case: str) -> None:
    """By the mother, who holds the phone; the stepfather is no choice."""
    at.go(link("/agreement"))
    at.reads("บิดาเลี้ยง")
    expect(at.page.locator('input[name="by"][type=radio]')).to_have_count(2)
    at.pick("by", str(at.page.locator('input[name="by"][type=radio]').nth(1).get_attribute("value")))
    at.pick("language", at.lang)
    at.go(press("how", "hand"))
    at.reads("plan.read_title", GOAL, WEIGHED, "plan.read_end")
    expect(at.page.locator("nav.menu, .case-bar")).to_have_count(0)
    at.is_for_everybody(f"/cases/{case}/agreement/held")
    at.go()
    at.reads("plan.tick_one")
    at.tap("main label.pick")
    at.go()
    at.go()  # without a signature
    at.reads("shell.wrong_title")
    signed(at)
    at.go()
    at.reads("plan.thanks")
    at.open(f"/cases/{case}/plan")
    assert at.path == "/hand-back"
    at.write(password=PASSWORD)
    at.go()
    assert at.path == f"/cases/{case}/plan"
    at.reads(at.label("journey_stages", "agreed"))


def late(at: Hand, case: str) -> None:
    """One is begun with a tap; of the other it is written down that it began a month ago."""
    at.go("main .goal a.row")
    at.reads("มารดา จันทร์ สมมติ")
    at.pick("stage", "in_service")
    at.go("main form.sheet button.go")
    at.reads(at.label("journey_stages", "in_service"))
    at.go(
        at.page.locator("main .stations > li").nth(1).locator(press("what", "started").removeprefix("main "))
    )
    at.go(link("/steps/1"))
    at.write(started=(utc_now().astimezone().date() - timedelta(days=30)).isoformat())
    at.go()
    at.reads("pictures.journey_step_late")
    expect(at.page.locator("main .stop-late")).to_have_count(1)
    at.open("/")
    expect(at.page.locator(f'main a[href^="/cases/{case}/plan/"]')).to_have_count(1)


def gone_back(at: Hand, case: str) -> None:
    """Only for a reason, which stays."""
    at.go(at.page.locator(f'main a[href^="/cases/{case}/plan/"]'))
    at.pick("stage", "agreed")
    at.go("main form.sheet button.go")
    at.reads("shell.wrong_title")
    at.write(reason=REASON)
    at.go("main form.sheet button.go")
    at.reads(REASON, "plan.moves")


def seen_on_a_desk(at: Hand, case: str) -> None:
    """The picture says all of it."""
    at.open(f"/cases/{case}/plan")
    picture = at.page.locator(".picture svg")
    expect(picture).to_be_visible()
    for words in (GOAL, WEIGHED, TEACHER, at.label("journey_stages", "agreed")):
        expect(picture).to_contain_text(words)
    expect(picture.locator("[data-note=back]")).to_have_count(1)
    expect(picture.locator("[data-state=late]")).to_have_count(1)
    at.is_for_everybody(f"/cases/{case}/plan")


def proposed(at: Hand, case: str) -> None:
    """Health waits for one tap; what the consent does not cover is named."""
    at.open(f"/cases/{case}/refer")
    at.go(press("purpose", "child_protection"))
    at.go(press("to", "TH-00/dcy"))
    at.reads(at.says("refer.step_needs", what=WEIGHED))
    uncovered = ", ".join(at.label("categories", one) for one in ("family", "education"))
    at.reads(at.says("refer.plan_uncovered", what=uncovered))
    expect(at.page.locator("#tick-health")).not_to_be_checked()
    at.go(press("by_plan"))
    expect(at.page.locator("#tick-health")).to_be_checked()
    at.reads_nowhere(at.says("refer.take_by_plan", n=1))
