"""Consent: what a disclosure rests on, and where it ends. Rules C1 to C11."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from songtor_proto import consent
from songtor_proto.consent import By, Grant
from songtor_proto.vocabulary import jurisdictions, policy, vocabulary
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Answer, Facts, Payload, Referral, Status
from tests.support.grounds import (
    DESK,
    NOW,
    PERSONAL,
    PURPOSE,
    agreed,
    due,
    guarded,
    refused,
    scope,
    vital,
)

DAY = timedelta(days=1)
LAWS = jurisdictions()


def test_without_an_end_date_a_consent_lasts_90_days() -> None:
    """C3, P8: the default end, and it is never past a year."""
    assert agreed().expires_at == NOW + 90 * DAY
    assert agreed(scope(expires_at=NOW + 365 * DAY)).expires_at == NOW + 365 * DAY
    for end in (NOW + 365 * DAY + timedelta(seconds=1), NOW, NOW - DAY):
        with refused("expiry", "expires_at"):
            agreed(scope(expires_at=end))


@pytest.mark.parametrize("country", sorted(LAWS))
def test_every_ground_cites_the_countrys_law_from_data(country: str) -> None:
    """C2: the citation on the wire is the country's own line."""
    law = LAWS[country]
    assert agreed(country=country).citation == law.consent_basis
    assert agreed(country=country).jurisdiction == country
    assert vital(country=country).citation == law.vital_basis


def test_a_written_consent_where_the_country_wants_it() -> None:
    """C2: the United States want writing; Germany takes the spoken word; nobody takes silence."""

    def say(country: str, form: str) -> Grant:
        return consent.consent(scope(), LAWS[country], policy(), form=form, age=30)

    with refused("form", "form"):
        say("US", "spoken")
    with refused("form", "form"):
        say("DE", "implied")
    assert say("US", "written").basis == say("DE", "spoken").basis == wire.BASIS_CONSENT


@pytest.mark.parametrize(
    ("country", "age", "of_age"), [("DE", 17, False), ("DE", 18, True), ("TH", 19, False)]
)
def test_a_child_does_not_consent_alone(country: str, age: int, of_age: bool) -> None:
    """C5: under the age of the sender's law a guardian consents."""
    with nullcontext() if of_age else refused("minor", "age"):
        consent.consent(scope(), LAWS[country], policy(), form="written", age=age)


def test_an_unknown_age_is_not_taken_for_an_adults() -> None:
    """C5: whether someone may consent alone must be known."""
    with refused("age", "age"):
        consent.consent(scope(), LAWS["DE"], policy(), form="written", age=None)


@pytest.mark.parametrize(
    ("birth_date", "band", "age"),
    [
        ("2008-11-20", "", 18),
        ("2008-11-21", "", 17),
        ("2008-11", "", 17),
        ("2008", "", 17),
        ("2007", "0-6", 18),
        ("", "13-17", 13),
        ("", "75+", 75),
        ("2008-13", "", None),
        ("0000", "", None),
        ("", "unknown", None),
        ("", "", None),
    ],
)
def test_the_least_age_never_makes_a_child_an_adult(birth_date: str, band: str, age: int | None) -> None:
    """C5: what is only partly known counts at its youngest."""
    assert consent.least_age(birth_date, band, date(2026, 11, 20)) == age


def test_a_guardians_consent_carries_the_childs_own_view() -> None:
    """C5: no guardian's consent without the child's view on record."""
    law = LAWS["DE"]
    with refused("child_view", "child_view"):
        consent.guardian_consent(scope(), law, policy(), form="written", guardian="mother", child_view="  ")
    with refused("guardian", "guardian"):
        guarded(guardian=" ")
    assert guarded().basis == wire.BASIS_GUARDIAN_CONSENT


