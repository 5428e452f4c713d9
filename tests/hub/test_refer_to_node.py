"""The centre as referrer: a case of the hotline's goes to a node under the rules that nodes keep."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts, refer_to_node
from songtor_hub.desks.case_file import parse_facts, read_case
from songtor_hub.desks.inbox import inbox
from songtor_hub.desks.opening import open_task
from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_proto.consent import check_terms
from songtor_proto.errors import ConsentError, EnvelopeError, InputError, PeerError, SongtorError
from songtor_proto.minimise import violations
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Payload, Question, Status
from tests.support.correspondent import join
from tests.support.desks import CANARY, Partner, at, row_of, state_of
from tests.support.hub import MovableClock, NewHub

NewConsole = Callable[..., Hub]

CASE = f"""
referrer: hotline_1300
urgency: yellow
facts:
  case_code: TSDA-69-014
  request: {{text: ขอให้ไปเยี่ยม, kinds: [counselling]}}
  demographics: {{sex: male, age_band: 60-74, languages: [th]}}
  place: {{city: Berlin, country: DE}}
  problems: [elderly_care]
  name: {{thai: {CANARY} สมมติ}}
  birth_date: 1958-04-13
  family: [{{relation: daughter, guardian: no, lives_with_client: yes}}]
share: [name]
consent:
  basis: consent
  purpose: older_person
  categories: [demographics, place, problems, name]
  recipients: [DE-02]
  shown: ท่านจะได้รับการเยี่ยม
  form: spoken
"""


def case(**changed: str) -> bytes:
    """The file with some words replaced: `case(older_person="tracing")`."""
    text = CASE
    for old, new in changed.items():
        text = text.replace(old, new)
    return text.encode()


def refer(new_console: NewConsole, hub: Hub, content: bytes = CASE.encode(), **options: str) -> str:
    tsda = at(new_console, hub, "tsda")
    draft = refer_to_node.prepare(tsda, content, "DE-02", **options)
    refer_to_node.send(tsda, draft)
    return draft.reference


def test_a_node_gets_what_policy_consent_and_officer_let_go(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """M2, C2: terms under Thai law lie sealed in the payload; what is not ticked or not agreed stays."""
    hub = new_hub(database=database)
    berlin = Partner(hub, "DE-02")
    ref = refer(new_console, hub)
    ((header, payload),) = berlin.mail(wire.KIND_REFERRAL)
    assert header.reference == ref
    assert ref.startswith("TH00-")
    assert not header.HasField("terms")
    check_terms(header, payload.terms, hub.policy, hub.clock())
    assert violations(payload, payload.terms, hub.policy, "DE-02") == ()
    assert payload.terms.legal_citation == "PDPA s.28(2)"
    said = payload.referral
    assert (said.referrer, said.facts.name.thai) == ("hotline_1300", f"{CANARY} สมมติ")
    assert (said.facts.birth_date, len(said.facts.family)) == ("", 0)
    assert row_of(hub, ref).purpose is None


def test_what_the_node_decides_comes_back_into_the_inbox(new_hub: NewHub, new_console: NewConsole) -> None:
    """The centre sees question, acceptance and outcome, answers, and reads them as on record."""
    clock = MovableClock()
    hub = new_hub(clock=clock)
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = refer(new_console, hub)
    berlin.send(ref, wire.KIND_QUESTION, Payload(question=Question(text="บ้านเลขที่")), state=wire.STATE_ON_HOLD)
    assert [(item.reference, item.news, item.received) for item in inbox(tsda)] == [(ref, 1, False)]
    assert open_task(tsda, ref).messages[-1].said.question.text == "บ้านเลขที่"
    acts.answer(tsda, ref, "ไม่ทราบ")
    for state, status in (
        (wire.STATE_ACCEPTED, Status()),
        (wire.STATE_IN_PROGRESS, Status()),
        (wire.STATE_COMPLETED, Status(outcome="assisted")),
    ):
        berlin.send(ref, wire.KIND_STATUS, Payload(status=status), state=state)
    clock.ahead += timedelta(seconds=1)
    messages = open_task(tsda, ref).messages
    assert messages[-1].said.status.outcome == "assisted"
    assert messages[-1].state == wire.STATE_COMPLETED
    assert inbox(tsda) == []
    assert berlin.mail(wire.KIND_OPENING) == []


def test_a_report_that_says_more_than_the_purpose_lets_it_stays_closed(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """M6, M8: the ministry reads no more of a node's report than a node would of the ministry's."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = refer(new_console, hub)
    over = Status(outcome="assisted", facts=Facts(religion="พุทธ"))
    for state, status in (
        (wire.STATE_ACCEPTED, Status()),
        (wire.STATE_IN_PROGRESS, Status()),
        (wire.STATE_COMPLETED, over),
    ):
        berlin.send(ref, wire.KIND_STATUS, Payload(status=status), state=state)
    last = open_task(tsda, ref).messages[-1]
    assert (last.kind, last.said) == ("status more_than_terms", Payload())
    assert state_of(hub, ref) == "completed"


