"""Minimisation: what leaves, what stays, and what a recipient makes of it. Rules M1 to M6, M8, C9."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto import consent, minimise
from songtor_proto.consent import Grant
from songtor_proto.errors import ConsentError, InputError
from songtor_proto.findings import find
from songtor_proto.minimise import Disclosure, value_text
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire import payload_pb2 as wire_payload
from songtor_proto.wire.payload_pb2 import (
    Absent,
    Answer,
    Facts,
    Genogram,
    GenogramPerson,
    GenogramTie,
    Incident,
    LifeEvent,
    Payload,
    Referral,
    Status,
)
from tests.support.grounds import DESK, IMPERSONAL, PURPOSE, agreed, due, guarded, scope, terms, vital

POLICY = policy()
split_module = sys.modules["songtor_proto.minimise.split"]
MARK = "ค่า"
"""Stands in every text of `full()`, so that a text that leaks is seen."""


def fill(message: Message, mark: str = MARK) -> None:
    """Every field with something in it that names its place."""
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.message_type is not None:
            inner = value.add() if field.is_repeated else value
            inner.SetInParent()
            fill(inner, f"{mark}-{field.name}")
            continue
        words = field.type == FieldDescriptor.TYPE_STRING
        said = f"{mark}-{field.name}" if words else 1
        if field.is_repeated:
            value.append(said)
        else:
            setattr(message, field.name, said)


def full() -> Facts:
    facts = Facts()
    fill(facts)
    people = [GenogramPerson(id=1, sex="female", index=True), GenogramPerson(id=2, birth_year="1960")]
    facts.genogram.CopyFrom(Genogram(people=people, ties=[tie(2, 1)]))
    del facts.timeline[:]
    facts.timeline.add(id=1, when="2019", text=f"{MARK}-timeline")
    return facts


def tie(one: int, other: int, kind: str = "birth") -> GenogramTie:
    said = GenogramTie(to=other, kind=kind)
    setattr(said, "from", one)
    return said


def categories(purpose: str = PURPOSE) -> frozenset[str]:
    rule = POLICY.purposes[purpose]
    return frozenset(rule.needs) | frozenset(rule.useful)


def everything(purpose: str = PURPOSE, to: str = DESK) -> Grant:
    return agreed(scope(purpose=purpose, categories=categories(purpose), recipients=frozenset({to})))


def divide(
    facts: Facts,
    grant: Grant,
    *,
    to: str = DESK,
    ticked: frozenset[str] | None = None,
    unsafe: frozenset[str] = frozenset(),
) -> Disclosure:
    return minimise.split(
        facts, policy=POLICY, purpose=grant.purpose, recipient=to, grant=grant, ticked=ticked, unsafe=unsafe
    )


def stays(disclosure: Disclosure) -> dict[str, str]:
    return {line.category: line.why for line in disclosure.stays}


def leaves(disclosure: Disclosure) -> dict[str, str]:
    return {line.category: line.why for line in disclosure.leaves}


# M1


def uncategorised(message: Descriptor, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    for field in message.fields:
        if minimise.category_of(field):
            continue
        inner = field.message_type
        if inner is None:
            yield field.full_name
        elif inner.full_name not in seen:
            yield from uncategorised(inner, seen | {inner.full_name})


def test_every_field_of_a_payload_belongs_to_one_category_of_the_policy() -> None:
    """M1: whatever holds data has its category, and only one; the terms are the ground itself, not data."""
    containers = {
        "terms",
        "referral",
        "status",
        "question",
        "answer",
        "withdrawal",
        "opening",
        "confirmation",
    }
    fields = Payload.DESCRIPTOR.fields_by_name
    assert set(fields) == containers | {"confirmation", "reminder"}
    loose = [
        name
        for field in fields.values()
        if field.name != "terms" and field.message_type is not None
        for name in uncategorised(field.message_type)
    ]
    assert loose == []
    named = {
        minimise.category_of(field)
        for message in wire_payload.DESCRIPTOR.message_types_by_name.values()
        for field in message.fields
    } - {""}
    assert named <= set(POLICY.categories)
    assert set(minimise.FACTS.values()) == set(POLICY.categories)


def test_nothing_inside_a_field_of_facts_claims_another_category() -> None:
    """M1: a field and all that is in it go or stay together."""
    for field in Facts.DESCRIPTOR.fields:
        if field.message_type is not None:
            assert not any(minimise.category_of(inner) for inner in field.message_type.fields)


# M2, M3


def test_what_leaves_is_policy_and_ground_and_tick() -> None:
    """M2: with everything known and ticked, what leaves is what was agreed and the policy allows."""
    given = divide(full(), everything(), ticked=categories())
    assert set(given.categories) == categories() | POLICY.always
    assert {"case_code": "always", "request": "always"}.items() <= leaves(given).items()
    assert leaves(given)["contact"] == "needed_by_recipient"
    assert leaves(given)["health"] == "agreed_by_client"
    assert stays(given)["religion"] == "not_for_this_purpose"
    assert [name for name, _ in minimise.strings(given.facts)]
    assert {field.name for field, _ in given.facts.ListFields()} == {line.field for line in given.leaves}


def test_who_someone_is_leaves_only_when_ticked() -> None:
    """M2: by default the impersonal needs go; a name, a contact, what is only useful are the worker's act."""
    given = divide(full(), everything())
    assert set(given.categories) == IMPERSONAL | POLICY.always
    assert stays(given)["contact"] == stays(given)["name"] == stays(given)["services"] == "not_ticked"
    more = divide(full(), everything(), ticked=frozenset({"contact"}))
    assert set(more.categories) == POLICY.always | {"contact"}


