"""What a desk decides and says about a referral. Each act names officer and desk, and is one transaction.

Rules L3 to L8, L10, C9, M7, M8 and W4. State travels in the clear; reasons, outcomes and texts are sealed.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlmodel import col

from songtor_hub.desks import free_text
from songtor_hub.desks.desk import Desk, Task, about
from songtor_hub.desks.model import Act
from songtor_hub.exchange.withdraw import destroy
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import recall
from songtor_hub.store.tables import task as task_table
from songtor_proto import lifecycle
from songtor_proto.errors import ConsentError, EnvelopeError, InputError
from songtor_proto.minimise import FACTS, answer_for, replies, strings
from songtor_proto.remit import purpose_of
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Answer, Facts, PartResult, Payload, Question, Status, Withdrawal

TRACED_CONSENT = "traced_consent"


def accept(desk: Desk, text: str) -> None:
    _status(desk, desk.received(text), wire.STATE_ACCEPTED, Status())


def start(desk: Desk, text: str) -> None:
    _status(desk, desk.received(text), wire.STATE_IN_PROGRESS, Status())


def reject(desk: Desk, text: str, reason: str) -> None:
    """InputError("unknown_code") for a reason that is not in the list of rejection reasons."""
    _known(reason, desk.hub.policy.rejection_reasons, "--reason")
    _status(desk, desk.received(text), wire.STATE_REJECTED, Status(reason=reason))


def fail(desk: Desk, text: str, reason: str) -> None:
    """As `reject`, of what was begun; ConsentError("traced_person"): a tracing ends with `complete` (C9)."""
    _known(reason, desk.hub.policy.failure_reasons, "--reason")
    task = desk.received(text)
    if not may_tell(desk, task):
        raise ConsentError("traced_person", field=task.reference)
    _status(desk, task, wire.STATE_FAILED, Status(reason=reason))


def complete(
    desk: Desk,
    text: str,
    outcome: str,
    facts: Facts,
    *,
    despite_open: bool = False,
    cleared: Collection[str] = (),
) -> None:
    """Reports back, with the results of all parts rolled up (L10).

    Without a traced person's own consent the report is `not_found` and nothing else, whatever was given (C9).
    EnvelopeError("parts_open") while a part is open, unless `despite_open`; ConsentError: "replies" for what
    the purpose does not let a recipient send back (M8), "findings" but for the `cleared` (M7).
    """
    _known(outcome, desk.hub.policy.outcomes, "--outcome")
    task = desk.received(text)
    tell = may_tell(desk, task)
    rolled_up = desk.parts(task.id)
    if not despite_open and not lifecycle.may_report(part.state for part in rolled_up):
        raise EnvelopeError("parts_open", field=task.reference)
    allowed = replies(desk.hub.policy, task.purpose, traced_person_consented=tell)
    if tell and (over := [field.name for field, _ in facts.ListFields() if FACTS[field.name] not in allowed]):
        raise ConsentError("replies", field=", ".join(over))
    if tell:
        free_text.check_reply(desk, task, dict(strings(facts)), facts, cleared)
    status = Status(
        outcome=answer_for(desk.hub.policy, task.purpose, outcome, traced_person_consented=tell),
        facts=facts if tell else None,
        parts=[_result(desk, part) for part in rolled_up] if tell else [],
    )
    _status(desk, task, wire.STATE_COMPLETED, status)


def ask(desk: Desk, text: str, question: str, *, cleared: Collection[str] = ()) -> None:
    """ConsentError("findings") for what the referrer was not told and is not `cleared` (M7)."""
    task, words = desk.received(text), _said(question)
    free_text.check_reply(desk, task, {"text": words}, Facts(), cleared)
    said = Payload(question=Question(text=words))
    header = about(task, task.referrer, wire.KIND_QUESTION, wire.STATE_ON_HOLD)
    desk.commit(desk.say(header, said, "question", note=said.SerializeToString()))


def answer(desk: Desk, text: str, reply: str, *, cleared: Collection[str] = ()) -> None:
    """ConsentError("findings") for what was not sent there and is not `cleared` (M7)."""
    task, words = desk.referred(text), _said(reply)
    free_text.check_answer(desk, task, words, cleared)
    said = Payload(answer=Answer(text=words))
    header = about(task, task.recipient, wire.KIND_ANSWER)
    desk.commit(desk.say(header, said, "answer", note=said.SerializeToString()))


def withdraw(desk: Desk, text: str, reason: str) -> None:
    """Takes back what the desk itself referred, all its versions: the hub's copies are destroyed, the node is
    told (W1 to W3).

    InputError("unknown_code") for a reason that is not in the list of cancellation reasons;
    ConsentError("withdrawn") where it is taken back already.
    """
    _known(reason, desk.hub.policy.cancellation_reasons, "--reason")
    task = desk.referred(text)
    versions = _versions(desk, task)
    if not versions:
        raise ConsentError("withdrawn", field=task.reference)
    said = Payload(withdrawal=Withdrawal(reason=reason))
    headers = [about(one, one.recipient, wire.KIND_WITHDRAWAL) for one in versions]
    desk.commit(*(desk.say(header, said, "withdrawal") for header in headers))


def hold(desk: Desk, text: str, duty: str) -> None:
    """A duty in law to keep the content though consent is withdrawn; the recall receipt names it (W4)."""
    _known(duty, desk.hub.policy.duties_to_keep, "--duty")
    task = desk.received(text)
    if task.withdrawn_ms is not None:
        raise ConsentError("withdrawn", field=task.reference)
    with writing(desk.hub.engine) as connection:
        connection.execute(update(task_table).where(task_table.c.id == task.id).values(legal_hold=duty))
        desk.note(connection, desk.record(task.id, "hold"))


def release(desk: Desk, text: str) -> None:
    """The duty has ended. What was withdrawn meanwhile is destroyed now, and the referrer will be told (W4).

    EnvelopeError("transition") where nothing is held.
    """
    task = desk.received(text)
    if task.legal_hold is None:
        raise EnvelopeError("transition", field=task.reference)
    with writing(desk.hub.engine) as connection:
        connection.execute(update(task_table).where(task_table.c.id == task.id).values(legal_hold=None))
        if task.withdrawn_ms is not None:
            destroy(connection, [task.id], to_ms(desk.now()))
            gone = {"result": wire.RECALL_RESULT_DESTROYED, "reason": "", "told": False}
            connection.execute(update(recall).where(recall.c.envelope_id == task.id).values(gone))
        desk.note(connection, desk.record(task.id, "release"))


def traced_consent(desk: Desk, text: str) -> None:
    """Records that the traced person said, to this desk, that they may be told about (C9)."""
    task = desk.received(text)
    if not purpose_of(desk.hub.policy, task.purpose).traced_person_consents:
        raise InputError("not_traced", field=task.reference)
    desk.commit(acts=[desk.record(task.id, TRACED_CONSENT)])


def may_tell(desk: Desk, task: Task) -> bool:
    """Whether anything may be told: of a traced person only once they agreed, at any desk of the referral."""
    if not purpose_of(desk.hub.policy, task.purpose).traced_person_consents:
        return True
    tree = select(task_table.c.id).where(task_table.c.root == task.root)
    given = select(col(Act.id)).where(col(Act.task).in_(tree), col(Act.act) == TRACED_CONSENT).limit(1)
    with reading(desk.hub.engine) as connection:
        return connection.scalar(given) is not None


def _status(desk: Desk, task: Task, state: wire.State.ValueType, status: Status) -> None:
    said = Payload(status=status)
    header = about(task, task.referrer, wire.KIND_STATUS, state)
    desk.commit(desk.say(header, said, lifecycle.code(state), note=said.SerializeToString()))


def _versions(desk: Desk, task: Task) -> list[Task]:
    """Those of its thread that are not withdrawn yet, oldest first."""
    standing = select(task_table).where(
        task_table.c.thread == task.thread, task_table.c.withdrawn_ms.is_(None)
    )
    with reading(desk.hub.engine) as connection:
        return list(connection.execute(standing.order_by(task_table.c.version)))


def _result(desk: Desk, part: Task) -> PartResult:
    """What became of a part, without saying at which desk."""
    said = [
        desk.read(row) for row, header in desk.mail(part.id) if header.kind == wire.KIND_STATUS and row.sealed
    ]
    last = said[-1].status if said else Status()
    return PartResult(state=part.state, outcome=last.outcome, reason=last.reason)


def _known(code: str, known: Collection[str], field: str) -> None:
    if code not in known:
        raise InputError("unknown_code", field=field)


def _said(text: str) -> str:
    if not text.strip():
        raise InputError("missing", field="text")
    return text.strip()
