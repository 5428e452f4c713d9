"""Nobody is found for someone who looks for them until they agree. Rule C9."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts, route
from songtor_hub.desks.desk import Desk
from songtor_hub.desks.opening import open_task
from songtor_hub.seats import desk_keys
from songtor_hub.store.engine import writing
from songtor_proto.errors import ConsentError, InputError
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Status
from tests.support.desks import Partner, at
from tests.support.hub import NewHub

NewConsole = Callable[..., Hub]
NOT_FOUND = Status(outcome="not_found")


def looked_for(berlin: Partner, desk: Desk, purpose: str = "tracing", further: tuple[str, ...] = ()) -> str:
    categories = ("name", "place") if purpose == "tracing" else ("name", "place", "contact")
    ref = berlin.refer(desk.address, purpose=purpose, categories=categories, further=further)
    acts.accept(desk, ref)
    acts.start(desk, ref)
    return ref


def reported(berlin: Partner) -> Status:
    return berlin.mail(wire.KIND_STATUS)[-1][1].status


@pytest.mark.parametrize("purpose", ["tracing", "welfare_check"])
@pytest.mark.parametrize("outcome", ["person_found", "not_found", "client_declined", "assisted"])
def test_without_their_consent_every_outcome_reads_the_same(
    new_hub: NewHub, new_console: NewConsole, purpose: str, outcome: str
) -> None:
    """C9: found or not, the report is `not_found` and not one byte more, whatever the officer wrote."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = looked_for(berlin, tsda, purpose)
    acts.complete(tsda, ref, outcome, Facts(narrative="พบที่เชียงใหม่"))
    assert reported(berlin) == NOT_FOUND


def test_no_other_ending_tells_more(new_hub: NewHub, new_console: NewConsole) -> None:
    """C9: a reason to fail would say that somebody was found, so there is none."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = looked_for(berlin, tsda)
    with pytest.raises(ConsentError, match=r"consent\.traced_person"):
        acts.fail(tsda, ref, "client_died")


def test_once_they_agree_the_outcome_may_be_told(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """C9: recorded at the desk by an officer, the consent lets outcome and words through, as replies say."""
    hub = new_hub(database=database)
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = looked_for(berlin, tsda)
    acts.traced_consent(tsda, ref)
    acts.complete(tsda, ref, "person_found", Facts(narrative="ฝากบอกว่าสบายดี"))
    assert reported(berlin) == Status(outcome="person_found", facts=Facts(narrative="ฝากบอกว่าสบายดี"))
    record = [act for act in tsda.acts(tsda.find(ref).id) if act.act == "traced_consent"]
    assert [(act.officer, act.sealed) for act in record] == [("tsda.intake", None)]


def test_a_part_keeps_silent_to_the_desk_that_asked(new_hub: NewHub, new_console: NewConsole) -> None:
    """C9: a province's result reads `not_found` at the centre too, and no part shows in the report."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    add_desk(tsda, "TH-00/province-50")
    ref = looked_for(berlin, tsda, further=("TH-00/province-50",))
    parts = route.prepare(tsda, ref, ["province-50"])
    route.send(tsda, parts)
    province, part = at(new_console, hub, "province-50"), parts[0].reference
    acts.accept(province, part)
    acts.start(province, part)
    acts.complete(province, part, "person_found", Facts(narrative="พบแล้ว"))
    (told,) = [
        tsda.read(row).status
        for row, header in tsda.mail(tsda.find(part).id)
        if header.state == wire.STATE_COMPLETED
    ]
    assert told == NOT_FOUND
    acts.complete(tsda, ref, "person_found", Facts())
    assert reported(berlin) == NOT_FOUND


def test_their_consent_at_one_desk_counts_for_the_whole_referral(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """C9: the person spoke to the province; the centre may then report what they allowed."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    add_desk(tsda, "TH-00/province-50")
    ref = looked_for(berlin, tsda, further=("TH-00/province-50",))
    parts = route.prepare(tsda, ref, ["province-50"])
    route.send(tsda, parts)
    province, part = at(new_console, hub, "province-50"), parts[0].reference
    acts.accept(province, part)
    acts.traced_consent(province, part)
    acts.start(province, part)
    acts.complete(province, part, "person_found", Facts())
    acts.complete(tsda, ref, "person_found", Facts())
    assert [one.outcome for one in reported(berlin).parts] == ["person_found"]


def test_only_a_tracing_has_a_traced_person(new_hub: NewHub, new_console: NewConsole) -> None:
    """C9: on any other purpose such a record would mean nothing, and is refused."""
    hub = new_hub()
    ref = Partner(hub, "DE-02").refer("TH-00/tsda")
    with pytest.raises(InputError, match=r"input\.not_traced"):
        acts.traced_consent(at(new_console, hub, "tsda"), ref)


def test_no_opening_tells_where_they_were_found(new_hub: NewHub, new_console: NewConsole) -> None:
    """C9, L10: the provinces that a search was routed on to open it on record, and in silence until the
    person agrees: whoever has it opened lives there."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    add_desk(tsda, "TH-00/province-50")
    ref = looked_for(berlin, tsda, further=("TH-00/province-50",))
    parts = route.prepare(tsda, ref, ["province-50"])
    route.send(tsda, parts)
    province, part = at(new_console, hub, "province-50"), parts[0].reference
    open_task(province, part)
    assert {header.sender for header, _ in berlin.mail(wire.KIND_OPENING)} == {"TH-00/tsda"}
    assert "opening" in [act.act for act in province.acts(province.find(part).id)]
    acts.traced_consent(province, part)
    open_task(province, part)
    assert berlin.mail(wire.KIND_OPENING)[-1][0].sender == "TH-00/province-50"


def test_an_opening_is_told_to_the_node_that_passed_it_on(new_hub: NewHub, new_console: NewConsole) -> None:
    """C9, L10: what a node refers to a desk for whom it found is told to that node, not to who searched."""
    hub = new_hub()
    berlin, taipei = Partner(hub, "DE-02"), Partner(hub, "TW-44")
    dwf = at(new_console, hub, "dwf")
    search = berlin.refer("TW-44", purpose="tracing", categories=("name", "place"))
    ref = taipei.refer("TH-00/dwf", part_of=berlin.task(search).id)
    open_task(dwf, ref)
    assert berlin.mail() == []
    ((header, _),) = taipei.mail(wire.KIND_OPENING)
    assert (header.task, header.part_of) == (taipei.task(ref).id, b"")


def add_desk(desk: Desk, address: str) -> None:
    hub = desk.hub
    desk_keys.make(hub.keyring, address, hub.random)
    hub.keyring.save()
    with writing(hub.engine) as connection:
        desk_keys.publish(connection, hub.keyring, hub.network, address, to_ms(hub.clock()), hub.random)