def test_a_tick_does_not_widen_consent_or_policy() -> None:
    """M2: what the client did not agree to stays, whatever the worker ticks."""
    narrow = agreed(scope(categories=IMPERSONAL))
    given = divide(full(), narrow, ticked=frozenset(POLICY.categories))
    assert set(given.categories) == IMPERSONAL | POLICY.always
    assert stays(given)["name"] == "client_did_not_agree"
    assert stays(divide(full(), guarded(scope(categories=IMPERSONAL))))["name"] == "client_did_not_agree"


def test_without_the_client_the_reason_is_the_ground_not_their_word() -> None:
    """M2: nobody reads "the client agreed" on vital interest or legal duty."""
    for grant in (
        due(scope(categories=categories() - {"health"})),
        vital(scope(categories=categories() - {"health"}), second="W2"),
    ):
        given = divide(full(), grant, ticked=categories())
        assert leaves(given)["narrative"] == "covered_by_ground"
        assert stays(given)["health"] == "not_covered_by_ground"


def test_one_worker_alone_sends_levels_0_and_1() -> None:
    """C7: the rest waits for the second person."""
    given = divide(full(), vital(), ticked=frozenset(POLICY.categories))
    assert set(given.categories) == IMPERSONAL | POLICY.always
    assert stays(given)["contact"] == stays(given)["health"] == "above_emergency_level"


def test_a_narrow_recipient_gets_only_what_its_line_names() -> None:
    """M3: a shelter gets no narrative and no problems, though purpose and client would allow them."""
    shelter = "TH-00/shelter-50"
    given = divide(full(), everything(to=shelter), to=shelter, ticked=frozenset(POLICY.categories))
    named = frozenset((POLICY.purposes[PURPOSE].narrow)["shelter"])
    assert set(given.categories) == named | POLICY.always
    assert stays(given)["narrative"] == stays(given)["problems"] == "recipient_needs_less"


def test_nobody_receives_what_is_not_theirs() -> None:
    """M2: a desk, node or hub outside the purpose's line is allowed nothing."""
    assert minimise.allowed(POLICY, PURPOSE, "TH-00/dop") == frozenset()
    assert minimise.allowed(POLICY, PURPOSE, "TH-00") == frozenset()
    assert minimise.allowed(POLICY, "entitlement", "DE-02") == frozenset()
    assert minimise.allowed(POLICY, PURPOSE, "DE-02") == categories() | POLICY.always
    with pytest.raises(ConsentError, match="purpose"):
        minimise.allowed(POLICY, "curiosity", DESK)


def test_advice_never_carries_identity() -> None:
    """M2: by the policy's data, no desk that gives advice may be told who it is about."""
    impersonal = {code for code, category in POLICY.categories.items() if category.level != 2}
    for desk in POLICY.purposes["advice"].desks:
        assert minimise.allowed(POLICY, "advice", f"TH-00/{desk}") <= impersonal
    assert minimise.allowed(POLICY, "advice", "DE-02") <= impersonal