def test_the_guardian_who_is_the_danger_is_left_out() -> None:
    """C6: neither consents, nor is given a copy, nor receives, on any ground."""
    danger = frozenset({"father"})
    with refused("guardian_is_danger", "guardian"):
        guarded(scope(dangerous=danger), guardian="father")
    with refused("guardian_is_danger", "copies"):
        guarded(scope(dangerous=danger, copies=danger))
    with refused("guardian_is_danger", "copies"):
        vital(scope(dangerous=danger, copies=danger), second="W2")
    with refused("guardian_is_danger", "recipients"):
        agreed(scope(dangerous=danger, recipients=frozenset({DESK, "father"})))
    assert guarded(scope(dangerous=danger, copies=frozenset({"mother"}))).basis == wire.BASIS_GUARDIAN_CONSENT


def test_the_dangers_withdrawal_stops_nothing() -> None:
    """C6: nor does anyone's stop a legal duty; vital interest ends where the client can speak again."""
    stops = {
        grant.basis: {by for by in By if consent.withdrawal_stops(grant, by)}
        for grant in (agreed(), guarded(), vital(), due())
    }
    assert stops == {
        wire.BASIS_CONSENT: {By.CLIENT},
        wire.BASIS_GUARDIAN_CONSENT: {By.CLIENT, By.GUARDIAN},
        wire.BASIS_VITAL_INTEREST: {By.CLIENT},
        wire.BASIS_LEGAL_DUTY: set(),
    }


def test_one_worker_alone_sends_levels_0_and_1_and_is_confirmed_in_24_hours() -> None:
    """C7, C11: red at night."""
    grant = vital()
    assert (grant.confirmed, grant.confirm_by) == (False, NOW + DAY)
    with refused("above_emergency_level", "categories"):
        vital(scope(categories=PERSONAL))
    assert not consent.due_for_recall(grant, NOW + DAY - timedelta(milliseconds=1))
    assert consent.due_for_recall(grant, NOW + DAY)


def test_two_people_at_once_may_send_more() -> None:
    """C7: with a second person nothing waits and nothing is recalled."""
    grant = vital(second="W2")
    assert grant.categories > PERSONAL
    assert (grant.confirmed, grant.confirm_by) == (True, None)
    assert not consent.due_for_recall(grant, NOW + 300 * DAY)


def test_nobody_is_their_own_second_person() -> None:
    """C7, C11: at once or later, the second is another."""
    with refused("same_person", "confirmed_by"):
        vital(second="W1")
    with refused("same_person", "confirmed_by"):
        due(second="W1")
    with refused("same_person", "confirmed_by"):
        consent.confirm(vital(), by="W1", now=NOW)
    with refused("same_person", "confirmed_by"):
        consent.confirm(vital(), by="", now=NOW)
    with refused("not_confirmed", "confirm_by"):
        consent.confirm(vital(), by="W2", now=NOW + DAY)
    late = consent.confirm(vital(), by="W2", now=NOW + DAY - timedelta(seconds=1))
    assert (late.confirmed, late.confirm_by) == (True, None)
    assert consent.confirm(late, by="W1", now=NOW + 9 * DAY) == late


def test_incapacity_is_recorded_where_the_law_wants_it() -> None:
    """C7: Germany asks why the client cannot consent; Japan does not; both ask what harm."""
    with refused("incapacity", "incapacity"):
        vital(country="DE", incapacity=" ")
    assert vital(country="JP", incapacity="").basis == wire.BASIS_VITAL_INTEREST
    with refused("harm", "harm"):
        consent.vital_interest(scope(), LAWS["JP"], policy(), harm=" ", incapacity="", by="W1")


def test_legal_duty_names_the_duty_and_takes_two() -> None:
    """C8, C7: a duty is a named rule, and one person alone does not decide it."""
    with refused("duty", "duty"):
        consent.legal_duty(scope(), LAWS["DE"], policy(), duty="", by="W1", confirmed_by="W2")
    with refused("second_person", "confirmed_by"):
        due(second="")
    assert due().confirmed


