"""What a desk may open, decide and say, and what stays on record of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts, pins
from songtor_hub.desks.confirm import confirm
from songtor_hub.desks.desk import at_work
from songtor_hub.desks.inbox import inbox
from songtor_hub.desks.opening import open_task
from songtor_hub.exchange.exchange import Exchange
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import key_entry, log_leaf, metadata
from songtor_proto.errors import ConsentError, EnvelopeError, InputError, PeerError
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SealingKey
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.directory_pb2 import KeyStatement
from songtor_proto.wire.payload_pb2 import Answer, Facts, Name, Payload, Place, Service, Withdrawal
from tests.support.correspondent import join
from tests.support.desks import CANARY, NEEDS, Partner, at, facts, row_of, state_of
from tests.support.hub import MovableClock, NewHub

NewConsole = Callable[..., Hub]


def test_an_opening_is_recorded_logged_and_told_before_anything_is_shown(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """T1: officer, desk and role are on record, the log has a leaf, the node knows role, kind and purpose."""
    hub = new_hub(database=database)
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/dwf")
    dwf = at(new_console, hub, "dwf")
    opened = open_task(dwf, ref)
    assert opened.messages[0].said.referral.facts.place.city == "Berlin"
    ((header, told),) = berlin.mail(wire.KIND_OPENING)
    assert header.sender == "TH-00/dwf"
    assert (told.opening.role, told.opening.desk_kind) == ("desk_officer", "department")
    assert told.opening.purpose == "domestic_violence"
    (act,) = dwf.acts(opened.task.id)
    assert (act.officer, act.desk, act.role, act.act) == ("dwf.desk", "dwf", "desk_officer", "opening")
    with reading(hub.engine) as connection:
        entries = connection.scalars(select(log_leaf.c.entry).where(log_leaf.c.kind == "opened")).all()
    assert len(entries) == 1
    assert b"desk_officer" in entries[0]
    assert b"dwf.desk" not in entries[0]


def test_the_whole_way_from_received_to_completed(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """L3 to L7: accept, ask, answer, start, complete; reasons and texts reach the node sealed to it alone."""
    hub = new_hub(database=database)
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/tsda")
    tsda = at(new_console, hub, "tsda")
    acts.accept(tsda, ref)
    acts.ask(tsda, ref, "ขอชื่อเมือง")
    assert state_of(hub, ref) == "on_hold"
    assert berlin.mail(wire.KIND_QUESTION)[0][1].question.text == "ขอชื่อเมือง"
    berlin.send(ref, wire.KIND_ANSWER, Payload(answer=Answer(text="เบอร์ลิน")))
    assert state_of(hub, ref) == "accepted"
    said = [(one.kind, one.ours) for one in open_task(tsda, ref).messages]
    assert said == [("referral", False), ("accepted", True), ("question", True), ("answer", False)]
    acts.start(tsda, ref)
    acts.complete(tsda, ref, "assisted", Facts(narrative="เรียบร้อย", services=[Service(kind="welfare")]))
    last = berlin.mail(wire.KIND_STATUS)[-1]
    assert (last[0].state, last[1].status.outcome) == (wire.STATE_COMPLETED, "assisted")
    assert last[1].status.facts.narrative == "เรียบร้อย"
    done = [act.act for act in tsda.acts(row_of(hub, ref).id)]
    assert done == ["accepted", "question", "opening", "in-progress", "completed"]


def test_nobody_skips_a_state_and_every_refusal_changes_nothing(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """Row 29, L3 to L7: a wrong step, reason or outcome leaves state, mail and record as they were."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/tsda")
    tsda = at(new_console, hub, "tsda")
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        acts.start(tsda, ref)
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        acts.complete(tsda, ref, "assisted", Facts())
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        acts.fail(tsda, ref, "no_capacity")
    with pytest.raises(InputError, match=r"input\.unknown_code"):
        acts.reject(tsda, ref, "do_not_like_it")
    with pytest.raises(InputError, match=r"input\.missing"):
        acts.ask(tsda, ref, "  ")
    assert state_of(hub, ref) == "received"
    assert berlin.mail() == []
    assert tsda.acts(row_of(hub, ref).id) == []


