"""What people do with a ground for disclosure. Each act is one call in the caller's transaction, by a worker.

What makes a ground valid is the shared rule's to say (`songtor_proto.consent`); here it is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.models import Case
from songtor_node.cases.record import read_record
from songtor_node.codes import new_code
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House, ground, withdrawn_by
from songtor_node.consents.models import Consent
from songtor_node.consents.notice import party_name
from songtor_node.workers import Worker, acting, may_see
from songtor_proto import consent as rule
from songtor_proto.errors import ConsentError, InputError, PeerError
from songtor_proto.times import Random


def house_of(node: Node) -> House:
    """InputError("not_enrolled"): without a seat no country's law applies yet."""
    return House(node.seat, node.jurisdiction, node.vocabulary, node.policy)


def record(
    session: Session,
    case: Case,
    form: ConsentForm,
    house: House,
    *,
    by: Worker,
    now: datetime,
    random: Random,
) -> Consent:
    """A new ground for the case. ConsentError and InputError as in `ground`; PeerError: worker, not_allowed
    (the second person)."""
    for recipient in form.recipients:
        party_name(recipient, house.vocabulary, form.language)
    if form.second and not may_see(acting(session, form.second).role, assigned=True):
        raise PeerError("not_allowed", field="second")
    code = new_code(session, "K", Consent.code, random)
    people = read_record(session, case)
    grant, paper = ground(people, form, house, code=code, by=by.code, now=now)
    row = Consent(
        code=code,
        case_id=people.client.case_id,
        basis=form.basis,
        jurisdiction=grant.jurisdiction,
        citation=grant.citation,
        purpose=grant.purpose,
        categories=sorted(grant.categories),
        recipients=sorted(grant.recipients),
        liaison_sight=grant.liaison_sight,
        given_at=grant.given_at,
        expires_at=grant.expires_at,
        record=paper,
        by=by.code,
        confirmed=grant.confirmed,
        confirm_by=grant.confirm_by,
        confirmed_by=form.second or None,
        confirmed_at=now if grant.confirmed else None,
        traced_person_consented=grant.traced_person_consented,
    )
    session.add(row)
    session.flush()
    return row


def find(
    session: Session, code: str, worker: str, *, what: str, now: datetime
) -> tuple[Consent, Case, Worker]:
    """The ground of that code and its case; the look is recorded. InputError("not_here"), PeerError as for
    a case."""
    by = acting(session, worker)
    consent = session.get(Consent, code.upper())
    if consent is None:
        raise InputError("not_here", field="consent")
    case = session.get_one(Case, consent.case_id)
    service.find(session, case.code, by.code, what=what, now=now)
    return consent, case, by


def listing(session: Session, case: Case) -> Sequence[Consent]:
    """The case's grounds, oldest first."""
    query = (
        select(Consent).where(Consent.case_id == case.id).order_by(col(Consent.given_at), col(Consent.code))
    )
    return session.exec(query).all()


def ground_for(session: Session, case: Case, *, purpose: str, recipient: str, now: datetime) -> Consent:
    """The newest ground that carries a disclosure for this purpose to this recipient now (C1).

    ConsentError: that of the newest for this purpose, or `missing`.
    """
    refused = ConsentError("missing")
    for consent in reversed(listing(session, case)):
        try:
            rule.check_grant(consent.grant, purpose=purpose, recipient=recipient, now=now)
        except ConsentError as error:
            if consent.purpose == purpose and refused.code == "consent.missing":
                refused = error
        else:
            return consent
    raise refused


def withdraw(session: Session, consent: Consent, *, person: str, by: Worker, now: datetime) -> None:
    """Ends the ground at once. `person`: `client`, `guardian`, or someone of the case by relation or name
    (C6).

    ConsentError: withdrawn (already), not_theirs (this person's word does not end it).
    InputError("not_here"). What rests on it is recalled by whoever sent it, in the same transaction."""
    if consent.withdrawn_at is not None:
        raise ConsentError("withdrawn")
    who = withdrawn_by(read_record(session, session.get_one(Case, consent.case_id)), person)
    if not rule.withdrawal_stops(consent.grant, who):
        raise ConsentError("not_theirs", field="by")
    consent.withdrawn_at, consent.withdrawn_by, consent.withdrawal_recorded_by = now, who.value, by.code


def confirm(session: Session, consent: Consent, *, by: Worker, now: datetime) -> None:
    """The second person stands for it too; nothing changes where two do already. ConsentError: withdrawn,
    not_confirmed (too late), same_person."""
    if consent.withdrawn_at is not None:
        raise ConsentError("withdrawn")
    grant = rule.confirm(consent.grant, by=by.code, now=now)
    if grant.confirmed and not consent.confirmed:
        consent.confirmed, consent.confirm_by = True, None
        consent.confirmed_by, consent.confirmed_at = by.code, now


def waiting_for_second(session: Session, by: Worker, now: datetime) -> Sequence[Consent]:
    """Grounds that this worker may confirm, soonest due first: of cases that they may see, not their own."""
    query = select(Consent).where(
        col(Consent.confirm_by) > now, col(Consent.withdrawn_at).is_(None), Consent.by != by.code
    )
    return [
        one
        for one in session.exec(query.order_by(col(Consent.confirm_by)))
        if service.may_see_case(session, session.get_one(Case, one.case_id), by)
    ]