def test_a_category_that_is_not_one_is_refused() -> None:
    """X1: a mistyped tick is said, not ignored."""
    for ticked, unsafe, field in (
        (frozenset({"naem"}), frozenset[str](), "ticked"),
        (None, frozenset({"x"}), "unsafe"),
    ):
        with pytest.raises(InputError) as caught:
            divide(full(), everything(), ticked=ticked, unsafe=unsafe)
        assert (caught.value.code, caught.value.field) == ("input.unknown_code", field)


# M4, M5


def test_a_needed_fact_that_is_not_known_goes_as_unknown_and_never_blocks() -> None:
    """M4: an empty case can be sent; what is needed is said to be unknown, and the worker warned."""
    given = divide(Facts(), everything())
    needs = frozenset(POLICY.purposes[PURPOSE].needs) | POLICY.always
    assert {(absent.category, absent.reason) for absent in given.absent} == {
        (code, wire_payload.ABSENT_REASON_UNKNOWN) for code in needs
    }
    assert {line.category for line in given.warnings} == needs
    assert given.facts == Facts()


def test_a_needed_fact_that_is_unsafe() -> None:
    """M4, M5: it goes as `unsafe` with a warning, and its value is nowhere in what leaves."""
    given = divide(full(), everything(), ticked=categories(), unsafe=frozenset({"contact", "health"}))
    assert [(absent.category, absent.reason) for absent in given.absent] == [
        ("contact", wire_payload.ABSENT_REASON_UNSAFE)
    ]
    assert stays(given)["contact"] == stays(given)["health"] == "unsafe_to_send"
    assert [line.category for line in given.warnings] == ["contact"]
    assert "contacts" not in str(given.facts)


def test_a_fact_without_words_is_not_known() -> None:
    """M4: spaces, and a message that says nothing, are no facts."""
    facts = Facts(narrative=" ", religion="\t")
    facts.name.SetInParent()
    given = divide(facts, everything(), ticked=categories())
    assert set(leaves(given)) == set()
    assert "narrative" not in stays(given)


def test_what_is_withheld_is_listed_for_the_worker_with_why() -> None:
    """M5: every field that has something in it stands in exactly one of the two columns."""
    given = divide(full(), everything())
    lines = [line.field for line in given.leaves + given.stays]
    assert sorted(lines) == sorted(minimise.FACTS)
    assert all(line.value_text for line in given.leaves + given.stays)


@given(
    st.sampled_from(sorted(POLICY.purposes)),
    st.sets(st.sampled_from(sorted(POLICY.categories))),
    st.sets(st.sampled_from(sorted(POLICY.categories))),
    st.sets(st.sampled_from(sorted(POLICY.categories))),
    st.booleans(),
)
def test_what_stays_is_in_no_form_in_what_leaves(
    purpose: str, consented: set[str], ticked: set[str], unsafe: set[str], narrow: bool
) -> None:
    """M2, M5, M6: no withheld value is in the payload, and the recipient reckons as the sender did."""
    rule = POLICY.purposes[purpose]
    desk = next(iter(rule.narrow), rule.desks[0]) if narrow else rule.desks[0]
    to = f"TH-00/{desk}-50" if desk in ("province", "shelter") else f"TH-00/{desk}"
    wanted = frozenset(consented) & minimise.allowed(POLICY, purpose, to)
    grant = agreed(scope(purpose=purpose, categories=wanted, recipients=frozenset({to})))
    given = divide(full(), grant, to=to, ticked=frozenset(ticked), unsafe=frozenset(unsafe))
    payload = Payload(referral=Referral(facts=given.facts, absent=given.absent))
    said = consent.terms(grant, categories=given.categories, recipient=to, salt=bytes(32))
    assert minimise.violations(payload, said, POLICY, to) == ()
    sent = payload.SerializeToString()
    for line in given.stays:
        assert f"{MARK}-{line.field}".encode() not in sent
    assert set(given.categories) <= (wanted | POLICY.always) & (ticked | POLICY.always) - unsafe


# M6, M8


