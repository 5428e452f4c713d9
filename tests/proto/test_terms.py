"""Terms: what of a ground travels, and what every door makes of it. Rules C1 to C4, C7, C11."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from google.protobuf.message import DecodeError
from hypothesis import assume, given
from hypothesis import strategies as st

from songtor_proto import consent
from songtor_proto.errors import SongtorError
from songtor_proto.remit import allowed, may_receive
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import jurisdictions, policy
from songtor_proto.wire import envelope_pb2 as wire
from tests.support.grounds import (
    DESK,
    IMPERSONAL,
    NOW,
    agreed,
    due,
    guarded,
    refused,
    scope,
    terms,
    vital,
)

DAY = timedelta(days=1)
LAWS = jurisdictions()


def header(
    said: wire.Terms, *, sender: str = "DE-02", to: str = DESK, urgency: int = wire.URGENCY_RED
) -> wire.Header:
    return wire.Header(
        sender=sender,
        recipient=to,
        urgency=wire.Urgency.ValueType(urgency),
        created_ms=to_ms(NOW),
        expires_ms=said.expires_ms,
    )


def check(said: wire.Terms, *, now: datetime = NOW, sender: str = "DE-02", to: str = DESK) -> None:
    consent.check_terms(header(said, sender=sender, to=to), said, policy(), now)


def test_terms_carry_no_name_and_a_salted_digest() -> None:
    """C2: the same record under another salt cannot be told to be the same."""
    grant = agreed()
    said = terms(grant)
    assert said.consent_digest == hashlib.sha256(bytes(32) + grant.record).digest()
    other = consent.terms(grant, categories=grant.categories, recipient=DESK, salt=b"\1" * 32)
    assert other.consent_digest != said.consent_digest
    assert list(said.categories) == sorted(grant.categories)
    check(said)


def test_the_digest_of_a_record_does_not_hang_on_the_order_of_its_fields() -> None:
    """C2: a consent record has one canonical form."""
    assert consent.record_digest({"a": 1, "ข": "ค"}) == consent.record_digest({"ข": "ค", "a": 1})
    assert consent.record_digest({"a": 1}) == hashlib.sha256(b'{"a":1}').digest()


def test_terms_are_never_wider_than_the_ground() -> None:
    """C2, M2: categories and recipient come from what was agreed."""
    with refused("categories", "categories"):
        terms(agreed(), categories=frozenset({"religion"}))
    with refused("recipient", "recipients"):
        terms(agreed(), "TH-00/tsda")


def test_a_partner_node_is_not_told_of_desks() -> None:
    """C2: further recipients are named to a desk, which may have to route there, and to nobody else."""
    grant = agreed(scope(recipients=frozenset({DESK, "TH-00/tsda", "TW-11"})))
    assert list(terms(grant).recipients) == [DESK, "TH-00/tsda"]
    assert list(terms(grant, "TW-11").recipients) == ["TW-11"]


def test_a_desk_sends_on_under_its_own_law_and_nothing_wider() -> None:
    """C2, M2: a part keeps purpose, sight, end and digest, and takes on Thai law."""
    said = terms(agreed(scope(recipients=frozenset({DESK, "TH-00/tsda"}))), "TH-00/tsda")

    def onward(to: str = DESK, categories: frozenset[str] = IMPERSONAL) -> wire.Terms:
        return consent.onward(said, categories=categories, recipient=to, law=LAWS["TH"], confirmed=False)

    part = onward()
    check(part, sender="TH-00/tsda")
    assert set(part.categories) == IMPERSONAL
    assert part.legal_citation == LAWS["TH"].consent_basis
    assert (part.expires_ms, part.consent_digest) == (said.expires_ms, said.consent_digest)
    with refused("recipient", "recipients"):
        onward(to="TH-00/province-10")
    with refused("categories", "categories"):
        onward(categories=IMPERSONAL | {"narrative"})


def test_a_part_of_an_emergency_stays_unconfirmed_until_it_is() -> None:
    """C11: the second person's word counts for the parts too."""
    said = terms(vital())
    for confirmed in (False, True):
        part = consent.onward(
            said, categories=said.categories, recipient=DESK, law=LAWS["TH"], confirmed=confirmed
        )
        check(part, sender="TH-00/tsda")
        assert part.confirmed is confirmed


