"""Steps that cross each other on the way, found by seeds. Every scene ends with all the checks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from songtor_node.cases import service
from songtor_node.consents import acts as consents
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House
from songtor_node.forms import check as filled
from songtor_node.referrals import acts, replies
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Referral
from songtor_node.store.engine import reading
from songtor_node.workers import acting
from songtor_proto.vocabulary import jurisdictions
from songtor_proto.wire import envelope_pb2 as wire
from tests.simulate import desk_acts, template
from tests.simulate.checks import check
from tests.simulate.operators import revoke
from tests.simulate.people import draw_case
from tests.simulate.run import settle
from tests.simulate.world import World

BERLIN, TAIPEI = "DE-02", "TW-44"
DESK = "TH-00/tsda"
PURPOSE = "partner_handover"


class Scene(World):
    """A quiet world, in which Berlin has one case."""

    def __init__(self, data: Path) -> None:
        super().__init__(data, 0, (BERLIN, TAIPEI))
        self.calm()
        form, self.dossier = draw_case(self.plan, self.marks, BERLIN)
        self.codes: list[str] = []

        def create(act: Act) -> None:
            by = acting(act.session, act.by)
            case = service.create(act.session, form, by=by, now=act.now, random=act.random)
            self.codes.append(case.code)

        self.act(BERLIN, "takes a case", create)

    def consent(self, *to: str, days: int = 0, **other: str) -> None:
        """To pass on what is asked for; for 90 days, or until the end of a day."""
        node = self.seats[BERLIN].node
        end = (self.clock() + timedelta(days=days)).date().isoformat() if days else ""
        said = {
            "basis": "consent",
            "age": 40,
            "purpose": PURPOSE,
            "categories": ["problems"],
            "recipients": list(to),
            "expires": end,
            **other,
        }
        form = filled(ConsentForm, said)
        house = House(BERLIN, jurisdictions()["DE"], node.vocabulary, node.policy)

        def record(act: Act) -> None:
            case, by = service.find(act.session, self.codes[0], act.by, what="consent", now=act.now)
            consents.record(act.session, case, form, house, by=by, now=act.now, random=act.random)

        self.act(BERLIN, "records consent", record)

    def refer(self, to: str) -> str:
        """The reference."""
        return self._send(f"refers to {to}", lambda act: acts.refer(act, self.codes[0], _wish(to)))

    def refer_alone(self, to: str) -> str:
        """By one worker, in red danger."""
        self.consent(to, basis="vital_interest", harm="คืนนี้", incapacity="หมดสติ")
        return self._send(f"refers to {to}", lambda act: acts.refer(act, self.codes[0], _wish(to, "red")))

    def again(self, text: str, to: str) -> None:
        self._send(f"shares again with {to}", lambda act: acts.again(act, text, _wish(to)))

    def withdraw(self, text: str) -> None:
        self.act(BERLIN, f"withdraws {text}", lambda act: acts.withdraw(act, text, person="client"))

    def decline(self, text: str) -> None:
        self.act(TAIPEI, f"declines {text}", lambda act: replies.decline(act, text, "no_capacity"))

    def state(self, name: str, text: str, version: int = 1) -> str:
        with reading(self.seats[name].node.engine) as session:
            of_version = (Referral.reference == text, Referral.version == version)
            newest = session.exec(select(Referral).where(*of_version).order_by(col(Referral.task))).all()[-1]
        return wire.State.Name(wire.State.ValueType(newest.state)).removeprefix("STATE_")

    def _send(self, what: str, do: Callable[[Act], Referral]) -> str:
        self.pass_time(timedelta(minutes=1))
        rows = self.act(BERLIN, what, do)
        assert rows
        self.remember(rows, wire.KIND_REFERRAL, BERLIN, {"request": self.dossier.marks["request"]})
        return wire.Header.FromString(rows[-1].header).reference


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with template.folder() as folder:
        template.make(folder / "template", (BERLIN, TAIPEI))
        yield folder


@pytest.fixture
def scene(folder: Path) -> Iterator[Scene]:
    """Whatever was played, in the end all is quiet and everything holds."""
    shutil.copytree(folder / "template", folder / "scene")
    scene = Scene(folder / "scene")
    yield scene
    settle(scene)
    check(scene)
    scene.close()
    shutil.rmtree(folder / "scene")


def test_what_is_withdrawn_before_it_came_is_answered_for(scene: Scene) -> None:
    """A recipient that never got the content says so, and the referrer's list of copies is whole (W4)."""
    scene.consent(TAIPEI)
    text = scene.refer(TAIPEI)
    scene.sync(BERLIN)
    scene.withdraw(text)
    scene.sync(BERLIN)
    assert scene.sync(TAIPEI)
    assert scene.state(TAIPEI, text, version=0) == "CANCELLED"


