"""From a new case to an outcome: what leaves, what stays, and what comes back over the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts as desk_acts
from songtor_hub.desks.opening import open_task
from songtor_node.referrals import acts
from songtor_proto.wire.payload_pb2 import Facts
from tests.browser.conftest import Abroad
from tests.browser.hand import GO, Hand, link, press
from tests.browser.sample import Served, serving
from tests.browser.test_consent import signed
from tests.browser.windows import Windows
from tests.support.desks import at, state_of
from tests.support.linked import AGREED, CASE, LinkedNode, join, wish
from tests.support.talks import begin, case_of, png, say, to_check
from tests.support.until import until
from tests.support.visitor import visitor

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
MOST = 25
REFER = 'main .buttons a[href$="/refer"]'
AGAIN = 'main form[action$="/again"] button:not([name])'


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
    assert malee.path.endswith("told")
    malee.go(press("all", "needed"))
    for screen in ("days", "follow", "sight"):
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


def agreed(node: Served, case: str, *told: str) -> None:
    """The client has signed that this may be told to the women's desk."""
    who = visitor(node.node, "malee")
    talk = begin(who, case)
    say(who, talk, "check", seen=to_check(who, talk, told=list(told)), how="sign")
    say(who, talk, "sign", signature=png())


def looking(hand: Hand, case: str) -> None:
    """At the two columns, under the consent that carries it."""
    hand.open(f"/cases/{case}")
    hand.go(REFER)
    hand.go(press("to", "TH-00/dwf"))
    assert hand.path.endswith("/refer/look")


@LANGS
def test_what_is_unticked_moves_over_at_once(malee: Hand, shared: Served) -> None:
    """Left leaves, right stays; one tap moves a row, and only that one."""
    case = case_of(shared.node)
    agreed(shared, case, "demographics", "place", "problems", "name")
    looking(malee, case)

    def row(side: str, category: str) -> Locator:
        return malee.page.locator(f'.{side} li:has(input[value="{category}"])')

    expect(row("leaves", "problems")).to_be_visible()
    expect(row("stays", "name")).to_be_visible()
    malee.pick("tick", "problems")
    expect(row("stays", "problems")).to_be_visible()
    expect(row("leaves", "problems")).to_have_count(0)
    malee.pick("tick", "name")
    expect(row("leaves", "name")).to_contain_text("นวล ตัวอย่าง")
    expect(row("stays", "problems")).to_be_visible()
    malee.page.reload()
    expect(row("leaves", "name")).to_be_visible()
    assert malee.path.endswith("/refer/look")  # the same page all along


@LANGS
def test_a_finding_is_cleared_and_a_double_tap_sends_once(malee: Hand, shared: Served) -> None:
    """A number in the story is shown before it goes; however often the button is pressed, one goes."""
    story = "โทรหาพี่สาวได้ที่ 080-000-0101 ตอนเย็น"
    case = case_of(shared.node, {"channel": "line", "narrative": story, "client": {"birth_date": "1988-04"}})
    agreed(shared, case, "demographics", "narrative")
    looking(malee, case)
    malee.pick("tick", "narrative")
    malee.pick("urgency", "yellow")
    malee.go()
    expect(malee.page.locator("main mark")).to_contain_text("080-000-0101")
    malee.open(f"/cases/{case}/refer/send")
    assert malee.path.endswith("/refer/words")  # nothing goes round it
    malee.go(press("clear"))
    malee.reads("refer.check")
    malee.page.locator(GO).first.dblclick()
    malee.reads("done.sent")
    malee.open(f"/cases/{case}")
    expect(malee.page.locator('main .glance a[href^="/referrals/"]')).to_have_count(1)


@pytest.fixture
def berlin(windows: Windows, abroad: Abroad, lang: str) -> Hand:
    return Hand(windows.open(abroad.served, "malee", lang), lang)


def refer(hand: Hand, node: LinkedNode) -> str:
    """A case with the client's consent, sent with the page; gives the reference."""
    case = node.case()
    node.consent(case, categories=AGREED)
    looking(hand, case)
    hand.go()
    hand.go()
    hand.reads("done.sent")
    return hand.path.rpartition("/")[2]


def stands(hand: Hand, path: str, where: str, words: str, before: Callable[[], object] = str) -> None:
    """The page says so as soon as the other end has done its part."""

    def there() -> bool:
        before()
        hand.open(path)
        return words in hand.page.locator(where).inner_text()

    until(there)


