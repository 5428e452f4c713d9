"""A referral's own page at the node that sent it: where it stands, what was asked, what became of it."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from songtor_hub.desks import acts as desk_acts
from songtor_hub.desks.opening import open_task
from songtor_node.cases import service
from songtor_node.referrals import find
from songtor_node.referrals.find import Which
from songtor_node.referrals.models import Outbox
from songtor_node.store.engine import reading, writing
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts
from tests.support.linked import LinkedNetwork, LinkedNode
from tests.support.referring import SAFE, at, go_on, refer, send, text_of


@pytest.fixture
def berlin(network: LinkedNetwork) -> LinkedNode:
    return network.node("DE-02")


def shown(berlin: LinkedNode, reference: str, worker: str = "malee", lang: str = "en") -> str:
    page = at(berlin, worker, lang).get(f"/referrals/{reference}")
    assert page.status_code == 200
    return text_of(page.text)


def test_its_life_is_told_from_sending_to_the_outcome(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """Receipt, who opened it, question and answer, 4R stage and outcome, in words and in both languages."""
    reference = refer(berlin)
    berlin.sync()
    assert "Arrived, not yet answered" in shown(berlin, reference)
    assert "An answer is due by" in shown(berlin, reference)
    dwf = network.desk("dwf")
    open_task(dwf, reference)
    desk_acts.accept(dwf, reference)
    desk_acts.ask(dwf, reference, "มีลูกด้วยไหม")
    berlin.sync()
    page = shown(berlin, reference)
    assert "They have a question" in page
    assert "มีลูกด้วยไหม" in page
    assert "a department" in page
    malee = at(berlin)
    form = malee.get(f"/referrals/{reference}/answer").text
    assert "มีลูกด้วยไหม" in form
    assert 'name="give" value="place"' in form
    assert 'name="give" value="name"' not in form
    said = {"text": "ไม่มี", "give": ["place", "name"]}
    assert malee.post(f"/referrals/{reference}/answer", said).status_code == 303
    again = malee.post(f"/referrals/{reference}/answer", said)
    assert again.headers["location"].endswith("done=moved_on")
    berlin.sync()
    answer = open_task(dwf, reference).messages[-1].said.answer
    assert (answer.text, answer.facts.place.city, answer.facts.name.thai) == ("ไม่มี", "Berlin", "")
    desk_acts.start(dwf, reference)
    desk_acts.complete(dwf, reference, "assisted", Facts(narrative="เข้าที่พักแล้ว"))
    berlin.sync()
    page = shown(berlin, reference)
    assert "They said: Completed : Assisted" in page
    assert "เข้าที่พักแล้ว" in page
    thai = shown(berlin, reference, lang="th")
    assert "ช่วยเหลือเสร็จแล้ว" in thai
    assert "ช่วยเหลือแล้ว" in thai


def test_words_that_give_someone_away_are_looked_at_before_an_answer_goes(
    network: LinkedNetwork, berlin: LinkedNode
) -> None:
    """M7: in an answer as in a referral, place by place, and nothing typed is lost."""
    reference = refer(berlin)
    berlin.sync()
    dwf = network.desk("dwf")
    desk_acts.accept(dwf, reference)
    desk_acts.ask(dwf, reference, "โทรได้ไหม")
    berlin.sync()
    malee = at(berlin)
    said = {"text": "เธอชื่อ ดาวเรือง สมมติ"}
    page = malee.post(f"/referrals/{reference}/answer", said)
    assert page.status_code == 422
    assert "<mark>ดาวเรือง สมมติ</mark>" in page.text
    found = re.findall(r'name="clear" value="(\w+)"', page.text)
    assert berlin.state(reference) == "on-hold"
    assert malee.post(f"/referrals/{reference}/answer", {**said, "clear": found}).status_code == 303
    assert berlin.state(reference) == "accepted"


def test_an_empty_answer_is_asked_for_again(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """What is missing is said beside its field."""
    reference = refer(berlin)
    berlin.sync()
    desk_acts.ask(network.desk("dwf"), reference, "ที่ไหน")
    berlin.sync()
    page = at(berlin).post(f"/referrals/{reference}/answer", {"text": " "})
    assert page.status_code == 422
    assert 'id="f-text-error"' in page.text


def test_withdrawn_it_says_what_became_of_every_copy(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """W1, W4: one action; the page shows each copy's fate, and what was sent is gone here too."""
    reference = refer(berlin)
    berlin.sync()
    malee = at(berlin)
    assert malee.post(f"/referrals/{reference}/withdraw", {"by": ""}).status_code == 422
    assert malee.post(f"/referrals/{reference}/withdraw", {"by": "client"}).status_code == 303
    assert "Not heard yet" in shown(berlin, reference)
    network.sync_all()
    page = shown(berlin, reference)
    assert "Taken back" in page
    assert "Destroyed" in page
    assert "Our copy of what was sent is destroyed" in page
    assert "Berlin" not in page.partition("What left")[2].partition("What you can do")[0]
    assert malee.post(f"/referrals/{reference}/withdraw", {"by": "client"}).status_code == 422