def test_a_report_holds_only_what_the_purpose_lets_come_back(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """M8: a place is no reply to domestic violence, and nothing of the report is sent."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/tsda")
    tsda = at(new_console, hub, "tsda")
    acts.accept(tsda, ref)
    acts.start(tsda, ref)
    with pytest.raises(ConsentError, match=r"consent\.replies place"):
        acts.complete(tsda, ref, "assisted", Facts(place=Place(city="กรุงเทพ")))
    assert state_of(hub, ref) == "in_progress"


def test_what_says_more_than_its_terms_stays_closed_and_goes_back(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """Rows 16, 30, M6: the desk refuses and tells not what it said; the node learns why and shares again."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/dwf", said=facts())
    dwf = at(new_console, hub, "dwf")
    with pytest.raises(ConsentError, match=r"consent\.more_than_terms") as refused:
        open_task(dwf, ref)
    assert CANARY not in f"{refused.value.detail} {refused.value.field}"
    ((header, told),) = berlin.mail()
    assert (header.state, told.status.reason) == (wire.STATE_REJECTED, "more_than_terms")
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        open_task(dwf, ref)
    berlin.refer("TH-00/dwf", again=ref)
    assert row_of(hub, ref).version == 2
    assert open_task(dwf, ref).messages[0].said.referral.facts.case_code == "B-0142"


def test_an_answer_that_says_more_closes_what_was_begun(new_hub: NewHub, new_console: NewConsole) -> None:
    """M6: the rule holds for every later message; nothing of the referral is shown from then on."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/dwf")
    dwf = at(new_console, hub, "dwf")
    acts.accept(dwf, ref)
    acts.ask(dwf, ref, "?")
    answer = Answer(text="ชื่อ", facts=Facts(name=Name(thai=CANARY)))
    berlin.send(ref, wire.KIND_ANSWER, Payload(answer=answer))
    with pytest.raises(ConsentError, match=r"consent\.more_than_terms"):
        open_task(dwf, ref)
    assert state_of(hub, ref) == "failed"
    assert berlin.mail(wire.KIND_STATUS)[-1][1].status.reason == "more_than_terms"
    assert berlin.mail(wire.KIND_OPENING) == []


def test_what_cannot_be_read_goes_back(new_hub: NewHub, new_console: NewConsole) -> None:
    """E7: sealed to another key than the desk's, the content stays closed and the node learns it."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    dwf = at(new_console, hub, "dwf")
    true = directory_key(hub, "TH-00/dwf")
    swap_sealing_key(hub, "TH-00/dwf", SealingKey.generate(os.urandom).public)
    ref = berlin.refer("TH-00/dwf")
    swap_sealing_key(hub, "TH-00/dwf", true)
    with pytest.raises(ConsentError, match=r"consent\.unreadable"):
        open_task(dwf, ref)
    assert berlin.mail()[0][1].status.reason == "unreadable"


