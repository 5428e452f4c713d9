"""Composing: what may be built, on which ground, and what the hard cases come to. Pure."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from songtor_node.referrals.compose import Draft, Intent, compose, compose_answer
from songtor_proto.consent import Grant, onward
from songtor_proto.errors import ConsentError
from songtor_proto.minimise import default_ticks
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import jurisdictions, policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import (
    ABSENT_REASON_UNKNOWN,
    ABSENT_REASON_UNSAFE,
    Contact,
    Demographics,
    Facts,
    Name,
    Place,
    Relative,
    Request,
    Threat,
)
from tests.support.grounds import DESK, IMPERSONAL, NOW, PERSONAL, agreed, guarded, scope, vital

NAME, PHONE = "ดาวเรือง สมมติ", "+49 30 901820"
KNOWN = {"name": [NAME], "contact": [PHONE], "place": ["Berlin"], "address": ["Musterstraße 1, Berlin"]}


def case_facts(**more: Any) -> Facts:
    return Facts(
        case_code="C-7K3M9",
        request=Request(text="ขอที่พักปลอดภัย"),
        demographics=Demographics(sex="female", age_band="25-39"),
        place=Place(city="Berlin", country="DE"),
        problems=["domestic_violence"],
        threats=[Threat(subject="client", dimension="social", level="red")],
        name=Name(thai=NAME),
        contacts=[Contact(channel="phone", value=PHONE)],
        address="Musterstraße 1, Berlin",
        **more,
    )


def intent(**more: Any) -> Intent:
    return Intent(
        **{
            "sender": "DE-02",
            "recipient": DESK,
            "purpose": "domestic_violence",
            "urgency": wire.URGENCY_YELLOW,
            **more,
        }
    )


def draft(
    grant: Grant | None = None, facts: Facts | None = None, *, now: Any = NOW, unsafe: Any = (), **more: Any
) -> Draft:
    return compose(
        facts or case_facts(),
        grant or agreed(),
        intent(**more),
        policy=policy(),
        known=KNOWN,
        unsafe=unsafe,
        now=now,
        random=os.urandom,
    )


def refused(code: str) -> Any:
    return pytest.raises(ConsentError, check=lambda error: error.code == f"consent.{code}")


def left(composed: Draft) -> set[str]:
    return {line.category for line in composed.disclosure.leaves}


def stayed(composed: Draft) -> dict[str, str]:
    return {line.category: line.why for line in composed.disclosure.stays}


def test_without_a_ground_nothing_is_built() -> None:
    """Row 15, C1: no consent, no payload."""
    with refused("missing"):
        compose(
            case_facts(),
            None,
            intent(),
            policy=policy(),
            known={},
            unsafe=(),
            now=NOW,
            random=os.urandom,
        )


@pytest.mark.parametrize(
    ("grant", "more", "code"),
    [
        (agreed(), {"now": NOW + timedelta(days=91)}, "expired"),
        (replace(agreed(), withdrawn_at=NOW), {}, "withdrawn"),
        (agreed(), {"purpose": "legal_help"}, "purpose"),
        (agreed(), {"recipient": "TH-00/tsda"}, "recipient"),
        (agreed(), {"recipient": "TW-44"}, "recipient"),
    ],
)
def test_a_ground_that_does_not_carry_it_builds_nothing(grant: Grant, more: Any, code: str) -> None:
    """Row 15, C1: expired, withdrawn, for another purpose or recipient; refused before anything is sealed."""
    with refused(code):
        draft(grant, **more)


def test_only_what_policy_consent_and_worker_agree_on_leaves() -> None:
    """Row 16, M2, M5: a field outside any of the three is not in the payload, and the worker sees why."""
    composed = draft(agreed(), ticked=frozenset(IMPERSONAL))
    assert left(composed) == {"case_code", "request", *IMPERSONAL}
    assert stayed(composed)["address"] == "not_for_this_purpose"
    assert stayed(composed)["name"] == "not_ticked"
    sent = composed.payload.SerializeToString()
    assert NAME.encode() not in sent
    assert b"Musterstra" not in sent
    assert sorted(composed.terms.categories) == sorted(left(composed))


def test_the_case_code_is_the_default_name() -> None:
    """Identity is opt-in: what the worker does not touch sends neither name nor contact."""
    grant = agreed()
    ticks = default_ticks(policy(), grant.purpose, DESK, grant)
    composed = draft(grant, ticked=ticks)
    assert not left(composed) & {"name", "contact"}
    assert composed.payload.referral.facts.case_code == "C-7K3M9"


def test_terms_travel_in_the_payload_between_nodes_and_not_to_a_desk() -> None:
    """C2: to a desk they are in the header, so the payload carries none."""
    to_node = agreed(scope(recipients=frozenset({"TW-44"})))
    assert draft(to_node, recipient="TW-44").payload.terms.purpose == "domestic_violence"
    assert not draft().payload.HasField("terms")


def test_the_same_consent_gives_another_digest_each_time() -> None:
    """C2: the salt is fresh, so two envelopes cannot be told to rest on one consent."""
    assert draft().terms.consent_digest != draft().terms.consent_digest


def test_a_guardian_who_is_the_danger_is_no_ground() -> None:
    """C6: their consent cannot be recorded, nor may they be given a copy."""
    with refused("guardian_is_danger"):
        guarded(scope(dangerous=frozenset({"father"})), guardian="father")
    with refused("guardian_is_danger"):
        guarded(scope(dangerous=frozenset({"father"}), copies=frozenset({"father"})), guardian="mother")


def test_a_dangerous_guardian_is_named_to_the_recipient_but_never_as_a_contact() -> None:
    """C6: the facts carry who the danger is; the way to reach them stays."""
    family = [Relative(relation="father", name="Max Beispiel", guardian=False, contact="")]
    grant = guarded(scope(categories=PERSONAL | {"family"}))
    composed = draft(grant, case_facts(family=family), ticked=frozenset(PERSONAL | {"family"}))
    (said,) = composed.payload.referral.facts.family
    assert (said.guardian, said.contact) == (False, "")


def test_red_at_night_one_worker_sends_levels_0_and_1_at_once() -> None:
    """C7: alone, on vital interest, in red danger; no name leaves, and the terms say until when it stands."""
    composed = draft(vital(), urgency=wire.URGENCY_RED, ticked=frozenset(PERSONAL))
    assert max(policy().categories[code].level for code in left(composed)) == 1
    assert stayed(composed)["name"] == "above_emergency_level"
    assert not composed.terms.confirmed
    assert composed.terms.confirm_by_ms == to_ms(NOW + timedelta(hours=24))


def test_alone_and_not_red_is_refused() -> None:
    """C7: one worker alone only in red danger."""
    with refused("not_red"):
        draft(vital(), urgency=wire.URGENCY_YELLOW)


def test_two_workers_may_send_more() -> None:
    """C7: with a second person at once the name may go."""
    composed = draft(vital(second="W2"), urgency=wire.URGENCY_RED, ticked=frozenset(PERSONAL))
    assert "name" in left(composed)
    assert composed.terms.confirmed


def test_what_nobody_confirmed_in_time_carries_nothing_more() -> None:
    """C11: after 24 hours the ground is over."""
    with refused("not_confirmed"):
        draft(vital(), urgency=wire.URGENCY_RED, now=NOW + timedelta(hours=24))


@pytest.mark.parametrize("purpose", ["tracing", "welfare_check"])
def test_a_search_goes_out_without_the_traced_person_and_no_liaison_sees_it(purpose: str) -> None:
    """C9, C10: the asking needs only the asker's ground; sight is off; what comes back is the desk's rule."""
    wanted = frozenset(policy().purposes[purpose].needs)
    grant = agreed(scope(purpose=purpose, categories=wanted, recipients=frozenset({"TH-00/tsda"})))
    composed = draft(grant, purpose=purpose, recipient="TH-00/tsda", ticked=wanted)
    assert wanted - {"contact"} <= left(composed)
    assert not composed.terms.liaison_sight
    assert not grant.traced_person_consented


def test_liaison_sight_is_off_where_it_is_sensitive_and_a_worker_cannot_switch_it_on() -> None:
    """C10: default off for a sensitive problem; only the client may switch it on."""
    quiet = agreed(scope(sensitive=True))
    assert not draft(quiet).terms.liaison_sight
    with refused("sight"):
        draft(quiet, sight=True)


def test_a_worker_may_switch_sight_off_that_the_client_allowed() -> None:
    """C10: less is always allowed."""
    seen = agreed(scope(sensitive=True, liaison_sight=True))
    assert draft(seen).terms.liaison_sight
    assert not draft(seen, sight=False).terms.liaison_sight


def test_a_needed_fact_that_is_unsafe_or_unknown_is_said_to_be_so_and_never_blocks_red() -> None:
    """M4: `unsafe` and `unknown` go in its place, with a warning; the red referral is built."""
    facts = case_facts()
    facts.ClearField("place")
    composed = draft(
        vital(second="W2"), facts, unsafe=("contact",), urgency=wire.URGENCY_RED, ticked=frozenset(PERSONAL)
    )
    said = {absent.category: absent.reason for absent in composed.payload.referral.absent}
    assert said == {"contact": ABSENT_REASON_UNSAFE, "place": ABSENT_REASON_UNKNOWN}
    assert PHONE.encode() not in composed.payload.SerializeToString()
    assert {line.category for line in composed.disclosure.warnings} == {"contact", "place"}


def test_a_narrow_recipient_gets_less_than_the_client_agreed_to() -> None:
    """M3: a shelter does not get the problems, whoever ticks them."""
    shelter = agreed(scope(recipients=frozenset({"TH-00/shelter-10"})))
    composed = draft(shelter, recipient="TH-00/shelter-10", ticked=frozenset(PERSONAL))
    assert stayed(composed)["problems"] == "recipient_needs_less"


@pytest.mark.parametrize(
    "text",
    [f"นาง{NAME} เล่าว่า", f"โทร {PHONE.replace(' ', '-')}", "ที่ Musterstraße 1", "บัตร 1-1018-00123-45-3"],
)
def test_free_text_with_a_withheld_value_or_a_number_waits_for_the_worker(text: str) -> None:
    """Row 17, M7: found, shown, and not sent until each finding is cleared by its id."""
    grant = agreed(scope(categories=PERSONAL | {"narrative"}))
    facts = case_facts(narrative=text)
    ticked = frozenset(IMPERSONAL | {"narrative"})
    composed = draft(grant, facts, ticked=ticked)
    assert {finding.path for finding in composed.search.findings} == {"narrative"}
    with refused("findings"):
        composed.search.require_cleared()
    ids = frozenset(finding.id for finding in composed.search.findings)
    cleared = draft(grant, facts, ticked=ticked, cleared=ids)
    assert cleared.search.findings
    assert not cleared.search.uncleared


def test_a_clearance_does_not_outlive_the_text() -> None:
    """M7: a finding's id is of this text; another text is looked at again."""
    grant = agreed(scope(categories=PERSONAL | {"narrative"}))
    ticked = frozenset(IMPERSONAL | {"narrative"})
    first = draft(grant, case_facts(narrative=f"{NAME} เล่า"), ticked=ticked)
    ids = frozenset(finding.id for finding in first.search.findings)
    again = draft(grant, case_facts(narrative=f"{NAME} เล่าใหม่"), ticked=ticked, cleared=ids)
    assert again.search.uncleared


