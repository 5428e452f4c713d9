"""Today: each thing that waits for a worker, with the way to it; kindly nothing where nothing waits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from songtor_hub.desks import acts as desk_acts
from songtor_node import alerts, workers
from songtor_node.bootstrap import Node
from songtor_node.cases import entries, service
from songtor_node.cases.casefile import read_case
from songtor_node.cases.models import Case, FollowUp
from songtor_node.consents.models import Consent
from songtor_node.store.engine import writing
from songtor_node.web.forms.drafts import keep_draft
from songtor_node.web.forms.two_people import OtherWords
from songtor_node.workers import acting
from tests.support.linked import CASE, LinkedNetwork
from tests.support.node import NOW, new_node
from tests.support.referring import text_of
from tests.support.visitor import Visitor, visitor


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "today")
    yield made
    made.close()


def new_case(node: Node, by: str = "malee") -> str:
    with writing(node.engine) as session:
        who = acting(session, by)
        return service.create(session, read_case(CASE.encode()), by=who, now=NOW, random=node.random).code


def case_of(session: Session, code: str) -> Case:
    return session.exec(select(Case).where(Case.code == code)).one()


def follow_up(node: Node, code: str, days: int) -> None:
    due = (NOW + timedelta(days=days)).date().isoformat()
    with writing(node.engine) as session:
        form = entries.FollowUp(method="phone_call", due=due)
        service.add(session, case_of(session, code), "follow_up", form, by=acting(session, "malee"), now=NOW)


def group(client: Visitor, name: str) -> str:
    """What stands under that heading; nothing where there is none."""
    page = client.get("/").text
    found = re.search(rf'<section class="group" aria-labelledby="g-{name}">(.*?)</section>', page, re.DOTALL)
    return found[1] if found else ""


def test_a_day_with_nothing_to_do_is_kind(node: Node) -> None:
    """No empty headings; in both languages."""
    page = text_of(visitor(node, "malee", "en").get("/").text)
    assert "Nothing waits for you now" in page
    assert "20 Nov 2026" in page
    assert "20 พ.ย. 2569" in text_of(visitor(node, "malee", "th").get("/").text)
    assert 'class="group"' not in visitor(node, "malee").get("/").text


def test_what_comes_due_stands_first_the_most_late_first(node: Node) -> None:
    """Overdue and today apart from the days to come; done, it is gone."""
    late, now, soon, far = (new_case(node) for _ in range(4))
    for code, days in ((now, 0), (late, -3), (soon, 4), (far, 30)):
        follow_up(node, code, days)
    malee = visitor(node, "malee", "en")
    due = group(malee, "due")
    assert due.index(late) < due.index(now)
    assert "Overdue" in due
    assert soon not in due
    assert soon in group(malee, "soon")
    assert far not in malee.get("/").text
    assert f'href="/cases/{late}/follow-ups/' in due
    with writing(node.engine) as session:
        for row in session.exec(select(FollowUp)):
            row.done = "2026-11-20"
    assert not group(malee, "due")


def test_many_are_counted_not_all_shown(node: Node) -> None:
    """A long list has a way to the rest."""
    for _ in range(11):
        follow_up(node, new_case(node), -1)
    malee = visitor(node, "malee", "en")
    assert group(malee, "due").count("<li>") == 8
    assert "and 3 more" in group(malee, "due")


def test_a_draft_leads_back_to_where_it_was_written(node: Node) -> None:
    """To who wrote it alone, by the page's name."""
    code = new_case(node)
    with writing(node.engine) as session:
        keep_draft(session, "malee", f"/cases/{code}/story", {"narrative": ["ลับ"]}, NOW)
    drafts = group(visitor(node, "malee"), "drafts")
    assert f'href="/cases/{code}/story"' in drafts
    assert "เขียนต่อ: เรื่องที่เล่า" in drafts
    assert "ลับ" not in drafts
    assert not group(visitor(node, "anong"), "drafts")


def test_two_people_s_words_wait_for_a_choice(node: Node) -> None:
    """At both of them."""
    code = new_case(node)
    with writing(node.engine) as session:
        session.add(
            OtherWords(
                form=f"/cases/{code}/story", field="narrative", value="x", by="malee", against="anong", at=NOW
            )
        )
    for worker in ("malee", "anong"):
        assert f'href="/cases/{code}/story"' in group(visitor(node, worker), "words")


def test_new_cases_with_facts_nobody_checked(node: Node) -> None:
    """One's own, with how many; not after they are checked, nor once the case has gone on."""
    code = new_case(node)
    with writing(node.engine) as session:
        by = acting(session, "malee")
        for text in ("ทำงานที่ร้าน", "มีลูกสองคน"):
            service.add(session, case_of(session, code), "fact", entries.Fact(text=text), by=by, now=NOW)
    malee = visitor(node, "malee", "en")
    assert "2 facts not checked" in group(malee, "verify")
    assert not group(visitor(node, "anong"), "verify")
    with writing(node.engine) as session:
        by, case = acting(session, "malee"), case_of(session, code)
        service.take_step(session, case, "assessment", reason="ทดสอบ", by=by, now=NOW)
    assert not group(malee, "verify")


