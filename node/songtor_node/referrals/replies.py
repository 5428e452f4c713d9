"""What the recipient does with a referral that came to this node. Rules L3 to L6, L10, C9, M7 and M8."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from songtor_node.cases import alike, service
from songtor_node.cases.facts import facts, known_values
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.referrals import find, history, outbox, recall
from songtor_node.referrals.act import Act
from songtor_node.referrals.compose import check_safe, search_text
from songtor_node.referrals.models import Referral
from songtor_node.referrals.new_case import case_file
from songtor_node.workers import acting
from songtor_proto import lifecycle
from songtor_proto.errors import ConsentError, EnvelopeError, InputError
from songtor_proto.findings import Search, identities
from songtor_proto.lifecycle import Actor
from songtor_proto.minimise import answer_for, keep, replies, strings
from songtor_proto.remit import purpose_of
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, PartResult, Payload, Question, Status
from songtor_proto.wire.payload_pb2 import Referral as Said


def read(referral: Referral, now: datetime) -> Said:
    """What was referred here. ConsentError: withdrawn, expired, not_confirmed (nobody stood for it in
    time)."""
    if referral.withdrawn_at is not None:
        raise ConsentError("withdrawn", field="reference")
    if referral.payload is None or (now >= referral.expires_at and not referral.hold):
        raise ConsentError("expired", field="reference")
    if referral.confirm_by is not None and now >= referral.confirm_by:
        raise ConsentError("not_confirmed", field="reference")
    return Payload.FromString(referral.payload).referral


def accept(act: Act, text: str) -> tuple[Referral, Case]:
    """Takes it on: a case that knows where it came from."""
    referral = find.received(act, text, what="accept")
    said = read(referral, act.now)
    _move(act, referral, wire.STATE_ACCEPTED, Status())
    by = acting(act.session, act.by)
    case = service.create(
        act.session, case_file(said), by=by, now=act.now, random=act.random, origin=referral.reference
    )
    service.at_least(act.session, case, history.urgency(referral), referral.reference, by=by, now=act.now)
    referral.case_id = case.id
    find.looked_before(act.session, referral, case)
    alike.look(act.session, case, by=by, now=act.now)
    return referral, case


def decline(act: Act, text: str, reason: str) -> Referral:
    """What came is not kept (W6). InputError("unknown_code") for what is no reason of a rejection."""
    _known(reason, act.policy.rejection_reasons, "reason")
    referral = find.received(act, text, what="decline")
    _move(act, referral, wire.STATE_REJECTED, Status(reason=reason))
    recall.let_go(act, referral)
    return referral


def start(act: Act, text: str) -> Referral:
    referral = find.received(act, text, what="start")
    _move(act, referral, wire.STATE_IN_PROGRESS, Status())
    return referral


def ask(act: Act, text: str, words: str, *, cleared: Collection[str]) -> Referral:
    """The referral waits until the referrer has answered (L4)."""
    referral = find.received(act, text, what="ask")
    moved = lifecycle.step(referral.state, wire.STATE_ON_HOLD, Actor.RECIPIENT, kind=wire.KIND_QUESTION)
    if not words.strip():
        raise InputError("missing", field="text")
    found_in_words(act, referral, words, cleared=cleared).require_cleared()
    question = Payload(question=Question(text=words.strip()))
    outbox.post(act, referral, wire.KIND_QUESTION, question, state=wire.STATE_ON_HOLD)
    _moved(act, referral, moved)
    return referral


def complete(
    act: Act,
    text: str,
    outcome: str,
    *,
    words: str,
    give: Collection[str],
    cleared: Collection[str],
    traced_person_consented: bool = False,
) -> Referral:
    """Reports back, with the results of what was passed on (L10). `give`: categories of our own case's facts.

    Of a traced person who has not agreed the report is `not_found` and nothing else, whatever was given (C9).
    ConsentError("replies") for what the purpose does not let a recipient send back (M8), ("findings");
    EnvelopeError("parts_open") while what was passed on is open; InputError("unknown_code").
    """
    _known(outcome, act.policy.outcomes, "outcome")
    referral = find.received(act, text, what="complete")
    parts = recall.parts(act.session, referral)
    if not lifecycle.may_report(part.state for part in parts):
        raise EnvelopeError("parts_open", field="reference")
    tell = _may_tell(act, referral, traced_person_consented)
    status = Status(outcome=answer_for(act.policy, referral.purpose, outcome, traced_person_consented=tell))
    if tell:
        status.facts.CopyFrom(_reply(act, referral, words, give))
        _search(act, referral, dict(strings(status.facts)), status.facts, cleared).require_cleared()
        status.parts.extend(_result(part) for part in parts)
    _move(act, referral, wire.STATE_COMPLETED, status)
    referral.outcome = outcome
    return referral


def found_in_words(act: Act, referral: Referral, words: str, *, cleared: Collection[str]) -> Search:
    """What a person must look at before these words may go to the other end."""
    return _search(act, referral, {"text": words}, Facts(), cleared)


def found_in_report(
    act: Act, referral: Referral, words: str, *, give: Collection[str], cleared: Collection[str]
) -> Search:
    """The same of a report; errors as `complete`."""
    said = _reply(act, referral, words, give)
    return _search(act, referral, dict(strings(said)), said, cleared)


def fail(act: Act, text: str, reason: str, *, traced_person_consented: bool = False) -> Referral:
    """InputError("unknown_code"); ConsentError("traced_person"): a tracing ends with `complete` (C9)."""
    _known(reason, act.policy.failure_reasons, "reason")
    referral = find.received(act, text, what="fail")
    if not _may_tell(act, referral, traced_person_consented):
        raise ConsentError("traced_person", field="reference")
    _move(act, referral, wire.STATE_FAILED, Status(reason=reason))
    return referral


def hold(act: Act, text: str, duty: str) -> Referral:
    """A duty in law to keep what came though consent is withdrawn; the recall receipt names it (W4)."""
    _known(duty, act.policy.duties_to_keep, "duty")
    referral = find.received(act, text, what="hold")
    if referral.withdrawn_at is not None:
        raise ConsentError("withdrawn", field="reference")
    referral.hold = duty
    return referral


def release(act: Act, text: str) -> Referral:
    """The duty has ended. What was withdrawn meanwhile is destroyed now, and whoever asked is told (W4).

    EnvelopeError("transition") where nothing is held.
    """
    referral = find.received(act, text, what="release")
    if not referral.hold:
        raise EnvelopeError("transition", field="reference")
    referral.hold = ""
    if referral.withdrawn_at is not None:
        recall.give_up(act, referral)
        recall.tell(act, referral)
    return referral


def _move(act: Act, referral: Referral, state: wire.State.ValueType, status: Status) -> None:
    moved = lifecycle.step(
        referral.state, state, Actor.RECIPIENT, kind=wire.KIND_STATUS, held_from=referral.held_from
    )
    outbox.post(act, referral, wire.KIND_STATUS, Payload(status=status), state=state)
    referral.reason = status.reason
    _moved(act, referral, moved)


def _moved(act: Act, referral: Referral, moved: lifecycle.Step) -> None:
    referral.state, referral.held_from = moved.state, moved.held_from
    referral.responded_at = referral.responded_at or act.now


def _may_tell(act: Act, referral: Referral, consented: bool) -> bool:
    return consented or not purpose_of(act.policy, referral.purpose).traced_person_consents


def _reply(act: Act, referral: Referral, words: str, give: Collection[str]) -> Facts:
    allowed = replies(act.policy, referral.purpose, traced_person_consented=True)
    wanted = {*give, *(("narrative",) if words.strip() else ())}
    if not wanted <= allowed:
        raise ConsentError("replies", field=" ".join(sorted(wanted - allowed)))
    record = _record(act, referral)
    check_safe(wanted, record.unsafe if record else ())
    said = keep(facts(record, act.now.date()), give) if record else Facts()
    if words.strip():
        said.narrative = words.strip()
    return said


def _search(
    act: Act, referral: Referral, texts: dict[str, str], given: Facts, cleared: Collection[str]
) -> Search:
    """The other end knows what was told in this referral already, as they will what is `given` in fields of
    its own; everything else of our case is searched for."""
    record = _record(act, referral)
    said = Payload.FromString(referral.payload or b"").referral
    return search_text(
        texts,
        known=known_values(record) if record else {},
        told=identities(said.facts, given),
        cleared=cleared,
        sender=act.me.seat,
    )


def _record(act: Act, referral: Referral) -> CaseRecord | None:
    case = act.session.get(Case, referral.case_id) if referral.case_id else None
    return read_record(act.session, case) if case else None


def _result(part: Referral) -> PartResult:
    """What became of a part, without saying where."""
    state = cast("wire.State.ValueType", part.state)
    return PartResult(state=state, outcome=part.outcome, reason=part.reason)


def _known(code: str, known: Collection[str], field: str) -> None:
    if code not in known:
        raise InputError("unknown_code", field=field)