@pytest.mark.parametrize("lost", [True, False])
def test_what_a_node_holds_is_taken_back_whatever_became_of_the_node(
    new_hub: NewHub, new_console: NewConsole, lost: bool
) -> None:
    """W1, K4: revoked, or enrolled anew with keys that nobody compared, it stops no withdrawal; what the hub
    has is destroyed."""
    hub = new_hub()
    Partner(hub, "DE-02")
    ref = refer(new_console, hub)
    tsda = at(new_console, hub, "tsda")
    if lost:
        join(hub, "DE-02", version=2)
    else:
        with writing(hub.engine) as connection:
            registry.revoke(connection, "DE-02", 1, hub.random)
    acts.withdraw(tsda, ref, "withdrawn")
    assert not [record for record in tsda.acts(tsda.find(ref).id) if record.sealed is not None]
    assert state_of(hub, ref) == "cancelled"


def test_a_rejection_is_answered_by_a_new_version(new_hub: NewHub, new_console: NewConsole) -> None:
    """Row 30, L9: same reference and thread, next number, withdrawn together; never another's thread."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    ref = refer(new_console, hub)
    berlin.send(
        ref, wire.KIND_STATUS, Payload(status=Status(reason="not_enough_facts")), state=wire.STATE_REJECTED
    )
    assert refer(new_console, hub, again=ref) == ref
    first, second = (header for header, _ in berlin.mail(wire.KIND_REFERRAL))
    assert (second.thread, second.task_version) == (first.thread, 2)
    assert state_of(hub, ref) == "received"
    acts.withdraw(at(new_console, hub, "tsda"), ref, "withdrawn")
    assert berlin.mail(wire.KIND_REFERRAL) == []
    assert len(berlin.mail(wire.KIND_WITHDRAWAL)) == 2
    with pytest.raises(ConsentError, match=r"consent\.withdrawn"):
        acts.withdraw(at(new_console, hub, "tsda"), ref, "withdrawn")
    theirs = berlin.refer("TH-00/tsda")
    with pytest.raises(EnvelopeError, match=r"envelope\.actor"):
        refer(new_console, hub, again=theirs)


def test_what_was_withdrawn_is_gone_here_and_taken_back_there(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """W1 to W3: the sealed case file and every copy at the hub are destroyed, and the node is told."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = refer(new_console, hub)
    task = tsda.find(ref)
    assert [record.act for record in tsda.acts(task.id)] == ["case", "referral"]
    assert all(CANARY.encode() in (tsda.unseal(record) or b"") for record in tsda.acts(task.id))
    acts.withdraw(tsda, ref, "withdrawn")
    assert not [record for record in tsda.acts(task.id) if record.sealed is not None]
    assert berlin.mail(wire.KIND_REFERRAL) == []
    assert berlin.mail(wire.KIND_WITHDRAWAL)[0][1].withdrawal.reason == "withdrawn"
    with pytest.raises(ConsentError, match=r"consent\.withdrawn"):
        open_task(tsda, ref)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("older_person", "entitlement", "consent.recipient"),
        ("[DE-02]", "[DE-08]", "consent.recipient"),
        ("1958-04-13", "2010-04-13", "consent.minor"),
        ("name]", "name, religion]", "consent.categories"),
        ("form: spoken", "form: sung", "consent.form"),
        ("basis: consent", "basis: vital_interest", "consent.harm"),
        ("form: spoken", "expires: 2020-01-01", "consent.expiry"),
        ("hotline_1300", "horoscope", "input.unknown_code"),
        ("urgency: yellow", "urgency: pink", "input.value"),
        ("urgency: yellow", "hurry: yes", "input.missing"),
        ("city: Berlin", "city: [Berlin]", "input.value"),
        ("birth_date", "birthday", "input.unknown_field"),
        ("share: [name]", "share: [shoe_size]", "input.unknown_code"),
        ("facts:", "facts: &a", "input.yaml"),
    ],
)
def test_a_file_that_does_not_hold_sends_nothing(
    new_hub: NewHub, new_console: NewConsole, old: str, new: str, code: str
) -> None:
    """Row 15: ground, law and form are checked before sealing; the field at fault is named, not its value."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    with pytest.raises(SongtorError) as refused:
        refer(new_console, hub, CASE.replace(old, new).encode())
    assert refused.value.code == code
    assert refused.value.field
    assert CANARY not in refused.value.field
    assert berlin.mail() == []


def test_the_centre_is_never_alone_on_vital_interest(new_hub: NewHub, new_console: NewConsole) -> None:
    """C7: a second officer of a desk stands for it at once; an unknown one, or the same, does not count."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    urgent = CASE.replace("problems, name]", "problems]")
    urgent = urgent.replace("basis: consent", "basis: vital_interest\n  harm: ขู่ฆ่า\n  incapacity: หมดสติ")
    for second, code in (("", "second_person"), ("tsda.intake", "same_person"), ("nobody", "officer")):
        with pytest.raises(SongtorError) as refused:
            refer(new_console, hub, f"{urgent}  second: {second}\n".replace(": \n", ': ""\n').encode())
        assert refused.value.code.endswith(code)
    at(new_console, hub, "dwf")
    refer(new_console, hub, f"{urgent}  second: dwf.desk\n".encode())
    assert berlin.mail(wire.KIND_REFERRAL)[0][1].terms.confirmed