def test_consent_that_ended_opens_nothing_more_but_the_outcome_goes_home(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """Row 15, C4: after its end the content stays closed, while status and outcome still travel."""
    clock = MovableClock()
    hub = new_hub(clock=clock)
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/dwf", days=10)
    dwf = at(new_console, hub, "dwf")
    acts.accept(dwf, ref)
    clock.ahead += timedelta(days=10)
    for _ in range(2):  # before the hub has destroyed the sealed copy, and after
        with pytest.raises(ConsentError, match=r"consent\.expired"):
            open_task(dwf, ref)
        Exchange(hub).tick()
    acts.start(dwf, ref)
    acts.complete(dwf, ref, "informed", Facts())
    assert berlin.mail(wire.KIND_STATUS)[-1][1].status.outcome == "informed"
    assert berlin.mail(wire.KIND_OPENING) == []


def test_withdrawn_while_the_desk_has_it_open_is_closed_at_the_next_request(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """Row 28, W2: nothing is readable any more, not even what the desk noted; the record of acts remains."""
    hub = new_hub(database=database)
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/dwf")
    dwf = at(new_console, hub, "dwf")
    acts.accept(dwf, ref)
    open_task(dwf, ref)
    acts.ask(dwf, ref, "ถาม")
    berlin.send(ref, wire.KIND_WITHDRAWAL, Payload(withdrawal=Withdrawal(reason="withdrawn")))
    with pytest.raises(ConsentError, match=r"consent\.withdrawn"):
        open_task(dwf, ref)
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        acts.start(dwf, ref)
    left = dwf.acts(row_of(hub, ref).id)
    assert [act.act for act in left] == ["accepted", "opening", "question"]
    assert [act.sealed for act in left] == [None, None, None]


def test_a_duty_to_keep_is_named_and_keeps_the_copy_closed(new_hub: NewHub, new_console: NewConsole) -> None:
    """W4: under a legal hold the sealed copy stays at the hub, with its duty; at the desk nobody opens it."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/dwf")
    dwf = at(new_console, hub, "dwf")
    with pytest.raises(InputError, match=r"input\.unknown_code"):
        acts.hold(dwf, ref, "habit")
    acts.hold(dwf, ref, "criminal_case")
    berlin.send(ref, wire.KIND_WITHDRAWAL, Payload(withdrawal=Withdrawal(reason="withdrawn")))
    assert row_of(hub, ref).legal_hold == "criminal_case"
    assert dwf.mail(row_of(hub, ref).id)[0][0].sealed is not None
    with pytest.raises(ConsentError, match=r"consent\.withdrawn"):
        open_task(dwf, ref)


def test_red_at_night_waits_for_the_duty_officer(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """C11: TSDA's officer is the second person, at whatever desk it lies; other roles are not."""
    clock = MovableClock()
    hub = new_hub(database=database, clock=clock)
    berlin = Partner(hub, "DE-02")
    night: dict[str, Any] = {
        "urgency": wire.URGENCY_RED,
        "categories": ("demographics", "place"),
        "alone": True,
    }
    ref, late = (berlin.refer("TH-00/dwf", **night) for _ in range(2))
    tsda, dwf = at(new_console, hub, "tsda"), at(new_console, hub, "dwf")
    open_task(dwf, ref)
    with pytest.raises(PeerError, match=r"peer\.role"):
        confirm(dwf, ref)
    confirm(tsda, ref)
    assert row_of(hub, ref).confirmed
    ((header, told),) = berlin.mail(wire.KIND_CONFIRMATION)
    assert (header.sender, told.confirmation.role) == ("TH-00/tsda", "intake_officer")
    with pytest.raises(EnvelopeError, match=r"envelope\.transition"):
        confirm(tsda, ref)
    clock.ahead += timedelta(hours=25)
    with pytest.raises(ConsentError, match=r"consent\.expired"):
        confirm(tsda, late)
    with pytest.raises(ConsentError, match=r"consent\.not_confirmed"):
        open_task(dwf, late)
    assert open_task(dwf, ref).task.confirmed


def test_what_waits_comes_overdue_first_then_by_urgency(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """The inbox: overdue before all, then red, yellow, green; unread is counted, closed ones are gone."""
    clock = MovableClock()
    hub = new_hub(database=database, clock=clock)
    berlin = Partner(hub, "DE-02")
    late = berlin.refer("TH-00/dwf", urgency=wire.URGENCY_YELLOW)
    clock.ahead += timedelta(days=4)
    green = berlin.refer("TH-00/dwf", urgency=wire.URGENCY_GREEN)
    red = berlin.refer("TH-00/dwf", urgency=wire.URGENCY_RED)
    done = berlin.refer("TH-00/dwf")
    berlin.refer("TH-00/tsda")
    dwf = at(new_console, hub, "dwf")
    acts.reject(dwf, done, "no_capacity")
    items = inbox(dwf)
    assert [(item.reference, item.overdue) for item in items] == [(late, True), (red, False), (green, False)]
    assert [item.news for item in items] == [1, 1, 1]
    clock.ahead += timedelta(seconds=1)
    open_task(dwf, red)
    assert [item.news for item in inbox(dwf)] == [1, 0, 1]


def test_another_desks_referral_is_as_unknown_as_none(new_hub: NewHub, new_console: NewConsole) -> None:
    """Row 27: reading, deciding and routing answer alike for what is another desk's and what is nowhere."""
    hub = new_hub()
    ref = Partner(hub, "DE-02").refer("TH-00/dwf")
    dcy = at(new_console, hub, "dcy")
    for text in (ref, "DE02-0000-0001"):
        with pytest.raises(InputError) as refused:
            open_task(dcy, text)
        assert refused.value.code in ("input.not_here", "input.reference")
    with pytest.raises(InputError, match=r"input\.not_here"):
        acts.accept(dcy, ref)


@pytest.mark.parametrize("role", ["hub_admin", "auditor", "executive"])
def test_roles_without_content_come_to_no_desk(new_hub: NewHub, new_console: NewConsole, role: str) -> None:
    """Who only runs, audits or counts opens nothing."""
    hub = new_hub()
    with pytest.raises(PeerError, match=rf"peer\.role {role}"):
        at(new_console, hub, "", role=role)
    with pytest.raises(PeerError, match=r"peer\.officer"):
        at_work(new_console(hub, "nobody"))
    with pytest.raises(PeerError, match=r"peer\.officer"):
        at_work(new_console(hub, ""))


def test_no_table_of_the_hub_holds_a_readable_word(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """Sealed to the desk or the node, whatever was said: no column of any table has it in the clear."""
    hub = new_hub(database=database)
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/tsda", categories=(*NEEDS, "narrative", "name"))
    tsda = at(new_console, hub, "tsda")
    assert CANARY in open_task(tsda, ref).messages[0].said.referral.facts.narrative
    acts.accept(tsda, ref)
    acts.ask(tsda, ref, f"ถามเรื่อง {CANARY}")
    with reading(hub.engine) as connection:
        everything = [
            list(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
        ]
    cells = [cell if isinstance(cell, bytes) else str(cell).encode() for row in everything for cell in row]
    assert len(cells) > 500
    assert not [cell for cell in cells if CANARY.encode() in cell]
    assert any(b"DE-02" in cell for cell in cells)


def test_a_key_that_was_swapped_in_the_store_is_not_believed(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """K4: after an enrolment anew the desk sends nothing until two people compared fingerprints by voice."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    ref = berlin.refer("TH-00/dwf")
    dwf = at(new_console, hub, "dwf")
    acts.accept(dwf, ref)
    anew = join(hub, "DE-02", version=2).keys.signing.public
    with pytest.raises(PeerError, match=r"peer\.key_changed DE-02"):
        acts.start(dwf, ref)
    assert state_of(hub, ref) == "accepted"
    with pytest.raises(PeerError, match=r"peer\.fingerprint"):
        pins.trust(dwf.hub, "DE-02", "00000 " * 8)
    pins.trust(dwf.hub, "DE-02", fingerprint(hub.network, "DE-02", anew))
    acts.start(dwf, ref)
    assert state_of(hub, ref) == "in_progress"


def test_what_a_lost_key_signed_is_handed_back_and_not_left_lying(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """K4, M6: a node that lost its keys before the desk ever heard of it learns that it must share again."""
    hub = new_hub()
    ref = Partner(hub, "DE-02").refer("TH-00/dwf", urgency=wire.URGENCY_RED)
    join(hub, "DE-02", version=2)
    dwf = at(new_console, hub, "dwf")
    with pytest.raises(ConsentError, match=r"consent\.unreadable"):
        open_task(dwf, ref)
    assert state_of(hub, ref) == "rejected"


def directory_key(hub: Hub, owner: str) -> bytes:
    with reading(hub.engine) as connection:
        statement = connection.scalar(select(key_entry.c.statement).where(key_entry.c.owner == owner))
    return KeyStatement.FromString(statement or b"").sealing_key


def swap_sealing_key(hub: Hub, owner: str, key: bytes) -> None:
    """As somebody with the store alone could: no signature fits it."""
    with writing(hub.engine) as connection:
        old = connection.scalar(select(key_entry.c.statement).where(key_entry.c.owner == owner))
        statement = KeyStatement.FromString(old or b"")
        statement.sealing_key = key
        connection.execute(
            key_entry.update()
            .where(key_entry.c.owner == owner)
            .values(statement=statement.SerializeToString())
        )