@LANGS
def test_asked_answered_and_ended(
    berlin: Hand, abroad: Abroad, new_console: Callable[..., Hub], lang: str
) -> None:
    """Received, opened, asked; answered on the page; the outcome comes home and stands on Today."""
    reference = refer(berlin, abroad.berlin)
    page = f"/referrals/{reference}"
    berlin.reads_nowhere("life.is_sent")
    abroad.berlin.sync()
    berlin.open(page)
    berlin.reads("life.is_sent", berlin.label("referral_stages", "register"))
    desk = at(new_console, abroad.hub.hub, "dwf")
    assert b"901820" not in open_task(desk, reference).messages[0].said.SerializeToString()
    desk_acts.accept(desk, reference)
    desk_acts.ask(desk, reference, "มีลูกมาด้วยไหม")
    abroad.berlin.sync()
    berlin.open("/")
    berlin.reads("today.group_questions")
    berlin.go(link(page))
    berlin.reads("referral.asked", "มีลูกมาด้วยไหม", "referral.openings")
    berlin.go(link("/answer"))
    berlin.write(text="ไม่มี มาคนเดียว")
    berlin.go()
    berlin.reads("done.referral_answer")
    abroad.berlin.sync()
    assert open_task(desk, reference).messages[-1].said.answer.text == "ไม่มี มาคนเดียว"
    desk_acts.start(desk, reference)
    desk_acts.complete(desk, reference, "assisted", Facts(narrative="เข้าที่พักแล้ว"))
    abroad.berlin.sync()
    berlin.open("/")
    berlin.reads("today.group_answers")
    berlin.go(link(page))
    berlin.reads(berlin.label("outcomes", "assisted"), "เข้าที่พักแล้ว")


@LANGS
def test_sent_while_the_line_is_cut(berlin: Hand, kept: Abroad, lang: str) -> None:
    """It waits for the internet, in words, and goes by itself when the line is back."""
    kept.hub.stop()
    page = f"/referrals/{refer(berlin, kept.berlin)}"
    stands(berlin, page, "body", berlin.says("line.waiting", n=1))
    berlin.reads("life.is_waiting")
    kept.hub.start()
    stands(berlin, page, "main", berlin.says("life.is_sent"))
    berlin.reads_nowhere("life.is_waiting", berlin.says("line.waiting", n=1))


@LANGS
def test_taken_back(berlin: Hand, abroad: Abroad, new_console: Callable[..., Hub], lang: str) -> None:
    """The client takes it back; the page says what became of every copy. What else they sent goes on."""
    reference = refer(berlin, abroad.berlin)
    other = abroad.berlin.refer()
    abroad.berlin.sync()
    open_task(at(new_console, abroad.hub.hub, "dwf"), reference)
    berlin.go(link("/withdraw"))
    berlin.go("main button.destroy")
    berlin.reads("done.referral_withdraw", "referral.withdrawn")

    stands(berlin, f"/referrals/{reference}", "main", berlin.says("life.copy_destroyed"), abroad.berlin.sync)
    berlin.reads("referral.copies", "referral.destroyed_here")
    berlin.open("/referrals")
    berlin.reads(other)
    berlin.reads_nowhere(reference)
    assert abroad.berlin.state(other) == "received"


@pytest.fixture
def taipei(abroad: Abroad, tmp_path: Path) -> Iterator[LinkedNode]:
    """Another node of the network, which knows Berlin's keys."""
    made = join(abroad.hub, tmp_path, "TW-44")
    abroad.berlin.sync()
    yield made
    made.close()


@LANGS
def test_what_comes_in_becomes_a_case(berlin: Hand, abroad: Abroad, taipei: LinkedNode, lang: str) -> None:
    """Read, accepted with a tap: a case that knows where it came from; and the sender hears of it."""
    reference = taipei.refer(to="DE-02")
    taipei.sync()
    abroad.berlin.sync()
    berlin.open("/")
    berlin.reads("today.group_undecided")
    berlin.go(link(f"/referrals/{reference}"))
    berlin.reads("referral.what_came", berlin.label("problems", "domestic_violence"))
    berlin.go('form[action$="/accept"] button')
    berlin.reads("done.referral_accept")
    expect(berlin.page.locator(link(f"/referrals/{reference}"))).not_to_have_count(0)
    abroad.berlin.sync()
    taipei.sync()
    assert taipei.state(reference) == "accepted"
    with taipei.act() as now:
        acts.withdraw(now, reference, person="client")
    taipei.sync()
    abroad.berlin.sync()
    berlin.open(f"/referrals/{reference}")
    berlin.reads("referral.withdrawn")


@LANGS
def test_declined_it_says_why_to_whoever_sent_it(
    berlin: Hand, windows: Windows, abroad: Abroad, taipei: LinkedNode, lang: str
) -> None:
    """A reason is chosen, no case is made, and the sender reads the reason where they sent it."""
    reference = taipei.refer(to="DE-02")
    taipei.sync()
    abroad.berlin.sync()
    page = f"/referrals/{reference}"
    berlin.open("/referrals/incoming")
    berlin.go(link(page))
    berlin.go(link("/decline"))
    berlin.go()
    berlin.reads("shell.wrong_title")  # without a reason nothing goes
    berlin.reads_nowhere(berlin.label("rejection_reasons", "unreadable"))  # the program's own
    berlin.pick("reason", "no_capacity")
    berlin.go()
    why = berlin.says("referral.because", reason=berlin.label("rejection_reasons", "no_capacity"))
    berlin.reads("done.referral_decline", why)
    expect(berlin.page.locator('main a[href^="/cases/"], main form[action$="/accept"]')).to_have_count(0)
    abroad.berlin.sync()
    taipei.sync()
    with serving(taipei.node.data, taipei.node) as there:
        sender = Hand(windows.open(there, "malee", lang), lang)
        sender.open("/")
        sender.reads("today.group_answers")
        sender.go(link(page))
        sender.reads(why)
        expect(sender.page.locator(AGAIN)).to_be_visible()  # and what can be done now