@pytest.mark.parametrize(
    ("purpose", "sensitive", "chosen", "sight"),
    [
        ("older_person", False, None, True),
        ("older_person", True, None, False),
        ("psychosocial", False, None, False),
        ("psychosocial", True, True, True),
        ("older_person", False, False, False),
    ],
)
def test_a_liaisons_sight_is_the_clients_choice(
    purpose: str, sensitive: bool, chosen: bool | None, sight: bool
) -> None:
    """C10: off where purpose or problem is sensitive, unless the client says otherwise."""
    asked = scope(
        purpose=purpose,
        categories=frozenset(),
        recipients=frozenset({"TH-00/tsda"}),
        sensitive=sensitive,
        liaison_sight=chosen,
    )
    assert agreed(asked).liaison_sight is sight


def test_without_the_client_nobody_lets_an_embassy_see() -> None:
    """C10: on vital interest and legal duty there is no one to choose it."""
    quiet = scope(
        purpose="older_person", categories=frozenset(), recipients=frozenset({"TH-00/tsda"}), sensitive=False
    )
    assert not due(quiet).liaison_sight
    with refused("sight", "liaison_sight"):
        due(replace(quiet, liaison_sight=True))


def test_a_problem_nobody_knows_is_sensitive() -> None:
    """C10: so is one of several, and none is not."""
    assert consent.is_sensitive(vocabulary(), ["from_a_newer_list"])
    assert consent.is_sensitive(vocabulary(), ["fraud", "domestic_violence"])
    assert not consent.is_sensitive(vocabulary(), ["fraud"])
    assert not consent.is_sensitive(vocabulary(), [])


def test_a_ground_is_no_wider_than_the_policy() -> None:
    """C1, M2: unknown purpose, a desk that may not receive it, a category that it has no use for."""
    with refused("purpose", "purpose"):
        agreed(scope(purpose="curiosity"))
    with refused("recipient", "recipients"):
        agreed(scope(recipients=frozenset({DESK, "TH-00/dop"})))
    with refused("recipient", "recipients"):
        agreed(scope(recipients=frozenset()))
    with refused("recipient", "recipients"):
        agreed(scope(recipients=frozenset({"TH-00"})))
    with refused("categories", "categories"):
        agreed(scope(categories=frozenset({"religion"})))


def test_nothing_without_a_ground() -> None:
    """C1: missing, withdrawn, for another purpose or another recipient, expired."""

    def use(grant: Grant | None, now: datetime = NOW, purpose: str = PURPOSE, to: str = DESK) -> Grant:
        return consent.check_grant(grant, purpose=purpose, recipient=to, now=now)

    assert use(agreed()) == agreed()
    with refused("missing", ""):
        use(None)
    with refused("withdrawn", ""):
        use(replace(agreed(), withdrawn_at=NOW))
    with refused("purpose", "purpose"):
        use(agreed(), purpose="older_person")
    with refused("recipient", "recipients"):
        use(agreed(), to="TH-00/tsda")
    with refused("expired", "expires_at"):
        use(agreed(), now=NOW + 90 * DAY)
    with refused("expired", "expires_at"):
        use(agreed(), now=NOW - DAY)
    with refused("not_confirmed", "confirm_by"):
        use(vital(), now=NOW + DAY)


def test_expiry_stops_new_disclosure_only() -> None:
    """C4: a referral and an answer with facts disclose; status, outcome and a mere answer do not."""
    assert consent.discloses(Payload(referral=Referral()))
    assert consent.discloses(Payload(answer=Answer(text="x", facts=Facts(narrative="x"))))
    assert not consent.discloses(Payload(answer=Answer(text="x")))
    assert not consent.discloses(Payload(answer=Answer(text="x", facts=Facts())))
    assert not consent.discloses(Payload(status=Status(outcome="assisted", facts=Facts(narrative="x"))))