def test_a_payload_that_says_more_than_its_terms() -> None:
    """M6: outside the terms, outside the policy, another payload's terms: each is named, and no value is."""
    said = terms(agreed(scope(categories=IMPERSONAL)))
    facts = Facts(narrative=MARK, religion=MARK, problems=["fraud"])
    found = minimise.violations(Payload(referral=Referral(facts=facts)), said, POLICY, DESK)
    assert found == ("referral.facts.narrative", "referral.facts.religion")
    found = minimise.violations(Payload(answer=Answer(text="x", facts=facts)), said, POLICY, DESK)
    assert found == ("answer.facts.narrative", "answer.facts.religion")
    other = Payload(referral=Referral(facts=Facts(case_code="B-1")))
    other.terms.purpose = "advice"
    assert minimise.violations(other, said, POLICY, DESK) == ("terms",)
    other.terms.CopyFrom(said)
    assert minimise.violations(other, said, POLICY, DESK) == ()


def test_terms_that_say_more_than_the_policy_do_not_help() -> None:
    """M6: a category in the terms that this recipient may not have still oversteps."""
    said = wire.Terms(purpose=PURPOSE, categories=["narrative"])
    payload = Payload(referral=Referral(facts=Facts(narrative=MARK)))
    assert minimise.violations(payload, said, POLICY, "TH-00/shelter-50") == ("referral.facts.narrative",)


def test_a_field_that_nobody_here_knows_oversteps() -> None:
    """M6: what has no category here has no leave to be here, however deep it lies."""
    stranger = b"\xfa\x3f\x01x"
    payload = Payload(referral=Referral(facts=Facts(name=wire_payload.Name(thai=MARK))))
    payload.referral.facts.name.MergeFromString(stranger)
    payload.referral.facts.family.add().MergeFromString(stranger)
    said = wire.Terms(purpose=PURPOSE, categories=["family", "name"])
    assert minimise.violations(payload, said, POLICY, DESK) == (
        "payload.referral.facts.name.#1023",
        "payload.referral.facts.family.#1023",
    )
    assert MARK in str(payload)
    kept = minimise.keep(payload.referral.facts, {"name"})
    assert minimise.violations(Payload(referral=Referral(facts=kept)), said, POLICY, DESK) == ()


def test_an_absence_says_unknown_or_unsafe_and_no_more() -> None:
    """M5: that something was withheld is not for the recipient to know."""
    said = terms(everything())
    for absent, overstep in (
        (Absent(category="contact", reason=wire_payload.ABSENT_REASON_UNSAFE), False),
        (Absent(category="contact", reason=wire_payload.ABSENT_REASON_WITHHELD), True),
        (Absent(category="0812345678", reason=wire_payload.ABSENT_REASON_UNKNOWN), True),
    ):
        payload = Payload(referral=Referral(absent=[absent]))
        assert minimise.violations(payload, said, POLICY, DESK) == (
            ("referral.absent.0",) if overstep else ()
        )


def test_a_reply_keeps_to_the_purposes_replies() -> None:
    """M8: a desk that helped after violence may tell of services, not of the health it saw."""
    said = terms(everything())
    reply = Status(outcome="assisted", facts=Facts(narrative=MARK))
    assert minimise.violations(Payload(status=reply), said, POLICY, "DE-02") == ()
    reply.facts.health.mental = MARK
    assert minimise.violations(Payload(status=reply), said, POLICY, "DE-02") == ("status.facts.health",)
    assert minimise.replies(POLICY, PURPOSE) == {"services", "narrative"}


# M9


def drawn(**facts: object) -> tuple[str, ...]:
    """What a recipient says to these facts where genogram and timeline are allowed."""
    said = wire.Terms(purpose="child_protection", categories=["genogram", "timeline"])
    payload = Payload(referral=Referral(facts=Facts(**facts)))  # type: ignore[arg-type]
    return minimise.violations(payload, said, POLICY, "TH-00/dcy")


MALI = GenogramPerson(id=1, sex="female", birth_year="1960")