def test_it_is_cancelled_with_a_reason(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """L7: reasons are those that a person gives; a second press changes nothing."""
    reference = refer(berlin)
    berlin.sync()
    malee = at(berlin)
    form = malee.get(f"/referrals/{reference}/cancel").text
    assert 'value="no_longer_needed"' in form
    assert 'value="not_confirmed"' not in form
    for _ in range(2):
        malee.post(f"/referrals/{reference}/cancel", {"reason": "no_longer_needed"})
    assert berlin.state(reference) == "cancelled"
    assert "No longer needed" in shown(berlin, reference)


def test_after_a_rejection_it_is_shared_again_as_a_new_version(
    network: LinkedNetwork, berlin: LinkedNode
) -> None:
    """L9: the same reference, what left before is ticked, graver than before; both versions are told."""
    reference = refer(berlin)
    berlin.sync()
    desk_acts.reject(network.desk("dwf"), reference, "not_enough_facts")
    berlin.sync()
    assert "Not enough facts" in shown(berlin, reference)
    malee = at(berlin)
    look = malee.post(f"/referrals/{reference}/again").headers["location"]
    page = malee.get(look).text
    ticked = re.findall(r'name="tick" value="(\w+)" checked', page)
    assert set(ticked) == set(SAFE)
    case = look.split("/")[2]
    assert go_on(malee, case, *SAFE, "name", urgency="red").endswith("/send")
    assert send(malee, case) == reference
    berlin.sync()
    newest = berlin.referral(reference)
    assert (newest.version, newest.urgency) == (2, wire.URGENCY_RED)
    page = shown(berlin, reference)
    assert "Version 1" in page
    assert "Version 2" in page


def test_to_another_recipient_it_asks_for_the_consent_that_covers_it(
    network: LinkedNetwork, berlin: LinkedNode
) -> None:
    """C1: a wider way needs a wider consent; then the open one is replaced."""
    reference = refer(berlin)
    berlin.sync()
    malee = at(berlin)
    path = malee.post(f"/referrals/{reference}/again", {"to": "other"}).headers["location"]
    assert path.endswith("/whom")
    case = path.split("/")[2]
    malee.post(path, {"to": "TH-00/tsda"})
    assert malee.get(f"/cases/{case}/refer/look").headers["location"].endswith("/consent")
    berlin.consent(case, recipients=("TH-00/tsda",))
    assert go_on(malee, case).endswith("/send")
    assert send(malee, case) == reference
    network.sync_all()
    assert berlin.referral(reference).peer == "TH-00/tsda"
    with reading(berlin.node.engine) as session:
        assert len(find.page(session, "malee", Which.OPEN, now=network.clock(), size=9, number=1)[0]) == 1


def test_what_the_centre_refused_says_why_and_what_to_do(berlin: LinkedNode) -> None:
    """D8: a refusal is shown to a person, with a way on."""
    reference = refer(berlin)
    with writing(berlin.node.engine) as session:
        (row,) = session.exec(select(Outbox)).all()
        row.state, row.code = "refused", "peer.recipient"
        referral = find.versions(session, reference, "malee", what="test", now=berlin.node.clock())[-1]
        referral.state = wire.STATE_DRAFT
    page = shown(berlin, reference)
    assert "The centre did not take this in" in page
    assert "The centre refused it" in page
    assert "Send a new version" in page


def test_a_note_goes_once(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """A reminder moves nothing, and pressed twice it is one."""
    reference = refer(berlin)
    berlin.sync()
    malee = at(berlin)
    for _ in range(2):
        assert malee.post(f"/referrals/{reference}/remind", {"text": "รอคำตอบอยู่"}).status_code == 303
    berlin.sync()
    assert berlin.state(reference) == "received"
    assert shown(berlin, reference).count("รอคำตอบอยู่") == 1


def test_the_list_filters_and_turns_its_pages(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """What is open, overdue, closed; twenty-five a page; only codes in the address."""
    first = refer(berlin)
    for _ in range(26):
        berlin.refer()
    malee = at(berlin)
    page = malee.get("/referrals").text
    assert "27 referrals" in page
    assert first not in page
    assert "page=2" in page
    assert first in malee.get("/referrals?show=open&page=2").text
    assert first not in malee.get("/referrals?show=overdue").text
    network.pass_time(days=4)
    malee = at(berlin)
    assert "Answer overdue" in malee.get("/referrals?show=overdue").text
    malee.post(f"/referrals/{first}/cancel", {"reason": "duplicate"})
    assert first in malee.get("/referrals?show=closed").text
    assert malee.get("/referrals?show=nonsense&page=-1").status_code == 200


def test_of_a_case_the_newest_versions_are_found(berlin: LinkedNode) -> None:
    """For the case's home: what was referred of it."""
    case = berlin.case()
    reference = refer(berlin, case=case)
    with berlin.act() as act:
        found, _ = service.find(act.session, case, "malee", what="test", now=act.now)
        assert [one.reference for one in find.of_case(act.session, found)] == [reference]


def test_a_volunteer_sees_the_referrals_of_the_cases_that_are_theirs(berlin: LinkedNode) -> None:
    """Assigned, they see it in the list and on its page, and may answer for it."""
    case = berlin.case()
    mine, other = refer(berlin, case=case), refer(berlin)
    with berlin.act() as act:
        found, by = service.find(act.session, case, "malee", what="test", now=act.now)
        service.assign(act.session, found, "somsri", by=by, now=act.now)
    somsri = at(berlin, "somsri")
    page = somsri.get("/referrals").text
    assert mine in page
    assert other not in page
    assert somsri.get(f"/referrals/{mine}").status_code == 200
    assert somsri.get(f"/referrals/{other}").status_code == 403
    assert somsri.post(f"/referrals/{mine}/remind", {"text": "รออยู่"}).status_code == 303


def test_who_may_not_see_the_case_may_not_see_its_referral(berlin: LinkedNode) -> None:
    """A volunteer sees those of assigned cases alone; the administrator none; no act is theirs either."""
    reference = refer(berlin)
    for worker in ("somsri", "admin"):
        who = at(berlin, worker)
        assert who.get(f"/referrals/{reference}").status_code == 403
        assert who.post(f"/referrals/{reference}/cancel", {"reason": "duplicate"}).status_code == 403
        assert who.post(f"/referrals/{reference}/again").status_code == 403
    assert reference not in at(berlin, "somsri").get("/referrals").text
    assert at(berlin, "admin").get("/referrals").status_code == 403
    assert at(berlin).get("/referrals/DE02-0000-0000").status_code == 403
