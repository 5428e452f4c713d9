"""Routing on to further desks, and rolling their results up. Rule L10."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts, route
from songtor_hub.desks.opening import open_task
from songtor_hub.seats import desk_keys
from songtor_hub.store.engine import writing
from songtor_hub.store.tables import envelope
from songtor_proto.errors import ConsentError, EnvelopeError, InputError, PeerError
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import ABSENT_REASON_UNKNOWN, Facts, Payload, Withdrawal
from tests.support.desks import CANARY, NEEDS, Partner, at, row_of, state_of
from tests.support.hub import NewHub

NewConsole = Callable[..., Hub]
FURTHER = ("TH-00/dwf", "TH-00/shelter-50")


@pytest.fixture
def house(new_hub: NewHub, new_console: NewConsole, database: str) -> House:
    return House(new_hub(database=database), new_console)


class House:
    """A referral accepted at the centre; a shelter stands in Chiang Mai."""

    def __init__(self, hub: Hub, new_console: NewConsole) -> None:
        self.hub, self.new_console = hub, new_console
        self.berlin = Partner(hub, "DE-02")
        self.tsda = at(new_console, hub, "tsda")
        console = self.tsda.hub
        desk_keys.make(console.keyring, "TH-00/shelter-50", console.random)
        console.keyring.save()
        with writing(hub.engine) as connection:
            desk_keys.publish(
                connection,
                console.keyring,
                hub.network,
                "TH-00/shelter-50",
                to_ms(hub.clock()),
                hub.random,
            )
        self.ref = self.berlin.refer("TH-00/tsda", categories=(*NEEDS, "narrative", "name"), further=FURTHER)
        acts.accept(self.tsda, self.ref)

    def route(self, *desks: str) -> list[str]:
        parts = route.prepare(self.tsda, self.ref, desks)
        route.send(self.tsda, parts)
        return [part.reference for part in parts]

    def finish(self, desk: str, ref: str, outcome: str) -> None:
        there = at(self.new_console, self.hub, desk)
        acts.accept(there, ref)
        acts.start(there, ref)
        acts.complete(there, ref, outcome, Facts(narrative="ทำแล้ว"))


def test_each_desk_gets_what_it_needs_and_no_more(house: House) -> None:
    """M2, M3: a shelter's narrow list holds on the way from the first desk too; what it lacks is named."""
    part, shelter = route.prepare(house.tsda, house.ref, ["dwf", "shelter-50"])
    assert {line.category for line in shelter.disclosure.leaves} == {
        "case_code", "request", "demographics", "place", "threat", "name",
    }  # fmt: skip
    assert {(line.category, line.why) for line in shelter.disclosure.stays if line.value_text} == {
        ("problems", "recipient_needs_less"),
        ("contact", "recipient_needs_less"),
        ("narrative", "recipient_needs_less"),
    }
    assert "narrative" in {line.category for line in part.disclosure.leaves}
    route.send(house.tsda, [part, shelter])
    there = at(house.new_console, house.hub, "shelter-50")
    opened = open_task(there, shelter.reference)
    assert opened.terms is not None
    assert opened.terms.jurisdiction == "TH"
    facts = opened.messages[0].said.referral.facts
    assert (facts.narrative, list(facts.problems), len(facts.contacts)) == ("", [], 0)
    assert CANARY in facts.name.thai


def test_a_clock_that_is_behind_routes_no_empty_referral(house: House) -> None:
    """L10: the officer's machine dates the acceptance before the exchange's take-in; the facts go on."""
    with writing(house.hub.engine) as connection:
        later = to_ms(house.hub.clock()) + 60_000
        connection.execute(update(envelope).values(taken_in_ms=later))
    (part,) = route.prepare(house.tsda, house.ref, ["dwf"])
    assert "place" in {line.category for line in part.disclosure.leaves}


def test_shown_before_it_goes_and_nothing_is_sent(house: House) -> None:
    """A preview makes no part, no mail to the desk and no change of state; only the opening is on record."""
    (part,) = route.prepare(house.tsda, house.ref, ["dwf"])
    with pytest.raises(InputError, match=r"input\.not_here"):
        at(house.new_console, house.hub, "dwf").find(part.reference)
    assert [act.act for act in house.tsda.acts(row_of(house.hub, house.ref).id)] == ["accepted", "opening"]


def test_a_desk_that_the_consent_does_not_name_gets_nothing(house: House) -> None:
    """C2: neither a desk outside the consent, nor one outside the purpose, nor half of what was asked."""
    house.berlin.refer("TH-00/tsda", again=house.ref, further=["TH-00/dop"])
    acts.accept(house.tsda, house.ref)
    for desk in ("dwf", "dop"):
        with pytest.raises(ConsentError, match=r"consent\.recipient"):
            route.prepare(house.tsda, house.ref, [desk])
    with pytest.raises(InputError, match=r"input\.unknown_code"):
        route.prepare(house.tsda, house.ref, ["kitchen"])
    with pytest.raises(InputError, match=r"input\.routed"):
        route.prepare(house.tsda, house.ref, ["tsda"])