def test_every_ground_passes_the_door() -> None:
    """C1, C2: what was rightly made is taken in, from a node and from the hub."""
    for grant in (agreed(), guarded(), vital(), vital(second="W2"), due()):
        check(terms(grant))
    check(terms(agreed(country="TH")), sender="TH-00/tsda")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (lambda said: said.ClearField("basis"), "basis", "basis"),
        (lambda said: said.MergeFromString(b"\x08\x63"), "basis", "basis"),
        (lambda said: setattr(said, "legal_citation", " "), "citation", "legal_citation"),
        (lambda said: setattr(said, "jurisdiction", "AT"), "jurisdiction", "jurisdiction"),
        (lambda said: setattr(said, "consent_digest", b"x"), "digest", "consent_digest"),
        (lambda said: setattr(said, "purpose", "curiosity"), "purpose", "purpose"),
        (lambda said: setattr(said, "purpose", "disability"), "recipient", "recipients"),
        (lambda said: said.recipients.pop(), "recipient", "recipients"),
        (lambda said: said.categories.append("religion"), "categories", "categories"),
        (lambda said: said.categories.append("threat"), "categories", "categories"),
        (lambda said: said.categories.append("zzz_unknown"), "categories", "categories"),
        (lambda said: said.categories.insert(0, "zzz"), "categories", "categories"),
    ],
)
def test_consent_for_another_purpose_or_recipient_is_refused_at_the_door(
    change: Callable[[wire.Terms], object], code: str, field: str
) -> None:
    """C1, C2, M2, M3: every term that is wrong is named."""
    said = terms(agreed())
    change(said)
    with refused(code, field):
        check(said)


def test_no_door_lets_a_liaison_see_without_the_client() -> None:
    """C10: whoever made them, terms on vital interest or legal duty give no embassy sight."""
    for grant in (vital(), vital(second="W2"), due()):
        said = terms(grant)
        said.liaison_sight = True
        with refused("sight", "liaison_sight"):
            check(said)
    guardians = terms(guarded())
    guardians.liaison_sight = True
    check(guardians)


def test_the_door_keeps_the_times() -> None:
    """C3, C4: an envelope ends with its consent, within a year, and an expired one is refused."""
    said = terms(agreed())
    with refused("expired", "expires_ms"):
        check(said, now=NOW + 90 * DAY)
    check(said, now=NOW + 90 * DAY - timedelta(milliseconds=1))
    longer = header(said)
    longer.expires_ms += 1
    with refused("expiry", "expires_ms"):
        consent.check_terms(longer, said, policy(), NOW)
    endless = header(said)
    endless.expires_ms = 0
    with refused("expiry", "expires_ms"):
        consent.check_terms(endless, said, policy(), NOW)
    said.expires_ms = to_ms(NOW + 366 * DAY)
    with refused("expiry", "expires_ms"):
        check(said)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (lambda said: setattr(said, "confirm_by_ms", 0), "not_confirmed", "confirm_by_ms"),
        (lambda said: setattr(said, "confirm_by_ms", to_ms(NOW + DAY) + 1), "not_confirmed", "confirm_by_ms"),
        (lambda said: setattr(said, "basis", wire.BASIS_LEGAL_DUTY), "not_confirmed", "confirmed"),
        (lambda said: said.categories.insert(1, "contact"), "above_emergency_level", "categories"),
    ],
)
def test_one_worker_alone_gets_no_more_through_the_door(
    change: Callable[[wire.Terms], object], code: str, field: str
) -> None:
    """C7, C11: the door knows what one person may send."""
    said = terms(vital())
    change(said)
    with refused(code, field):
        check(said)


def test_one_worker_alone_sends_only_in_red_danger() -> None:
    """C7: yellow can wait for a second person; two people may send it."""
    yellow = wire.URGENCY_YELLOW
    alone, two = terms(vital()), terms(vital(second="W2"))
    with refused("not_red", "urgency"):
        consent.check_terms(header(alone, urgency=yellow), alone, policy(), NOW)
    consent.check_terms(header(two, urgency=yellow), two, policy(), NOW)


@given(st.binary(max_size=400), st.sampled_from(["DE-02", "TH-00/dwf", "ZZ-31"]))
def test_no_terms_break_the_door(data: bytes, sender: str) -> None:
    """X1: whatever the terms say, only declared errors come out."""
    said = wire.Terms()
    with suppress(DecodeError):
        said.ParseFromString(data)
    with suppress(SongtorError):
        check(said, sender=sender)


@given(
    st.sampled_from(sorted(policy().purposes)),
    st.sets(st.sampled_from(sorted(policy().categories))),
    st.sets(st.sampled_from(["DE-05", "TH-00/tsda", "TH-00/shelter-50", "TH-00/ops_fad"])),
    st.sampled_from(sorted(LAWS)),
)
def test_whatever_ground_is_made_passes_the_door(
    purpose: str, categories: set[str], recipients: set[str], country: str
) -> None:
    """C1, M2: what leaves a sender by the rule is what a recipient takes by the same rule."""
    known = {to for to in recipients if may_receive(policy(), purpose, to)}
    wanted = categories.intersection(*(allowed(policy(), purpose, to) for to in known))
    assume(known)
    grant = agreed(scope(purpose=purpose, categories=frozenset(wanted), recipients=frozenset(known)), country)
    for to in known:
        check(terms(grant, to), sender="TH-00" if country == "TH" else f"{country}-02", to=to)