@pytest.mark.parametrize(
    "said",
    [
        Genogram(people=[GenogramPerson(id=1, sex="นางมาลี ตัวอย่าง")]),
        Genogram(people=[GenogramPerson(id=1, born="Mali Tuayang")]),
        Genogram(people=[GenogramPerson(id=1, birth_year="1960-04-01")]),
        Genogram(people=[GenogramPerson(id=1, death_year="โทร")]),
        Genogram(people=[GenogramPerson(sex="female")]),
        Genogram(people=[MALI, MALI]),
        Genogram(people=[MALI], ties=[tie(1, 1)]),
        Genogram(people=[MALI], ties=[tie(1, 9)]),
        Genogram(people=[MALI, GenogramPerson(id=2)], ties=[tie(1, 2, "มารดาชื่อมาลี")]),
        Genogram(people=[GenogramPerson(id=number) for number in range(1, 10_001)]),
        Genogram(people=[MALI, GenogramPerson(id=2)], ties=[tie(1, 2)] * 1001),
        Genogram(people=[MALI, GenogramPerson(id=2)], ties=[tie(1, 2, "violent")] * 101),
    ],
)
def test_a_genogram_that_could_name_somebody_or_has_no_end_stays_closed(said: Genogram) -> None:
    """M9: codes, years and numbers, and bounded; what a peer writes elsewhere is not read."""
    assert drawn(genogram=said) == ("referral.facts.genogram",)


@pytest.mark.parametrize(
    "events",
    [
        [LifeEvent(when="2019-04-30 โทร", text="x")],
        [LifeEvent(when="2019-13", text="x")],
        [LifeEvent(when="2019", text="ก" * 1001)],
        [LifeEvent(when="2019", theme="ก" * 1001)],
        [LifeEvent(id=1, text="x"), LifeEvent(id=1, text="y")],
        [LifeEvent(id=1, after=1, text="x")],
        [LifeEvent(id=1, led_to=[2], text="x")],
        [LifeEvent(id=n, led_to=[2] * 11, text="x") for n in (1, 2)],
        [LifeEvent(when="2019", text="x")] * 501,
    ],
)
def test_a_timeline_without_an_end_or_that_points_nowhere_stays_closed(events: list[LifeEvent]) -> None:
    """M9: dates, bounded words, links to other events of it."""
    assert drawn(timeline=events) == ("referral.facts.timeline",)


def test_the_largest_pictures_are_let_in() -> None:
    """M9: the bounds are in reach; who is whose parent in a circle is for the drawing to bear."""
    people = [GenogramPerson(id=n, sex="from_a_newer_list") for n in range(1, 301)]
    ties = [tie(n, n % 300 + 1) for n in range(1, 301)]
    events = [
        LifeEvent(id=n, when="2019~/..", after=n % 500 + 1, led_to=[n % 500 + 1], text="ก" * 1000)
        for n in range(1, 501)
    ]
    assert drawn(genogram=Genogram(people=people, ties=ties), timeline=events) == ()


def test_codes_and_dates_of_a_picture_are_no_free_text() -> None:
    """M7, M9: they are searched for nobody's year of birth; an event's words are."""
    said = Facts(genogram=Genogram(people=[MALI]), timeline=[LifeEvent(when="1960", theme="x", text="1960")])
    assert dict(minimise.strings(said)) == {"timeline[0].theme": "x", "timeline[0].text": "1960"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("นางมาลีแต่งงานกับสมชาย", "ผู้รับบริการแต่งงานกับสามี"),
        ("Mali left SOMCHAI.", "client left สามี."),
        ("สมช\u200bาย ตีเมย์", "สามี ตีลูก"),
        ("ส ม ช า ย มา", "สามี มา"),
        ("Jaidee, Somchai", "…, สามี"),
        ("SomchaiSomchai", "สามี"),
        ("เอื้อยไปรับเมย์", "เอื้อยไปรับ…"),
        ("น้ำท่วมบ้าน", "…ท่วมบ้าน"),
        ("ครอบครัวใจดี", "ครอบครัว…"),
        ("สมศรีมาหา", "…มาหา"),
        ("แผนที่", "แผนที่"),
        ("", ""),
    ],
)
def test_each_name_gives_way_to_what_its_bearer_is(text: str, said: str) -> None:
    """M9: however it is written; where it is not sure who is meant, only that something is hidden."""
    hide = minimise.unnamed(
        ["นางมาลี ใจดี", "Mali Jaidee", "น้ำ"],
        {"สามี": ["สมชาย ใจดี", "Somchai Jaidee"], "ลูก": ["เมย์"], "เพื่อนชื่อสมศรี": ["สมศรี"]},
    )
    assert hide(text) == said


NAMES = ("นางมาลี ใจดี", "Mali Jaidee", "น้ำ", "O'Brien-Tuayang", "รับ", "client")


