"""Today: what waits for me, each with the way to it; and how the line stands. Point 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts as desk_acts
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.store.engine import writing
from songtor_proto.wire.payload_pb2 import Facts
from tests.browser.conftest import Abroad
from tests.browser.hand import TEXTS, Hand, link
from tests.browser.sample import Served
from tests.browser.windows import Windows
from tests.support.desks import at
from tests.support.hub import MovableClock
from tests.support.talks import case_of
from tests.support.until import until

LANGS = pytest.mark.parametrize("lang", ["th", "en"])


def comes(hand: Hand, *words: str) -> None:
    """They stand on Today as soon as the other side has spoken."""

    def there() -> bool:
        hand.open("/")
        text = hand.page.locator("body").inner_text()
        return all((hand.says(one) if one in TEXTS else one) in text for one in words)

    until(there)


def group(hand: Hand, name: str) -> str:
    """The first line that stands under that heading."""
    return f'main section[aria-labelledby="g-{name}"] a.row'


@LANGS
def test_what_needs_me_stands_there_and_leads_to_where_it_is_done(
    windows: Windows, kept: Abroad, new_console: Callable[..., Hub], lang: str
) -> None:
    """A follow-up, a draft, a fact to check, a question asked, an outcome that came; done, it is gone."""
    case = kept.berlin.case()
    malee = Hand(windows.open(kept.served, "malee", lang), lang)
    comes(malee, "today.nothing", "today.line_up")

    malee.open(f"/cases/{case}/follow-ups/add")
    malee.pick("method", "phone_call")
    malee.write(due=datetime.now(UTC).astimezone().date().isoformat())
    malee.go()
    malee.open(f"/cases/{case}/facts/new")
    malee.write(text="ทำงานที่ร้านอาหาร")
    malee.go()
    malee.open(f"/cases/{case}/notes/add")
    with malee.page.expect_response("**/draft"):
        malee.page.locator("main textarea").fill("โทรแล้ว")
    malee.open("/")
    malee.go(group(malee, "drafts"))
    expect(malee.page.locator("main textarea")).to_have_value("โทรแล้ว")
    malee.go()
    malee.open("/")
    malee.go(group(malee, "due"))
    malee.pick("condition", "better")
    malee.write(result="ปลอดภัยดี")
    malee.go()
    malee.open("/")
    malee.go(group(malee, "verify"))
    assert malee.path == f"/cases/{case}/facts"
    malee.open("/")
    malee.reads_nowhere("today.group_drafts", "today.group_due")

    reference = kept.berlin.refer()
    until(lambda: kept.berlin.state(reference) == "received")
    dwf = at(new_console, kept.hub.hub, "dwf")
    desk_acts.accept(dwf, reference)
    desk_acts.ask(dwf, reference, "ปลอดภัยไหม")
    comes(malee, "today.group_questions", reference)
    malee.go(group(malee, "questions"))
    malee.go(link("/answer"))
    malee.write(text="ปลอดภัยแล้ว")
    malee.go()
    malee.reads("done.referral_answer")
    malee.open("/")
    malee.reads_nowhere("today.group_questions")
    until(lambda: {row.state for row in kept.berlin.rows(Outbox)} == {"sent"})
    desk_acts.start(dwf, reference)
    desk_acts.complete(dwf, reference, "assisted", Facts(narrative="เข้าที่พักแล้ว"))
    until(lambda: kept.berlin.state(reference) == "completed")
    comes(malee, "today.group_answers")
    malee.go(group(malee, "answers"))
    assert malee.path == f"/referrals/{reference}"
    malee.open("/")
    malee.reads_nowhere("today.group_answers")


@LANGS
def test_the_line_is_told_in_a_sentence_and_work_goes_on_without_it(
    windows: Windows, kept: Abroad, lang: str
) -> None:
    """What waits for the internet is counted in words; it leaves by itself; what is late is told."""
    malee = Hand(windows.open(kept.served, "malee", lang), lang)
    admin = Hand(windows.open(kept.served, "admin", lang), lang)
    comes(malee, "today.line_up")
    kept.hub.stop()
    references = [kept.berlin.refer() for _ in range(2)]
    comes(malee, malee.says("line.waiting", n=2))
    malee.open("/cases")  # on every page
    expect(malee.page.locator("aside.line")).to_contain_text(malee.says("line.waiting", n=2))
    malee.go("aside.line a")
    malee.reads("node.outbox", *references)
    admin.open("/")
    expect(admin.page.locator("aside.line")).to_contain_text(admin.says("line.waiting", n=2))
    kept.hub.start()
    comes(malee, "today.line_up")
    expect(malee.page.locator("aside.line")).to_have_count(0)
    until(lambda: {kept.berlin.state(one) for one in references} == {"received"})
    with writing(kept.berlin.node.engine) as session:
        first = session.exec(select(Referral).where(Referral.reference == references[0])).one()
        first.respond_by = kept.berlin.node.clock() - timedelta(hours=2)
    malee.open("/")
    malee.go(group(malee, "overdue"))
    malee.reads("referral.overdue")


@pytest.fixture
def clock(shared: Served) -> Iterator[MovableClock]:
    """The node's own; it is set right again."""
    found = shared.node.clock
    assert isinstance(found, MovableClock)
    yield found
    found.ahead = timedelta()


@LANGS
def test_a_follow_up_is_reminded_of_until_it_is_done(
    windows: Windows, shared: Served, clock: MovableClock, lang: str
) -> None:
    """Ahead, on its day and after it, in cases that are one's own; done by its method, it is gone."""
    follow_ups = f"/cases/{case_of(shared.node, by='somsri')}/follow-ups"

    def after(days: int) -> Hand:
        clock.ahead = timedelta(days=days)
        made = Hand(windows.open(shared, "somsri", lang), lang)
        made.open("/")
        return made

    somsri = after(0)
    somsri.open(follow_ups)
    somsri.go()
    somsri.pick("method", "volunteer_visit")
    somsri.write(due=(clock().astimezone().date() + timedelta(days=3)).isoformat())
    somsri.go()
    somsri.reads("follow_ups.waiting", "care.due_soon")
    somsri.open("/")
    method = somsri.label("follow_up_methods", "volunteer_visit")
    expect(somsri.page.locator(group(somsri, "soon"))).to_contain_text(method)
    expect(after(3).page.locator(group(somsri, "due"))).to_contain_text(somsri.says("today.due"))
    somsri = after(4)
    expect(somsri.page.locator(group(somsri, "due"))).to_contain_text(somsri.says("today.overdue"))
    somsri.go(group(somsri, "due"))
    somsri.go()
    somsri.reads("shell.wrong_title")  # whoever says nothing has not followed up
    somsri.pick("condition", "better")
    somsri.write(result="ยิ้มได้แล้ว")
    somsri.go()
    assert somsri.path == follow_ups
    somsri.reads("follow_ups.done", method, "ยิ้มได้แล้ว")
    somsri.open("/")
    somsri.reads("today.nothing")