def test_a_desk_withdraws_before_the_node_has_fetched(scene: Scene) -> None:
    """As between nodes; the hub asks in the desk's place."""
    desk_acts.share(scene, "", TAIPEI)
    (row,) = desk_acts.at_desks(scene)
    desk_acts.withdraw(scene, "tsda", row)
    scene.tick_hub()
    assert scene.sync(TAIPEI)


def test_a_decline_that_a_new_version_overtook_ends_as_the_hub_has_it(scene: Scene) -> None:
    """The hub's order is the order, of what is closed too (D9, L9)."""
    scene.consent(TAIPEI)
    text = scene.refer(TAIPEI)
    scene.sync(BERLIN)
    scene.sync(TAIPEI)
    scene.decline(text)
    scene.again(text, TAIPEI)
    scene.sync(BERLIN)
    scene.sync(TAIPEI)
    assert scene.state(TAIPEI, text) == scene.state(BERLIN, text) == "CANCELLED"
    assert scene.state(TAIPEI, text, version=2) == "RECEIVED"


def test_a_withdrawal_that_a_rejection_overtook_leaves_it_rejected(scene: Scene) -> None:
    """The receipt says what the state is; the word of it went with the content (W1, W2)."""
    scene.consent(DESK)
    text = scene.refer(DESK)
    scene.sync(BERLIN)
    (row,) = desk_acts.at_desks(scene)
    desk_acts.reject(scene, "tsda", row)
    scene.withdraw(text)
    scene.sync(BERLIN)
    assert scene.state(BERLIN, text) == "REJECTED"


def test_sharing_elsewhere_before_the_first_has_left_begins_the_thread_anew(scene: Scene) -> None:
    """The hub knows of no version before it, so it must not be told of one (L9)."""
    scene.consent(DESK, TAIPEI)
    text = scene.refer(DESK)
    scene.again(text, TAIPEI)
    scene.sync(BERLIN)
    assert scene.state(BERLIN, text) == "RECEIVED"
    assert scene.sync(TAIPEI)


def test_what_the_hub_refused_can_be_withdrawn(scene: Scene) -> None:
    """A consent that ran out on a dead line does not keep its client from withdrawing it (W1)."""
    scene.consent(DESK, days=1)
    text = scene.refer(DESK)
    scene.pass_time(timedelta(days=3))
    scene.sync(BERLIN)
    assert scene.state(BERLIN, text) == "DRAFT"
    scene.withdraw(text)
    assert scene.state(BERLIN, text) == "CANCELLED"


def test_what_expires_before_it_is_fetched_is_over_on_all_sides(scene: Scene) -> None:
    """Nobody waits for an answer of someone who never heard (C4, D9)."""
    scene.consent(TAIPEI, days=1)
    text = scene.refer(TAIPEI)
    scene.sync(BERLIN)
    scene.pass_time(timedelta(days=3))
    scene.tick_hub()
    scene.sync(BERLIN)
    assert scene.state(BERLIN, text) == "CANCELLED"


def test_a_recall_receipt_that_nobody_can_get_stops_nothing(scene: Scene) -> None:
    """A revoked seat's withdrawal leaves the hub able to do what else is due (W4, I10)."""
    scene.consent(DESK)
    text = scene.refer(DESK)
    scene.sync(BERLIN)
    scene.withdraw(text)
    scene.send(BERLIN)
    revoke(scene, BERLIN)
    scene.tick_hub()


def test_what_the_clock_recalls_after_it_was_rejected_stays_rejected(scene: Scene) -> None:
    """Nobody confirmed in time, and the word of the rejection went with the content (C11)."""
    text = scene.refer_alone(DESK)
    scene.sync(BERLIN)
    (row,) = desk_acts.at_desks(scene)
    desk_acts.reject(scene, "tsda", row)
    scene.pass_time(timedelta(hours=25))
    scene.tick_hub()
    scene.sync(BERLIN)
    assert scene.state(BERLIN, text) == "REJECTED"


def _wish(to: str, urgency: str = "yellow") -> acts.Wish:
    return acts.Wish(to=to, purpose=PURPOSE, urgency=urgency)