@given(st.lists(st.sampled_from([*NAMES, "มาลี", "MALI", " ไปกับ", "แล้ว ", ", then", " 2019 ", "น\u200bำ้"])))
def test_hiding_names_leaves_none_of_them(parts: list[str]) -> None:
    """M9, M7: what the search of free text would find as a name is gone, also from the words instead."""
    hidden = minimise.unnamed(NAMES, {"พี่ชื่อน้ำ": ["Hans"]})("".join(parts))
    left = find({"": hidden}, {"name": NAMES}, told={}, country="DE")
    assert [one for one in left if one.kind == "name"] == []


@pytest.mark.parametrize(
    "purpose", [code for code, rule in POLICY.purposes.items() if rule.traced_person_consents]
)
def test_nobody_is_found_for_someone_who_looks_until_they_agree(purpose: str) -> None:
    """C9: whatever came of it, the answer is the same word and nothing beside it."""
    for outcome in POLICY.outcomes:
        assert minimise.answer_for(POLICY, purpose, outcome, traced_person_consented=False) == "not_found"
        assert minimise.answer_for(POLICY, purpose, outcome, traced_person_consented=True) == outcome
    assert minimise.replies(POLICY, purpose) == frozenset()
    assert minimise.replies(POLICY, purpose, traced_person_consented=True)


def test_other_purposes_answer_as_it_was() -> None:
    """C9: where nobody is traced, nobody's consent to be found is asked for."""
    assert minimise.answer_for(POLICY, PURPOSE, "assisted", traced_person_consented=False) == "assisted"


# Words


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_reason_and_finding_has_words(lang: str) -> None:
    """M5: the two columns speak to a person; no reason is without its sentence."""
    reasons = re.findall(r'"([a-z]+_[a-z_]+|always)"', inspect.getsource(split_module))
    assert len(reasons) > 12
    for why in set(reasons) - {"unknown_code"}:
        assert minimise.why_text(why, lang) != why
    assert minimise.finding_text("phone", lang)
    assert minimise.finding_text("health", lang) == POLICY.categories["health"].label(lang)


def test_values_read_as_words_and_unknown_codes_as_they_are() -> None:
    """E11, M5: labels by list and language; a newer vocabulary's code is shown, not hidden."""
    facts = Facts(
        problems=["fraud", "from_a_newer_list"],
        threats=[wire_payload.Threat(subject="child", dimension="health", level="red")],
        family=[wire_payload.Relative(relation="มารดา", guardian=True)],
        contacts=[wire_payload.Contact(channel="phone", value="0812345678")],
        request=wire_payload.Request(text="ช่วยด้วย", kinds=["protection"]),
    )
    assert minimise.value_text(facts, "problems", "en") == "Fraud or identity theft; from_a_newer_list"
    assert minimise.value_text(facts, "threats", "th") == "เด็ก · สุขภาพ · เร่งด่วน/วิกฤต"
    assert minimise.value_text(facts, "family", "en") == "มารดา · guardian"
    assert minimise.value_text(facts, "contacts", "th") == "โทรศัพท์ · 0812345678"
    assert minimise.value_text(facts, "request", "en") == "ช่วยด้วย · Protection"
    assert minimise.value_text(facts, "name", "th") == ""


def test_a_date_in_a_fact_is_read_in_the_era_of_whoever_reads() -> None:
    """A worker who reads Thai sees the Buddhist era; what is known in part stays so."""
    facts = Facts(birth_date="1988-04", incidents=[Incident(when="2026-11-02", text="x")])
    facts.timeline.add(when="2019/2021-03", text="y")
    assert value_text(facts, "birth_date", "th") == "เม.ย. 2531"
    assert value_text(facts, "incidents", "en") == "2 Nov 2026 · x"
    facts.timeline.add(id=3, when="2015~/..", led_to=[1], text="z")
    said = value_text(facts, "timeline", "th")
    assert said == "2562–มี.ค. 2564 · y; ประมาณ 2558–ปัจจุบัน · z"


def test_a_genogram_reads_as_how_many_people_it_has() -> None:
    """It is drawn by who receives it; in a line it is a number."""
    said = Facts(genogram=Genogram(people=[MALI, GenogramPerson(id=2)]))
    assert value_text(said, "genogram", "en") == "2 people, no names"
    assert value_text(Facts(), "genogram", "th") == ""
