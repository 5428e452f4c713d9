"""What the referrer does: refer, share again, answer, cancel, take back. Rules L1, L4, L7 to L9, W1 and M7.

Each act is stored with the envelope that it causes, in the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from songtor_node.cases import service
from songtor_node.cases.facts import facts, known_values
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.consents import acts as consents
from songtor_node.consents.ground import withdrawn_by
from songtor_node.consents.models import Consent
from songtor_node.referrals import find, history, outbox, recall
from songtor_node.referrals.act import Act
from songtor_node.referrals.compose import Draft, Intent, compose, compose_answer
from songtor_node.referrals.models import Referral
from songtor_node.workers import acting
from songtor_proto import lifecycle, reference
from songtor_proto.address import Address
from songtor_proto.consent import withdrawal_stops
from songtor_proto.envelope import uuid7
from songtor_proto.errors import ConsentError, EnvelopeError, InputError
from songtor_proto.findings import Search
from songtor_proto.lifecycle import OPEN, Actor
from songtor_proto.minimise import default_ticks
from songtor_proto.times import from_ms, to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Payload, Status

# What the program says by itself; a person who means it has another command.
_OWN_REASONS = frozenset({"withdrawn", "not_confirmed", "new_version"})
_IN_ERROR = "entered_in_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a worker typed. Empty or None: the default."""

    to: str
    purpose: str
    tick: frozenset[str] = frozenset()  # beside what is ticked by default
    untick: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()
    ground: str = ""
    sight: bool | None = None
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A referral before it is sent: the case, the ground, what would leave, and all that could."""

    case: Case
    ground: Consent
    draft: Draft
    known: Facts


def prepare(act: Act, case_code: str, wish: Wish, *, what: str = "preview", lang: str = "th") -> Prepared:
    """What would leave, from the case as it is now; `lang`: that of whoever looks.

    ConsentError where no ground carries it; InputError: address, not_here, unknown_code, missing (urgency).
    PeerError as for a case.
    """
    case, _ = service.find(act.session, case_code, act.by, what=what, now=act.now)
    return prepared(act, case, wish, lang=lang)


def prepared(act: Act, case: Case, wish: Wish, *, lang: str = "th") -> Prepared:
    """As `prepare`, for a case that the worker is looking at already."""
    record = read_record(act.session, case)
    known = facts(record, act.now.date())
    Address.parse(wish.to)
    if wish.purpose not in act.policy.purposes:
        raise InputError("unknown_code", field="purpose")
    if not act.policy.categories.keys() >= wish.tick | wish.untick:
        raise InputError("unknown_code", field="tick")
    ground = _ground(act, case, wish)
    ticks = default_ticks(act.policy, wish.purpose, wish.to, ground.grant)
    intent = Intent(
        sender=act.me.seat,
        recipient=wish.to,
        purpose=wish.purpose,
        urgency=_urgency(wish.urgency or record.urgency),
        ticked=(ticks | wish.tick) - wish.untick,
        cleared=wish.cleared,
        sight=wish.sight,
        referrer=case.referrer or "organisation",
    )
    draft = compose(
        known,
        ground.grant,
        intent,
        policy=act.policy,
        known=known_values(record),
        unsafe=record.unsafe,
        now=act.now,
        random=act.random,
        lang=lang,
    )
    return Prepared(case, ground, draft, known)


def new_task(act: Act) -> bytes:
    """The id of a referral to be; whoever sends it twice under that id has sent it once."""
    return uuid7(to_ms(act.now), act.random)


def refer(act: Act, case_code: str, wish: Wish, *, task: bytes = b"") -> Referral:
    """`task`: its id, where it was given one before (`new_task`).

    ConsentError("findings") while free text holds one that was not cleared; and as `prepare`.
    """
    found = prepare(act, case_code, wish, what="refer")
    task = task or new_task(act)
    return _send(act, found, task, thread=task, version=1, text=_new_reference(act))


def again(act: Act, text: str, wish: Wish, *, task: bytes = b"") -> Referral:
    """A new version: after a rejection, under a wider consent, in graver danger. The one before, if open, is
    cancelled by it (L9). InputError("not_here") where its case is gone; and as `refer`.
    """
    before = find.sent(act, text, what="again")
    if before.case_id is None:
        raise InputError("not_here", field="case")
    case = act.session.get_one(Case, before.case_id)
    found = prepare(act, case.code, wish, what="again")
    task = task or new_task(act)
    known = [version for version in _thread(act, before) if outbox.stands(act, version)]
    if known and known[-1].state in OPEN:
        if known[-1].peer != wish.to:
            _say_cancelled(act, known[-1], "new_version")
        known[-1].state, known[-1].reason = wire.STATE_CANCELLED, "new_version"
        known = [version for version in known if outbox.stands(act, version)]
    if not known:  # the hub never had one, and never will: the thread begins anew
        return _send(act, found, task, thread=task, version=1, text=before.reference)
    last = known[-1]
    return _send(act, found, task, thread=last.thread, version=last.version + 1, text=before.reference)


def answer(act: Act, text: str, words: str, *, give: frozenset[str], cleared: frozenset[str]) -> Referral:
    """To an open question, with facts of the categories `give` as the case has them now.

    EnvelopeError("transition") where there is none; ConsentError: expired, categories, unsafe, findings (C4,
    M4, M7).
    """
    referral = find.sent(act, text, what="answer")
    moved = lifecycle.step(
        referral.state, 0, Actor.REFERRER, kind=wire.KIND_ANSWER, held_from=referral.held_from
    )
    payload, found = _answer(act, referral, words, give, cleared)
    found.require_cleared()
    expires = wire.Terms.FromString(referral.terms).expires_ms if give else 0
    outbox.post(act, referral, wire.KIND_ANSWER, payload, expires_ms=expires)
    referral.state, referral.held_from = moved.state, moved.held_from
    return referral


def found_in_answer(
    act: Act, referral: Referral, words: str, *, give: frozenset[str], cleared: frozenset[str]
) -> Search:
    """What a person must look at before this answer may go; errors as `answer`."""
    return _answer(act, referral, words, give, cleared)[1]


def _answer(
    act: Act, referral: Referral, words: str, give: frozenset[str], cleared: frozenset[str]
) -> tuple[Payload, Search]:
    if referral.case_id is None:
        raise InputError("not_here", field="case")
    record = read_record(act.session, act.session.get_one(Case, referral.case_id))
    if give and act.session.get_one(Consent, referral.ground).withdrawn_at is not None:
        raise ConsentError("withdrawn")
    return compose_answer(
        _words(words),
        facts(record, act.now.date()),
        give,
        wire.Terms.FromString(referral.terms),
        known=known_values(record),
        unsafe=record.unsafe,
        cleared=cleared,
        sender=act.me.seat,
        now=act.now,
    )


def cancel(act: Act, text: str, reason: str) -> Referral:
    """Ends a referral that is not needed any more. One that was entered in error is taken back as well.

    InputError("unknown_code") for a reason that is not the worker's to give; EnvelopeError("transition").
    """
    if reason not in act.policy.cancellation_reasons or reason in _OWN_REASONS:
        raise InputError("unknown_code", field="reason")
    referral = find.sent(act, text, what="cancel")
    if reason == _IN_ERROR:
        recall.withdraw(act, referral, reason, state=wire.STATE_ENTERED_IN_ERROR)
        return referral
    moved = lifecycle.step(
        referral.state,
        wire.STATE_CANCELLED,
        Actor.REFERRER,
        kind=wire.KIND_STATUS,
        held_from=referral.held_from,
    )
    _say_cancelled(act, referral, reason)
    referral.state, referral.held_from, referral.reason = moved.state, moved.held_from, reason
    return referral


def withdraw(act: Act, text: str, *, person: str) -> list[Referral]:
    """The client (or whoever `person` is) takes back a referral, all its versions (W1).

    ConsentError: withdrawn (already), not_theirs (this person's word does not end the ground, C6).
    """
    versions = [version for version in find.thread(act, text, what="withdraw") if version.outgoing]
    open_to_it = [version for version in versions if version.withdrawn_at is None]
    if not versions:
        raise EnvelopeError("actor", field="reference")
    if not open_to_it:
        raise ConsentError("withdrawn", field="reference")
    for version in open_to_it:
        ground = act.session.get_one(Consent, version.ground)
        who = withdrawn_by(_record(act.session, ground), person)
        if not withdrawal_stops(ground.grant, who):
            raise ConsentError("not_theirs", field="by")
        recall.withdraw(act, version, "withdrawn")
    return open_to_it


def withdraw_ground(act: Act, code: str, *, person: str) -> list[Referral]:
    """The consent ends, and with it everything that was sent on it. Errors as `consents.withdraw`."""
    ground, _, by = consents.find(act.session, code, act.by, what="withdraw", now=act.now)
    consents.withdraw(act.session, ground, person=person, by=by, now=act.now)
    query = select(Referral).where(Referral.ground == ground.code, col(Referral.withdrawn_at).is_(None))
    resting = list(act.session.exec(query.order_by(col(Referral.created_at))))
    for referral in resting:
        recall.withdraw(act, referral, "withdrawn")
    return resting


def _send(act: Act, prepared: Prepared, task: bytes, *, thread: bytes, version: int, text: str) -> Referral:
    draft, intent = prepared.draft, prepared.draft.intent
    draft.search.require_cleared()
    terms = draft.terms
    origin = act.session.exec(
        select(Referral.task).where(Referral.case_id == prepared.case.id, col(Referral.outgoing).is_(False))
    ).first()
    referral = Referral(
        task=task,
        thread=thread,
        version=version,
        reference=text,
        part_of=origin or b"",
        outgoing=True,
        peer=intent.recipient,
        case_id=prepared.case.id,
        ground=prepared.ground.code,
        purpose=intent.purpose,
        urgency=intent.urgency,
        state=lifecycle.step(
            wire.STATE_DRAFT, wire.STATE_REQUESTED, Actor.REFERRER, kind=wire.KIND_REFERRAL
        ).state,
        created_at=from_ms(to_ms(act.now)),
        expires_at=from_ms(terms.expires_ms),
        respond_by=lifecycle.respond_by(intent.urgency, act.now),
        confirm_by=from_ms(terms.confirm_by_ms) if terms.confirm_by_ms else None,
        terms=terms.SerializeToString(deterministic=True),
        payload=draft.payload.SerializeToString(deterministic=True),
        lines=[
            {
                "category": line.category,
                "field": line.field,
                "leaves": leaves,
                "why": line.why,
                "known": bool(line.value_text),
            }
            for leaves, lines in ((True, draft.disclosure.leaves), (False, draft.disclosure.stays))
            for line in lines
        ],
        cleared=sorted(intent.cleared),
        salt=draft.salt,
    )
    act.session.add(referral)
    act.session.flush()
    outbox.post(act, referral, wire.KIND_REFERRAL, draft.payload, expires_ms=terms.expires_ms)
    by = acting(act.session, act.by)
    service.at_least(act.session, prepared.case, history.urgency(referral), text, by=by, now=act.now)
    return referral


def _ground(act: Act, case: Case, wish: Wish) -> Consent:
    if not wish.ground:
        return consents.ground_for(act.session, case, purpose=wish.purpose, recipient=wish.to, now=act.now)
    ground, of_case, _ = consents.find(act.session, wish.ground, act.by, what="refer", now=act.now)
    if of_case.id != case.id:
        raise ConsentError("missing", field="consent")
    return ground


def _say_cancelled(act: Act, referral: Referral, reason: str) -> None:
    """What has not left need not be cancelled at the other end."""
    if outbox.may_have_left(act, referral):
        status = Payload(status=Status(reason=reason))
        outbox.post(act, referral, wire.KIND_STATUS, status, state=wire.STATE_CANCELLED)
    else:
        outbox.recall_waiting(act, referral)


def _thread(act: Act, referral: Referral) -> list[Referral]:
    query = select(Referral).where(Referral.thread == referral.thread)
    return list(act.session.exec(query.order_by(col(Referral.version), col(Referral.created_at))))


def _new_reference(act: Act) -> str:
    while True:
        text = reference.new(act.me.seat, act.random)
        if act.session.exec(select(Referral.task).where(Referral.reference == text)).first() is None:
            return text


def _record(session: Session, ground: Consent) -> CaseRecord:
    return read_record(session, session.get_one(Case, ground.case_id))


def _urgency(level: str) -> wire.Urgency.ValueType:
    """InputError("missing") where no petal was judged and nobody said."""
    try:
        return wire.Urgency.Value(f"URGENCY_{level.upper()}")
    except ValueError:
        raise InputError("missing", field="urgency") from None


def _words(text: str) -> str:
    if not text.strip():
        raise InputError("missing", field="text")
    return text.strip()