def test_a_second_person_s_word_is_asked_for(node: Node) -> None:
    """Of everybody but who did it, until it is too late."""
    code = new_case(node)
    with writing(node.engine) as session:
        session.add(
            Consent(
                code="K-1", case_id=case_of(session, code).id or 0, basis="vital_interest", jurisdiction="DE",
                citation="", purpose="emergency_protection", liaison_sight=False, given_at=NOW,
                expires_at=NOW + timedelta(days=1), by="malee", confirm_by=NOW + timedelta(hours=20),
            )
        )  # fmt: skip
    assert "/consents/K-1/confirm" in group(visitor(node, "anong"), "confirm")
    assert not group(visitor(node, "malee"), "confirm")
    assert not group(visitor(node, "somsri"), "confirm")


def test_a_volunteer_is_told_of_assigned_cases_alone(node: Node) -> None:
    """The same day, another page."""
    mine, other = new_case(node), new_case(node)
    for code in (mine, other):
        follow_up(node, code, -1)
    with writing(node.engine) as session:
        by = acting(session, "malee")
        service.assign(session, case_of(session, mine), "somsri", by=by, now=NOW)
    page = visitor(node, "somsri").get("/").text
    assert mine in page
    assert other not in page


def test_the_administrator_sees_people_line_and_alerts_and_no_case(node: Node) -> None:
    """Not a code, not a name, not a number of cases."""
    code = new_case(node)
    follow_up(node, code, -1)
    with writing(node.engine) as session:
        alerts.alert(session, "envelope.conflict", "DE-02", now=NOW)
    page = visitor(node, "admin", "en").get("/").text
    assert "1 thing needs a look" in text_of(page)
    assert "5 people" in text_of(page)
    assert code not in page
    assert "ดาวเรือง" not in page
    assert "Follow-up" not in page


def test_who_may_newly_see_cases_is_told_to_each_caseworker(node: Node) -> None:
    """An administrator who makes somebody up to read cases as them cannot keep it from anybody, nor can who
    was made up; each settles it for themselves."""
    admin, malee, anong = visitor(node, "admin"), visitor(node, "malee"), visitor(node, "anong")
    assert not group(malee, "accounts")
    admin.post("/people/new", {"name": "ใครก็ไม่รู้", "code": "ghost", "role": "caseworker"})
    admin.post("/people/new", {"name": "", "code": "clerk", "role": "node_admin"})
    ghost = visitor(node, "ghost")
    assert "ใครก็ไม่รู้" in group(malee, "accounts")
    assert "clerk" not in malee.get("/today/accounts").text
    for one in (admin, ghost, anong):
        one.post("/today/accounts", {"worker": "ghost"})
        one.post("/node/alerts", {"code": "peer.account", "subject": "ghost malee"})
    assert not group(anong, "accounts")
    assert "ใครก็ไม่รู้" in group(malee, "accounts")
    malee.post("/today/accounts", {"worker": "ghost"})
    assert not group(malee, "accounts")


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("/people/anong/new-code", {}, True),
        ("/people/admin/role", {"role": "caseworker"}, True),
        ("/people/somsri/role", {"role": "caseworker"}, True),
        ("/people/lek/role", {"role": "volunteer"}, False),
        ("/people/anong/role", {"role": "volunteer"}, False),
    ],
)
def test_a_new_code_and_a_wider_role_are_told(
    node: Node, path: str, form: dict[str, str], told: bool
) -> None:
    """Whoever has the code comes in as that worker; who sees no more than before is not told of."""
    admin = visitor(node, "admin")
    with writing(node.engine) as session:
        workers.add(session, "boss", name="", role=workers.ADMIN, vocabulary=node.vocabulary, now=NOW)
    assert admin.post(path, form).status_code == 303
    assert (path.split("/")[2] in group(visitor(node, "malee"), "accounts")) is told
    assert "1 thing" not in text_of(visitor(node, "boss", "en").get("/").text)


def test_what_comes_from_the_other_end_waits_until_it_is_looked_at(network: LinkedNetwork) -> None:
    """A question, an outcome, a referral not answered in time; each worker looks for themselves."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    berlin.sync()
    assert not group(visitor(berlin.node, "malee"), "answers")
    network.pass_time(days=15)
    assert reference in group(visitor(berlin.node, "malee"), "overdue")
    dwf = network.desk("dwf")
    desk_acts.accept(dwf, reference)
    berlin.sync()
    malee, anong = visitor(berlin.node, "malee", "en"), visitor(berlin.node, "anong", "en")
    assert not group(malee, "overdue")
    assert f'href="/referrals/{reference}"' in group(malee, "answers")
    assert malee.get(f"/referrals/{reference}").status_code == 200
    assert not group(malee, "answers")
    assert group(anong, "answers")
    desk_acts.ask(dwf, reference, "มีลูกด้วยไหม")
    berlin.sync()
    assert f'href="/referrals/{reference}"' in group(malee, "questions")
    assert "to be answered by" in group(malee, "questions")
    assert not group(anong, "answers")  # it stands once, with the questions
    page = text_of(malee.get(f"/referrals/{reference}").text)
    assert page.index("มีลูกด้วยไหม") < page.index("Answer the question")
    assert "Sent already" in text_of(malee.get(f"/referrals/{reference}/answer").text)


def test_an_incoming_referral_waits_for_a_decision(network: LinkedNetwork) -> None:
    """Of who sees every case."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    reference = berlin.refer(to="TW-44")
    network.sync_all()
    line = group(visitor(taipei.node, "malee", "en"), "undecided")
    assert reference in line
    assert "From" in line
    assert line.index("Help after domestic violence") < line.index("Complex service") < line.index("From")
    assert not group(visitor(taipei.node, "somsri", "en"), "undecided")