def test_a_desk_without_keys_is_sent_nothing(house: House) -> None:
    """K1: a province's desk that was never added is unknown, and no other part goes either."""
    house.berlin.refer("TH-00/tsda", again=house.ref, further=["TH-00/dwf", "TH-00/province-10"])
    acts.accept(house.tsda, house.ref)
    with pytest.raises(PeerError, match=r"peer\.unknown TH-00/province-10"):
        route.prepare(house.tsda, house.ref, ["dwf", "province-10"])
    assert house.tsda.parts(row_of(house.hub, house.ref).id) == []


def test_only_what_was_accepted_is_routed_and_once(house: House) -> None:
    """L10: not before the desk decided, not again while a part is open there, not by another desk."""
    fresh = house.berlin.refer("TH-00/tsda", further=FURTHER)
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        route.prepare(house.tsda, fresh, ["dwf"])
    (part,) = house.route("dwf")
    with pytest.raises(InputError, match=r"input\.routed dwf"):
        route.prepare(house.tsda, house.ref, ["dwf"])
    with pytest.raises(EnvelopeError, match=r"envelope\.actor"):
        route.prepare(house.tsda, part, ["dcy"])


def test_not_our_remit_leaves_the_parent_where_it_is(house: House) -> None:
    """L10: the first desk hears it and tries another; the node hears of neither."""
    (part,) = house.route("dwf")
    acts.reject(at(house.new_console, house.hub, "dwf"), part, "not_our_remit")
    assert state_of(house.hub, house.ref) == "accepted"
    assert open_task(house.tsda, part).messages[-1].said.status.reason == "not_our_remit"
    assert len(house.route("dwf", "shelter-50")) == 2
    assert [header.state for header, _ in house.berlin.mail(wire.KIND_STATUS)] == [wire.STATE_ACCEPTED]


def test_the_results_of_all_parts_come_home_as_one_report(house: House) -> None:
    """L10: outcomes roll up without a word of which desk; an open part holds the report back."""
    first, second = house.route("dwf", "shelter-50")
    acts.start(house.tsda, house.ref)
    house.finish("dwf", first, "legal_action")
    with pytest.raises(EnvelopeError, match=r"envelope\.parts_open"):
        acts.complete(house.tsda, house.ref, "assisted", Facts())
    house.finish("shelter-50", second, "placed_in_care")
    acts.complete(house.tsda, house.ref, "assisted", Facts())
    header, told = house.berlin.mail(wire.KIND_STATUS)[-1]
    assert header.sender == "TH-00/tsda"
    assert [(part.outcome, part.state) for part in told.status.parts] == [
        ("legal_action", wire.STATE_COMPLETED),
        ("placed_in_care", wire.STATE_COMPLETED),
    ]
    for word in ("dwf", "shelter"):
        assert word.encode() not in told.SerializeToString()


def test_a_report_may_go_despite_an_open_part(house: House) -> None:
    """L10: when the officer says so, with the part's present state."""
    house.route("dwf")
    acts.start(house.tsda, house.ref)
    acts.complete(house.tsda, house.ref, "partly_assisted", Facts(), despite_open=True)
    told = house.berlin.mail(wire.KIND_STATUS)[-1][1].status
    assert [part.state for part in told.parts] == [wire.STATE_RECEIVED]


def test_the_node_hears_of_every_opening_whichever_desk(house: House) -> None:
    """T1: a part's desk tells the node itself, about the referral that the node knows."""
    (part,) = house.route("shelter-50")
    open_task(at(house.new_console, house.hub, "shelter-50"), part)
    told = house.berlin.mail(wire.KIND_OPENING)
    assert [payload.opening.desk_kind for _, payload in told] == ["centre", "shelter"]
    assert {header.reference for header, _ in told} == {house.ref}


def test_a_withdrawal_reaches_every_part(house: House) -> None:
    """Row 28, W2: the parts are closed and destroyed with the referral."""
    (part,) = house.route("dwf")
    dwf = at(house.new_console, house.hub, "dwf")
    open_task(dwf, part)
    house.berlin.send(house.ref, wire.KIND_WITHDRAWAL, Payload(withdrawal=Withdrawal(reason="withdrawn")))
    assert state_of(house.hub, part) == "cancelled"
    assert [act.sealed for act in house.tsda.acts(row_of(house.hub, part).id)] == [None]
    for desk, ref in ((dwf, part), (house.tsda, house.ref)):
        with pytest.raises(ConsentError, match=r"consent\.withdrawn"):
            open_task(desk, ref)


def test_what_a_desk_needs_and_the_first_did_not_get_is_said(house: House) -> None:
    """M4: the part says `unknown`, never why it is not there."""
    house.berlin.refer("TH-00/tsda", again=house.ref, categories=("problems",), further=FURTHER)
    acts.accept(house.tsda, house.ref)
    (part,) = house.route("dwf")
    absent = open_task(at(house.new_console, house.hub, "dwf"), part).messages[0].said.referral.absent
    assert {one.category for one in absent} == {"demographics", "place", "threat", "contact"}
    assert {one.reason for one in absent} == {ABSENT_REASON_UNKNOWN}
