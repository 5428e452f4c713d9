"""Refer with the pages: what for, to whom, what leaves and what stays, the words found, sent once."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from songtor_node.consents import suggest as first_of
from songtor_node.consents.models import Consent
from songtor_node.keys import newest
from songtor_node.referrals import suggest
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.referrals.suggest import EMERGENCY, Where
from songtor_node.store.engine import reading, writing
from songtor_proto.vocabulary import policy, vocabulary
from tests.support.linked import CASE, LinkedNetwork, LinkedNode, new_node
from tests.support.referring import IN_PART, SAFE, at, choose, go_on, refer, send, task_of, text_of
from tests.support.visitor import front_of, visitor


@pytest.fixture
def berlin(network: LinkedNetwork) -> LinkedNode:
    return network.node("DE-02")


def columns(page: str) -> tuple[str, str]:
    leaves, _, stays = page.partition('class="stays"')
    return text_of(leaves[leaves.find('class="leaves"') :]), text_of(stays.partition('class="sum"')[0])


# What is suggested


def test_every_problem_leads_to_a_purpose_and_protection_comes_first_where_it_is_red() -> None:
    """No problem leaves a worker without a suggestion; red offers protection before all else."""
    assert all(suggest.purposes(policy(), [code], "green") for code in vocabulary().problems)
    assert EMERGENCY in policy().purposes
    assert suggest.purposes(policy(), ["fraud"], "red")[:2] == [EMERGENCY, "fraud_help"]


def test_recipients_are_suggested_by_purpose_and_by_where_people_are() -> None:
    """A partner in the client's other country first, then desks in the policy's order, then the province."""
    known = {"TH-00/dwf", "TH-00/tsda", "TH-00/province-40", "TH-00/province-41", "TW-44", "DE-02"}
    partner = next(one for one in first_of.nodes(policy(), "advice", own="DE-02") if one[:2] == "TW")

    def found(client: Where, *family: Where) -> suggest.Recipients:
        return suggest.recipients(
            policy(),
            vocabulary(),
            "domestic_violence",
            own="DE-02",
            client=client,
            family=family,
            known={*known, partner},
        )

    here = found(Where("DE", "Berlin"), Where("TH", "เมืองขอนแก่น ขอนแก่น"))
    assert here.near == ("TH-00/dwf", "TH-00/tsda", "TH-00/province-40")
    assert "TH-00/province-41" in here.others
    assert "DE-02" not in here.near + here.others
    assert found(Where("TW", "Taipei")).near[0] == partner


# The way


def test_nothing_leaves_without_consent_and_the_way_to_it_knows_what_for(berlin: LinkedNode) -> None:
    """C1: without a ground the page leads to the conversation, which knows purpose and recipient."""
    case, malee = berlin.case(), at(berlin)
    page = malee.get(f"/cases/{case}/refer").text
    assert 'value="domestic_violence"' in page
    assert choose(malee, case).endswith("/refer/consent")
    assert "Ask for consent first" in malee.get(f"/cases/{case}/refer/consent").text
    asked = malee.post(f"/cases/{case}/refer/consent").headers["location"]
    assert asked == f"/cases/{case}/consents/new"
    talk = malee.post(asked, {"safe": "yes"}).headers["location"].rsplit("/", 1)[0]
    answer = malee.post(f"{talk}/who", {"who": "client"})
    assert answer.headers["location"].rsplit("/", 1)[1] not in ("purpose", "recipients")
    assert malee.get(f"/cases/{case}/refer/look").status_code == 303


def test_a_ground_that_is_there_is_one_tap(berlin: LinkedNode) -> None:
    """Where consent covers it, purpose and recipient are chosen together; three taps to what is sent."""
    case, malee = berlin.case(), at(berlin)
    ground = berlin.consent(case)
    page = malee.get(f"/cases/{case}/refer").text
    assert f'name="ground" value="{ground}"' in page
    assert f'name="ground" value="{ground}"' in malee.get(f"/consents/{ground}").text
    answer = malee.post(f"/cases/{case}/refer", {"ground": ground, "to": "TH-00/dwf"})
    assert answer.headers["location"] == f"/cases/{case}/refer/look"
    assert go_on(malee, case) == f"/cases/{case}/refer/send"
    berlin.sync()
    reference = send(malee, case)
    berlin.sync()
    assert berlin.state(reference) == "received"


def test_what_leaves_and_what_stays_stand_side_by_side(berlin: LinkedNode) -> None:
    """M2 to M5: each fact with its value and why; identity stays until the worker moves it."""
    case, malee = berlin.case(), at(berlin)
    berlin.consent(case)
    choose(malee, case)
    page = malee.get(f"/cases/{case}/refer/look").text
    leaves, stays = columns(page)
    assert "Leaves Germany" in leaves
    assert "Thai Buddhist Association" in stays or "Stays here" in stays
    assert "Berlin" in leaves
    assert "The recipient cannot work without it" in leaves
    assert "ดาวเรือง สมมติ" in stays
    assert "ดาวเรือง" not in leaves
    assert "+49 30 901820" in stays
    assert re.search(r"6 facts leave\s*, 5 stay to Department of Women.* · \d\.\d kB", text_of(page))
    assert "can be withdrawn" in page
    thai = at(berlin, lang="th").get(f"/cases/{case}/refer/look").text
    assert "ออกจากเยอรมนี" in thai
    assert "ส่งออก 6 ข้อ" in text_of(thai)


def test_a_tick_moves_a_row_over_at_once_and_without_scripts_too(berlin: LinkedNode) -> None:
    """The columns come alone for htmx, and as the page again for a plain form; both keep the choice."""
    case, malee = berlin.case(), at(berlin)
    berlin.consent(case)
    choose(malee, case)
    said = {"ticked": "true", "tick": ["demographics", "name"]}
    part = malee.post(f"/cases/{case}/refer/preview", said, headers=IN_PART).text
    assert "<html" not in part
    leaves, stays = columns(part)
    assert "ดาวเรือง สมมติ" in leaves
    assert "Musterstra" in stays
    assert "Berlin" in stays
    assert "They usually need" in text_of(part)
    plain = malee.post(f"/cases/{case}/refer/preview", {"ticked": "true", "tick": ["place"]})
    assert plain.headers["location"].endswith("/look")
    leaves, stays = columns(malee.get(f"/cases/{case}/refer/look").text)
    assert "ดาวเรือง" in stays
    assert "Place" in leaves or "City" in leaves


def test_what_the_policy_or_the_client_keeps_cannot_be_ticked(berlin: LinkedNode) -> None:
    """M2: a forged tick moves nothing that policy or consent holds back."""
    case, malee = berlin.case(), at(berlin)
    berlin.consent(case, categories=("demographics",))
    choose(malee, case)
    forged = {"ticked": "true", "tick": ["name", "address", "religion", "nonsense"]}
    leaves, stays = columns(malee.post(f"/cases/{case}/refer/preview", forged, headers=IN_PART).text)
    assert "ดาวเรือง" in stays
    assert "ดาวเรือง" not in leaves
    assert "The client (or guardian) did not agree to it" in stays


def test_sent_twice_it_goes_once(berlin: LinkedNode) -> None:
    """A double click and a form that comes again lead to the same referral."""
    case, malee = berlin.case(), at(berlin)
    berlin.consent(case)
    choose(malee, case)
    go_on(malee, case)
    stays = re.search(r"(\d+) stay", text_of(malee.get(f"/cases/{case}/refer/look").text)) or [""]
    task = task_of(malee.get(f"/cases/{case}/refer/send").text)
    first, second = (malee.post(f"/cases/{case}/refer/send", {"task": task}) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert f"{stays[1]} stayed here" in text_of(
        malee.get(first.headers["location"]).text
    )  # as was said before
    assert len(berlin.rows(Referral)) == len(berlin.rows(Outbox)) == 1
    assert malee.post(f"/cases/{case}/refer/send", {"task": "ff" * 16}).headers["location"].endswith("/refer")


def test_a_finding_is_looked_at_in_its_context_one_by_one(berlin: LinkedNode) -> None:
    """M7: nothing goes while a place is open; each is cleared alone, in words."""
    case = berlin.case(CASE.replace("ถูกทำร้าย", "ถูกทำร้าย โทร +49 30 901820 หาดาวเรือง สมมติ"))
    berlin.consent(case)
    malee = at(berlin)
    choose(malee, case)
    assert go_on(malee, case, *SAFE, "narrative").endswith("/words")
    assert malee.get(f"/cases/{case}/refer/send").headers["location"].endswith("/words")
    page = malee.get(f"/cases/{case}/refer/words").text
    assert "Place 1 of 2" in page
    assert "+<mark>49 30 901820</mark>" in page
    assert f'href="/cases/{case}/story"' in page
    for number in (1, 2):
        page = malee.get(f"/cases/{case}/refer/words").text
        found = re.search(r'name="clear" value="(\w+)"', page)
        assert found
        answer = malee.post(f"/cases/{case}/refer/words", {"clear": found[1]})
        assert answer.headers["location"].endswith("/words" if number == 1 else "/send")
    reference = send(malee, case)
    assert "901820" in malee.get(f"/referrals/{reference}").text


def test_what_is_not_safe_to_send_stays_and_only_that_is_said(berlin: LinkedNode) -> None:
    """M4: a gentle line; ticking it by force moves nothing, and sending goes on."""
    case = berlin.case(CASE + "unsafe: [{category: contact, reason: สามีถือโทรศัพท์}]\n")
    berlin.consent(case)
    malee = at(berlin)
    choose(malee, case)
    forged = {"ticked": "true", "tick": ["contact"]}
    page = malee.post(f"/cases/{case}/refer/preview", forged, headers=IN_PART).text
    assert "Not safe to send: Safe contact" in text_of(page)
    leaves, stays = columns(page)
    assert "901820" in stays
    assert "901820" not in leaves
    assert go_on(malee, case, "demographics", "contact").endswith("/send")


def test_who_judged_nothing_yet_is_asked_how_urgent_it_is(berlin: LinkedNode) -> None:
    """Nothing else is asked; what is needed and not known is a gentle line and never stops red."""
    case = berlin.case(CASE.partition("threats:")[0])
    berlin.consent(case)
    malee = at(berlin)
    choose(malee, case)
    page = malee.get(f"/cases/{case}/refer/look").text
    assert "Not known yet: Threat levels" in text_of(page)
    wrong = malee.post(f"/cases/{case}/refer/look", {"ticked": "true", "tick": "demographics"})
    assert wrong.status_code == 422
    assert "Choose how urgent it is" in wrong.text
    assert go_on(malee, case, "demographics", urgency="red").endswith("/send")
    assert berlin.referral(send(malee, case)).urgency == 1
    assert 'class="threat threat-red"' in malee.get("/cases").text  # and the case is as urgent from now on


def test_at_night_one_worker_sends_what_says_nothing_of_who_it_is(berlin: LinkedNode) -> None:
    """C7, C11: vital interest of one person, levels 0 and 1 alone, red, to be confirmed within 24 hours."""
    case, malee = berlin.case(), at(berlin)
    choose(malee, case)
    assert malee.post(f"/cases/{case}/refer/night", {"harm": " "}).status_code == 422
    answer = malee.post(f"/cases/{case}/refer/night", {"harm": "เขาขู่จะฆ่าคืนนี้", "incapacity": "ถูกขัง"})
    assert answer.headers["location"].endswith("/look")
    page = malee.get(f"/cases/{case}/refer/look").text
    leaves, stays = columns(page)
    assert "A second person must confirm before this may go" in stays
    assert "ดาวเรือง" not in leaves
    assert "A second person must confirm before" in text_of(page)
    assert go_on(malee, case, *SAFE, "name", "contact").endswith("/send")
    sent = berlin.referral(send(malee, case))
    assert sent.confirm_by is not None
    assert not {line["category"] for line in sent.lines if line["leaves"]} & {"name", "contact"}
    with reading(berlin.node.engine) as session:
        (ground,) = session.exec(select(Consent)).all()
    assert (ground.basis, ground.confirmed) == ("vital_interest", False)


def test_the_embassy_sees_only_what_the_client_let_it_see(berlin: LinkedNode) -> None:
    """C10: the worker may take sight away, and never add it."""
    case, malee = berlin.case(), at(berlin)
    berlin.consent(case, liaison_sight=True)
    choose(malee, case)
    assert 'name="sight"' in malee.get(f"/cases/{case}/refer/look").text
    go_on(malee, case, sight_asked="true")
    assert "The embassy does not see this" in malee.get(f"/cases/{case}/refer/send").text
    go_on(malee, case, sight_asked="true", sight="true")
    assert "The embassy may see how far it is" in malee.get(f"/cases/{case}/refer/send").text
    other = berlin.case()
    berlin.consent(other, liaison_sight=False)
    choose(malee, other)
    assert 'name="sight"' not in malee.get(f"/cases/{other}/refer/look").text


def test_new_keys_that_nobody_compared_stop_the_sending_and_nothing_is_lost(berlin: LinkedNode) -> None:
    """K4: the plan is kept, and the page says what to do."""
    case, malee = berlin.case(), at(berlin)
    berlin.consent(case)
    choose(malee, case)
    go_on(malee, case)
    task = task_of(malee.get(f"/cases/{case}/refer/send").text)
    with writing(berlin.node.engine) as session:
        key = newest(session, "TH-00/dwf")
        assert key is not None
        key.trusted = False
    answer = malee.post(f"/cases/{case}/refer/send", {"task": task})
    assert answer.headers["location"].endswith("/whom?done=no_keys")
    assert berlin.rows(Referral) == []
    page = malee.get(answer.headers["location"]).text
    assert "check the keys" in page
    assert 'value="TH-00/dwf"' not in page


def test_it_works_with_the_line_cut(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """What is sent waits, and says so in plain words; it goes once the line is back."""
    network.line.cut = True
    reference = refer(berlin)
    page = at(berlin).get(f"/referrals/{reference}").text
    assert "Waits for the internet" not in page  # nobody knows yet that the line is cut
    assert page.count('hx-target="#life"') == 2  # looked at again, and not for ever
    front = front_of(berlin.node)
    front.trouble = "link.unavailable"
    page = visitor(berlin.node, "malee", "en", front).get(f"/referrals/{reference}").text
    assert "Waits for the internet" in page
    assert 'hx-target="#life"' not in page
    network.line.cut = False
    berlin.sync()
    assert "The centre has it" in at(berlin).get(f"/referrals/{reference}").text


def test_a_node_in_no_network_says_kindly_what_to_do(network: LinkedNetwork) -> None:
    """Not enrolled: no error, but whom to ask."""
    node = new_node(network.folder / "alone", clock=network.clock)
    try:
        alone = LinkedNode(node, network.line)
        case = alone.case()
        page = visitor(node, "malee", "en").get(f"/cases/{case}/refer")
        assert page.status_code == 200
        assert "invitation code" in page.text
        assert alone.rows(Referral) == []
    finally:
        node.close()


def test_who_may_not_see_the_case_may_not_refer_it(berlin: LinkedNode) -> None:
    """Every page of it is refused to a volunteer without the case and to the administrator."""
    case = berlin.case()
    for worker in ("somsri", "admin"):
        who = at(berlin, worker)
        for page in ("", "/whom", "/consent", "/night", "/look", "/words", "/send"):
            assert who.get(f"/cases/{case}/refer{page}").status_code == 403
        assert who.post(f"/cases/{case}/refer/preview").status_code == 403


def test_a_hostile_text_stays_a_text(berlin: LinkedNode) -> None:
    """What a case says is shown, never obeyed."""
    case = berlin.case(CASE.replace("ขอที่พักปลอดภัย", "'<script>alert(1)</script>'"))
    berlin.consent(case)
    malee = at(berlin)
    choose(malee, case)
    page = malee.get(f"/cases/{case}/refer/look").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
