"""Where nobody could be asked, two workers stand for it: at once, or the second within a day. C7, C8, C11."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.consents import acts
from songtor_node.consents.models import Consent
from songtor_node.store.engine import reading, writing
from songtor_node.workers import acting
from tests.support.accounts import PASSWORD, code_of, with_account
from tests.support.hub import MovableClock
from tests.support.node import new_node
from tests.support.talks import begin, case_of, say
from tests.support.visitor import Visitor, passwords_filled, visitor


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def node(tmp_path: Path, clock: MovableClock) -> Iterator[Node]:
    made = new_node(tmp_path / "node", clock=clock)
    yield made
    made.close()


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee")


def to_second(who: Visitor, node: Node, *told: str, ground: str = "vital_interest") -> str:
    """All answers but the second person's; gives the conversation's path."""
    talk = begin(who, case_of(node))
    if ground == "vital_interest":
        assert say(who, talk, "who", who=ground) == "harm"
        assert say(who, talk, "harm", harm="ถูกขู่ฆ่าคืนนี้") == "incapacity"
        assert say(who, talk, "incapacity", incapacity="ถูกขังไว้ ติดต่อไม่ได้") == "purpose"
    else:
        assert say(who, talk, "who", who=ground) == "duty"
        assert say(who, talk, "duty", duty="กฎหมายคุ้มครองเด็ก") == "purpose"
    assert say(who, talk, "purpose", purpose="emergency_protection") == "recipients"
    assert say(who, talk, "recipients", recipients=["TH-00/tsda"]) == "told"
    assert say(who, talk, "told", told=list(told)) == "days"
    assert say(who, talk, "days", days="7") == "second"
    return talk


def consent(node: Node) -> Consent | None:
    with reading(node.engine) as session:
        return session.exec(select(Consent)).first()


def signs(node: Node, secret: str, worker: str = "anong", password: str = PASSWORD) -> dict[str, str]:
    return {
        "how": "now",
        "second_worker": worker,
        "second_password": password,
        "second_code": code_of(secret, node.clock()),
    }


def test_a_second_person_signs_in_on_the_same_screen(node: Node, malee: Visitor) -> None:
    """With their own password and code; the record names both, the harm and why nobody could be asked."""
    secret = with_account(node, "anong")
    talk = to_second(malee, node, "demographics", "place", "name")
    answer = malee.post(f"{talk}/second", signs(node, secret))
    made = consent(node)
    assert made is not None
    assert answer.headers["location"] == f"/consents/{made.code}?done=saved"
    assert (made.by, made.confirmed_by, made.confirmed, made.liaison_sight) == ("malee", "anong", True, False)
    assert made.record["event"]["harm"] == "ถูกขู่ฆ่าคืนนี้"
    page = malee.get(f"/consents/{made.code}").text
    assert "ถูกขังไว้ ติดต่อไม่ได้" in page


def test_the_browser_does_not_sign_for_the_second_person(node: Node, malee: Visitor) -> None:
    """Theirs is typed, whatever password this phone has kept."""
    talk = to_second(malee, node, "demographics")
    assert passwords_filled(malee.get(f"{talk}/second").text) == ["new-password"]


def test_the_screens_stay_the_workers_own(node: Node) -> None:
    """Nobody is asked, so no screen speaks to the client."""
    malee = visitor(node, "malee", lang="en")
    talk = to_second(malee, node, "demographics")
    assert "What must be told?" in malee.get(f"{talk}/told").text
    assert "Until a second person confirms" in malee.get(f"{talk}/told").text


@pytest.mark.parametrize("wrong", ["password", "code", "worker"])
def test_a_second_person_who_is_not_proven_counts_for_nothing(node: Node, malee: Visitor, wrong: str) -> None:
    """A wrong password, a wrong code, nobody: all are answered alike, and nothing is recorded."""
    secret = with_account(node, "anong")
    talk = to_second(malee, node, "demographics")
    said = {**signs(node, secret), f"second_{wrong}": "000000"}
    answer = malee.post(f"{talk}/second", said)
    assert answer.status_code == 422
    assert "ของคนที่สองไม่ถูกต้อง" in answer.text
    assert PASSWORD not in answer.text
    assert consent(node) is None


def test_guessing_a_colleagues_password_meets_a_pause(node: Node, malee: Visitor) -> None:
    """As at the door."""
    secret = with_account(node, "anong")
    talk = to_second(malee, node, "demographics")
    for _ in range(5):
        malee.post(f"{talk}/second", signs(node, secret, password="ผิดผิดผิดผิดผิดผิด"))
    answer = malee.post(f"{talk}/second", signs(node, secret))
    assert answer.status_code == 422
    assert "รอสักครู่" in answer.text
    assert consent(node) is None


def test_nobody_is_their_own_second_person(node: Node, malee: Visitor) -> None:
    """C7: another one."""
    secret = with_account(node, "malee")
    talk = to_second(malee, node, "demographics")
    assert malee.post(f"{talk}/second", signs(node, secret, "malee")).status_code == 422
    assert consent(node) is None


def test_the_administrator_sees_no_case_and_is_no_second_person(node: Node, malee: Visitor) -> None:
    """Who may not read it cannot stand for it."""
    secret = with_account(node, "admin")
    talk = to_second(malee, node, "demographics")
    assert malee.post(f"{talk}/second", signs(node, secret, "admin")).status_code == 422
    assert consent(node) is None


def test_later_is_within_a_day_and_for_little(node: Node, malee: Visitor, clock: MovableClock) -> None:
    """C7, C11: alone only what names nobody; the second confirms on their own screen, not the first."""
    talk = to_second(malee, node, "demographics", "name")
    assert malee.post(f"{talk}/second", {"how": "later"}).status_code == 422
    say(malee, talk, "told", told=["demographics", "place"])
    assert malee.post(f"{talk}/second", {"how": "later"}).status_code == 303
    made = consent(node)
    assert made is not None
    assert made.confirm_by == made.given_at + timedelta(hours=24)
    path = f"/consents/{made.code}/confirm"
    assert "ต้องให้คนอื่นยืนยัน" in malee.get(path).text
    assert malee.post(path).status_code == 400
    anong = visitor(node, "anong")
    assert "ถูกขู่ฆ่าคืนนี้" in anong.get(path).text
    assert anong.post(path).headers["location"] == f"/consents/{made.code}?done=confirmed"
    again = consent(node)
    assert again is not None
    assert (again.confirmed, again.confirmed_by, again.confirm_by) == (True, "anong", None)


def test_it_waits_on_the_today_of_who_may_confirm(node: Node, malee: Visitor, clock: MovableClock) -> None:
    """Of colleagues who see the case, not of who recorded it; and not once the day is over."""
    talk = to_second(malee, node, "demographics")
    malee.post(f"{talk}/second", {"how": "later"})

    def waits_for(worker: str) -> int:
        with writing(node.engine) as session:
            return len(acts.waiting_for_second(session, acting(session, worker), clock()))

    assert [waits_for(worker) for worker in ("malee", "anong", "somsri")] == [0, 1, 0]
    with writing(node.engine) as session:
        case = service.listing(session, "malee")[0].case
        service.assign(session, case, "somsri", by=acting(session, "malee"), now=clock())
    assert waits_for("somsri") == 1
    clock.ahead += timedelta(hours=25)
    assert waits_for("anong") == 0
    made = consent(node)
    assert made is not None
    assert visitor(node, "anong").post(f"/consents/{made.code}/confirm").status_code == 400


def test_a_duty_in_law_takes_two_at_once(node: Node, malee: Visitor) -> None:
    """C8: there is no later."""
    secret = with_account(node, "anong")
    talk = to_second(malee, node, "demographics", "name", ground="legal_duty")
    assert 'value="later"' not in malee.get(f"{talk}/second").text
    assert malee.post(f"{talk}/second", {"how": "later"}).status_code == 422
    assert malee.post(f"{talk}/second", signs(node, secret)).status_code == 303
    made = consent(node)
    assert made is not None
    assert (made.basis, made.confirmed_by) == ("legal_duty", "anong")