@LANGS
def test_cancelled_with_a_reason(
    berlin: Hand, abroad: Abroad, new_console: Callable[..., Hub], lang: str
) -> None:
    """No longer needed: the desk sees that it ends, and there is nothing more to cancel."""
    reference = abroad.berlin.refer()
    abroad.berlin.sync()
    desk_acts.accept(at(new_console, abroad.hub.hub, "dwf"), reference)
    berlin.open("/referrals")
    berlin.go(link(f"/referrals/{reference}"))
    berlin.go(link("/cancel"))
    berlin.reads("referral.form_cancel_hint")
    berlin.pick("reason", "no_longer_needed")
    berlin.go()
    reason = berlin.label("cancellation_reasons", "no_longer_needed")
    berlin.reads("done.referral_cancel", berlin.says("referral.because", reason=reason))
    expect(berlin.page.locator(link("/cancel"))).to_have_count(0)
    abroad.berlin.sync()
    assert state_of(abroad.hub.hub, reference) == "cancelled"
    berlin.open("/referrals")
    berlin.reads_nowhere(reference)
    berlin.go(link("?show=closed"))
    berlin.reads(reference)


@LANGS
def test_after_its_outcome_it_is_asked_to_be_opened_again(
    berlin: Hand, abroad: Abroad, new_console: Callable[..., Hub], lang: str
) -> None:
    """The same facts as a second version; the desk takes it on, and both lives stand on the page."""
    reference = abroad.berlin.refer()
    abroad.berlin.sync()
    desk = at(new_console, abroad.hub.hub, "dwf")
    desk_acts.accept(desk, reference)
    desk_acts.start(desk, reference)
    desk_acts.complete(desk, reference, "partly_assisted", Facts(narrative="ออกจากที่พักแล้ว"))
    abroad.berlin.sync()
    page = f"/referrals/{reference}"
    berlin.open(page)
    berlin.reads("referral.do_again_closed", berlin.label("outcomes", "partly_assisted"))
    berlin.go(AGAIN)
    berlin.reads(berlin.says("refer.version", reference=reference))
    berlin.go()
    berlin.go()
    berlin.reads("done.sent", berlin.says("referral.version", n=2))
    assert berlin.path == page
    abroad.berlin.sync()
    desk_acts.accept(desk, reference)
    abroad.berlin.sync()
    berlin.open("/")
    berlin.reads("today.group_answers")
    berlin.go(link(page))
    berlin.reads(berlin.says("referral.version", n=1), berlin.label("outcomes", "partly_assisted"))
    berlin.reads(berlin.label("referral_stages", "reaction"))


@LANGS
def test_with_a_wider_consent_more_is_told(
    berlin: Hand, abroad: Abroad, new_console: Callable[..., Hub], lang: str
) -> None:
    """Asked for from the two columns, agreed to, looked through, sent: version 2 takes the first one's
    place."""
    story = "โทรหาพี่สาวได้ที่ 080-000-0101 ตอนเย็น"
    case = abroad.berlin.case(CASE.replace("ผู้รับบริการเล่าว่าถูกทำร้าย", story))
    abroad.berlin.consent(case, categories=("demographics", "place", "problems", "threat"))
    with abroad.berlin.act() as now:
        reference = acts.refer(now, case, wish()).reference
    abroad.berlin.sync()
    desk = at(new_console, abroad.hub.hub, "dwf")
    assert story.encode() not in open_task(desk, reference).messages[0].said.SerializeToString()
    berlin.open(f"/referrals/{reference}")
    berlin.go(AGAIN)
    berlin.go('main form[action$="/refer/consent"] button')
    berlin.go(press("safe", "yes"))
    berlin.go(press("who", "client"))
    berlin.go(press("phone", "read"))
    berlin.pick("told", "demographics", "problems", "narrative")
    berlin.go()
    for _ in ("days", "follow", "sight"):
        berlin.go()
    berlin.go(press("how", "spoken"))
    berlin.write(spoken_witness="วันดี พยาบาล")
    berlin.go()
    berlin.go()  # thanks
    berlin.go(press("safe", "no"))  # a copy stays here
    berlin.reads(berlin.says("refer.version", reference=reference))
    berlin.pick("tick", "narrative")
    berlin.go()
    expect(berlin.page.locator("main mark")).to_contain_text("080-000-0101")
    berlin.go(press("clear"))
    berlin.go()
    berlin.reads("done.sent", berlin.says("referral.version", n=2), story)
    abroad.berlin.sync()
    assert story.encode() in open_task(desk, reference).messages[-1].said.SerializeToString()
    abroad.berlin.sync()
    berlin.open(f"/referrals/{reference}")
    expect(berlin.page.locator("ol.life")).to_contain_text(berlin.says("referral.version", n=1))
    expect(berlin.page.locator("section:has(h2) ul.tasks li:has(time)")).to_have_count(2)  # opened each
