"""From a filled form and the case to a ground that the shared rule accepts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from songtor_node.cases.models import Person
from songtor_node.cases.record import CaseRecord
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.models import BASES
from songtor_node.consents.notice import notice
from songtor_node.consents.record import consent_record
from songtor_proto import consent as rule
from songtor_proto.consent import By, Grant, Scope
from songtor_proto.errors import ConsentError, InputError
from songtor_proto.vocabulary import Jurisdiction, Policy, Vocabulary

CLIENT = "client"
GUARDIAN = "guardian"
_ASKED = ("consent", "guardian_consent")


@dataclass(frozen=True, slots=True)
class House:
    """The seat that records, its country's law, and the network's words and rules."""

    seat: str
    law: Jurisdiction
    vocabulary: Vocabulary
    policy: Policy


def text_to_show(case: CaseRecord, form: ConsentForm, house: House, now: datetime) -> str:
    """What the client is shown or read before they decide. InputError("unknown_code"): a recipient."""
    return notice(
        purpose=form.purpose,
        categories=form.categories,
        recipients=form.recipients,
        until=(expiry(form, now) - timedelta(milliseconds=1)).date(),
        sight=chosen_sight(case, form, house),
        law=house.law,
        vocabulary=house.vocabulary,
        policy=house.policy,
        lang=form.language,
    )


def ground(
    case: CaseRecord, form: ConsentForm, house: House, *, code: str, by: str, now: datetime
) -> tuple[Grant, dict[str, Any]]:
    """The ground and its record. ConsentError as in the shared rule, and: witness (spoken without one),
    copy_safe (a copy without asking). InputError: unknown_code (a recipient), not_here (a person)."""
    asked = form.basis in _ASKED
    if asked and form.form == "spoken" and not form.witness:
        raise ConsentError("witness", field="witness")
    if form.copies and not form.copy_safe:
        raise ConsentError("copy_safe", field="copy_safe")
    categories = house.policy.always | set(form.categories)
    sight = chosen_sight(case, form, house) if asked else bool(form.liaison_sight)
    paper = consent_record(
        form,
        code=code,
        case_code=case.case.code,
        seat=house.seat,
        shown=form.shown or (text_to_show(case, form, house, now) if asked else ""),
        citation=rule.citation(house.law, BASES[form.basis]),
        law=house.law,
        categories=sorted(categories),
        sensitive=sensitive(case, house),
        sight=sight,
        by=by,
        given_at=now,
        expires_at=expiry(form, now),
    )
    scope = Scope(
        id=code,
        purpose=form.purpose,
        categories=frozenset(categories),
        recipients=frozenset(form.recipients),
        given_at=now,
        record=rule.record_digest(paper),
        expires_at=expiry(form, now),
        liaison_sight=sight,
        copies=frozenset(_key(case, named, "copies") for named in form.copies),
        dangerous=frozenset(str(person.id) for person in case.people if person.danger),
        traced_person_consented=form.traced_person_consented,
    )
    try:
        return _grant(case, form, scope, house, by=by, today=now.date()), paper
    except ConsentError as error:
        field = "second" if error.field == "confirmed_by" else error.field  # as the form calls them
        raise ConsentError(error.code.removeprefix("consent."), field=field) from None


def expiry(form: ConsentForm, now: datetime) -> datetime:
    """The end of the day that the form names, else 90 days from now."""
    if not form.expires:
        return now + timedelta(days=rule.DEFAULT_DAYS)
    return datetime.combine(date.fromisoformat(form.expires), time(), UTC) + timedelta(days=1)


def last_day(expires_at: datetime) -> date:
    """The day that the client was told: what ends at midnight ends with the day before."""
    return (expires_at.astimezone(UTC) - timedelta(milliseconds=1)).date()


def withdrawn_by(case: CaseRecord, person: str) -> By:
    """Who it is that withdraws: `client`, `guardian`, or someone of the case by relation or name.

    InputError("not_here") where it is nobody, or `guardian` while one guardian is the danger and must be
    named."""
    if person == CLIENT:
        return By.CLIENT
    guardians = [someone for someone in case.people if someone.guardian]
    found = (
        guardians if person == GUARDIAN else [someone for someone in guardians if _is_called(someone, person)]
    )
    dangers = {someone.danger for someone in found}
    if len(dangers) != 1:
        raise InputError("not_here", field="by")
    return By.DANGEROUS_GUARDIAN if dangers.pop() else By.GUARDIAN


def _grant(case: CaseRecord, form: ConsentForm, scope: Scope, house: House, *, by: str, today: date) -> Grant:
    if form.basis == "consent":
        age = rule.least_age(case.client.birth_date, "", today)
        return rule.consent(
            scope, house.law, house.policy, form=form.form, age=form.age if age is None else age
        )
    if form.basis == "guardian_consent":
        guardian = _key(case, form.guardian, "guardian") if form.guardian else ""
        if guardian == CLIENT or not _is_guardian(case, guardian):
            raise ConsentError("guardian", field="guardian")
        return rule.guardian_consent(
            scope, house.law, house.policy, form=form.form, guardian=guardian, child_view=form.child_view
        )
    if form.basis == "vital_interest":
        return rule.vital_interest(
            scope,
            house.law,
            house.policy,
            harm=form.harm,
            incapacity=form.incapacity,
            by=by,
            confirmed_by=form.second,
        )
    return rule.legal_duty(scope, house.law, house.policy, duty=form.duty, by=by, confirmed_by=form.second)


def chosen_sight(case: CaseRecord, form: ConsentForm, house: House) -> bool:
    """The client's choice, else the default of purpose and problems (C10)."""
    if form.liaison_sight is not None:
        return form.liaison_sight
    sensitive = _has_sensitive_problem(case, house)
    return rule.sight_by_default(house.policy, form.purpose, sensitive=sensitive)


def sensitive(case: CaseRecord, house: House) -> frozenset[str]:
    """Categories that are sensitive in this case."""
    by_problem = _has_sensitive_problem(case, house)
    return frozenset(
        category.code
        for category in house.policy.categories.values()
        if category.sensitive or (category.sensitive_by_problem and by_problem)
    )


def _has_sensitive_problem(case: CaseRecord, house: House) -> bool:
    return rule.is_sensitive(house.vocabulary, [problem.code for problem in case.problems])


def _key(case: CaseRecord, named: str, field: str) -> str:
    """What the shared rule calls this person of the case: the client, or the number of their row."""
    if named == CLIENT:
        return CLIENT
    found = [person for person in case.people if _is_called(person, named)]
    if len(found) != 1:
        raise InputError("not_here", field=field)
    return str(found[0].id)


def named(case: CaseRecord, person: Person) -> str:
    """How a form names that person: by relation; by number where several stand in the same."""
    alike = [one for one in case.people if one.relation == person.relation]
    return person.relation if len(alike) == 1 else f"#{person.id}"


def _is_called(person: Person, named: str) -> bool:
    return named in (
        person.relation,
        person.name_thai,
        person.name_latin,
        person.nickname,
        f"#{person.id}",
    )


def _is_guardian(case: CaseRecord, key: str) -> bool:
    return any(str(person.id) == key and person.guardian for person in case.people)