def test_a_name_that_leaves_anyway_is_no_finding() -> None:
    """M7: what is disclosed in its own field may stand in the text."""
    grant = agreed(scope(categories=PERSONAL | {"narrative"}))
    composed = draft(grant, case_facts(narrative=f"{NAME} เล่าว่า"), ticked=frozenset(PERSONAL | {"narrative"}))
    assert not composed.search.findings


def answered(words: str, give: set[str], *, now: Any = NOW, cleared: Any = (), unsafe: Any = ()) -> Any:
    payload, found = compose_answer(
        words,
        case_facts(),
        give,
        draft().terms,
        known=KNOWN,
        unsafe=unsafe,
        cleared=cleared,
        sender="DE-02",
        now=now,
    )
    found.require_cleared()
    return payload


def test_expiry_stops_facts_in_an_answer_and_nothing_else() -> None:
    """C4: after the consent has ended an answer in words still travels, one with facts does not."""
    late = NOW + timedelta(days=91)
    assert answered("ไม่ทราบ", set(), now=late).answer.text == "ไม่ทราบ"
    with refused("expired"):
        answered("ตามนี้", {"place"}, now=late)


def test_an_answer_gives_no_category_beyond_the_terms_of_its_referral() -> None:
    """M2: more needs a new version under a wider consent."""
    with refused("categories"):
        answered("ตามนี้", {"health"})


def test_what_is_not_safe_is_in_no_answer() -> None:
    """M4: who asks for the telephone that he now holds does not get its number, though it was agreed to."""
    with refused("unsafe"):
        answered("ตามนี้", {"place"}, unsafe={"place", "contact"})


def test_an_answer_is_searched_like_any_free_text() -> None:
    """M7, row 17."""
    with refused("findings"):
        answered("เธอชื่อ ดาวเรือง", set())


def test_a_desk_sends_on_no_more_than_it_was_given() -> None:
    """C2: the terms that this node wrote bind the part as well."""
    with refused("categories"):
        onward(
            draft(ticked=frozenset(IMPERSONAL)).terms,
            categories={"name"},
            recipient=DESK,
            law=jurisdictions()["TH"],
            confirmed=True,
        )