def test_only_the_centre_refers_to_nodes(new_hub: NewHub, new_console: NewConsole) -> None:
    """A department's officer sends no case abroad."""
    hub = new_hub()
    Partner(hub, "DE-02")
    with pytest.raises(PeerError, match=r"peer\.role"):
        refer_to_node.prepare(at(new_console, hub, "dwf"), CASE.encode(), "DE-02")
    tsda = at(new_console, hub, "tsda")
    with pytest.raises(InputError, match=r"input\.unknown_code"):
        refer_to_node.prepare(tsda, CASE.encode(), "TH-00/dwf")
    with pytest.raises(PeerError, match=r"peer\.unknown TW-26"):
        refer_to_node.prepare(tsda, case(**{"[DE-02]": "[TW-26]"}), "TW-26")


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_file_is_read_or_refused_by_a_declared_error(content: bytes) -> None:
    """X1: no other error comes out of the reader."""
    with suppress(SongtorError):
        parse_facts(read_case(content).facts)


def test_in_a_timeline_of_the_centres_nobody_is_named(new_hub: NewHub, new_console: NewConsole) -> None:
    """M9: though the name leaves in a field of its own; what no picture may say is refused by its field."""
    hub = new_hub()
    berlin = Partner(hub, "DE-02")
    told = (
        "older_person\n  categories: [demographics, place, problems, name]",
        "psychosocial\n  categories: [demographics, place, problems, timeline]",
    )
    file = case().decode().replace("purpose: " + told[0], "purpose: " + told[1])
    file = file.replace("share: [name]", "share: [timeline]").replace(
        "  birth_date:", f"  timeline: [{{when: 2019~/1958-04-13, text: {CANARY} ล้มในห้องน้ำ}}]\n  birth_date:"
    )
    refer(new_console, hub, file.encode())
    ((_, payload),) = berlin.mail(wire.KIND_REFERRAL)
    (event,) = payload.referral.facts.timeline
    assert (event.when, event.text) == ("2019~/1958", "ผู้รับบริการ ล้มในห้องน้ำ")
    with pytest.raises(InputError) as caught:
        refer(new_console, hub, file.replace("2019~", "นานแล้ว").encode())
    assert (caught.value.code, caught.value.field) == ("input.value", "facts.timeline")


def test_facts_are_read_as_people_write_them() -> None:
    """Yes and no are flags only where a flag belongs; empty ones are left out; NO stays Norway."""
    facts = parse_facts(read_case(CASE.replace("country: DE", "country: NO").encode()).facts)
    assert facts.place.country == "NO"
    assert (facts.family[0].guardian, facts.family[0].lives_with_client) == (False, True)
