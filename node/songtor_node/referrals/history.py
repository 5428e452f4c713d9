"""What was said about a task, by both ends, as a person or a program may read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from songtor_node.referrals import inbox
from songtor_node.referrals.models import Inbox, Outbox, Referral
from songtor_proto import lifecycle
from songtor_proto.minimise import FACTS, value_text
from songtor_proto.times import from_ms, to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Opening, Payload

_KINDS: dict[int, str] = {number: name.removeprefix("KIND_").lower() for name, number in wire.Kind.items()}
_URGENCIES: dict[int, str] = {
    number: name.removeprefix("URGENCY_").lower() for name, number in wire.Urgency.items()
}


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `standing`: of ours `waiting`, `sent` ..., of theirs `done`, `crossed` or `aside`.
    `proven`: the hub has shown our message in its log."""

    at: datetime
    ours: bool
    kind: str
    who: str
    standing: str
    code: str
    payload: Payload | None
    wanted: int = 0
    proven: bool = False


def messages(session: Session, task: bytes) -> list[Said]:
    """Oldest first."""
    own = session.exec(select(Outbox).where(Outbox.task == task).order_by(col(Outbox.sequence)))
    said = [
        Said(
            row.at,
            True,
            kind_name(row.kind),
            row.by,
            row.state,
            row.code,
            _parsed(row.payload),
            wire.Header.FromString(row.header).state,
            row.proven,
        )
        for row in own
    ]
    said += [
        Said(
            row.at,
            False,
            kind_name(row.kind),
            row.sender,
            row.effect,
            row.code,
            _parsed(row.payload),
            row.wanted,
        )
        for row in inbox.of_task(session, task)
    ]
    return sorted(said, key=lambda one: one.at)


def openings(session: Session, tasks: Iterable[bytes]) -> list[tuple[Inbox, Opening]]:
    """Who opened what was sent, oldest first."""
    query = select(Inbox).where(col(Inbox.task).in_(list(tasks)), Inbox.kind == wire.KIND_OPENING)
    rows = session.exec(query.order_by(col(Inbox.id)))
    return [(row, Payload.FromString(row.payload).opening) for row in rows if row.payload is not None]


def opened_at(opening: Opening, told: datetime) -> datetime:
    """When it was opened, as the opener says; at the latest when it was told (P10)."""
    return from_ms(opening.opened_ms) if 0 < opening.opened_ms <= to_ms(told) else told


def message_data(said: Said, lang: str) -> dict[str, Any]:
    return {
        "at": said.at.isoformat(),
        "ours": said.ours,
        "kind": said.kind,
        "who": said.who,
        "standing": said.standing,
        "code": said.code,
        "state": lifecycle.code(said.wanted) if said.wanted else "",
        **(_content(said.payload, said.at, lang) if said.payload else {}),
    }


def facts_data(facts: Facts, lang: str) -> list[dict[str, str]]:
    """Field by field, as a person reads it."""
    lines = ((category, field, value_text(facts, field, lang)) for field, category in FACTS.items())
    return [
        {"category": category, "field": field, "value": value} for category, field, value in lines if value
    ]


def referral_data(referral: Referral, now: datetime) -> dict[str, Any]:
    """One line of a list; nothing of what it says."""
    return {
        "reference": referral.reference,
        "version": referral.version,
        "outgoing": referral.outgoing,
        "peer": referral.peer,
        "purpose": referral.purpose,
        "urgency": urgency(referral),
        "state": lifecycle.code(referral.state),
        "stage": lifecycle.stage(referral.state),
        "reason": referral.reason,
        "outcome": referral.outcome,
        "created": referral.created_at.isoformat(),
        "expires": referral.expires_at.isoformat(),
        "respond_by": referral.respond_by.isoformat(),
        "overdue": lifecycle.overdue(
            referral.state, referral.respond_by, now, responded=referral.responded_at is not None
        ),
        "withdrawn": referral.withdrawn_at is not None,
        "consent": referral.ground,
    }


def lines_data(referral: Referral, lang: str) -> list[dict[str, Any]]:
    """What left of our case and what stayed, with the values of what left while they are kept."""
    facts = Payload.FromString(referral.payload or b"").referral.facts
    return [
        {**line, "value": value_text(facts, line["field"], lang) if line["leaves"] else ""}
        for line in referral.lines
    ]


def urgency(referral: Referral) -> str:
    """`red` ...; the number of one that is not known here (E11)."""
    return _URGENCIES.get(referral.urgency, str(referral.urgency))


def bytes_sent(session: Session, tasks: Sequence[bytes]) -> int:
    """Of all our envelopes of these tasks that the hub acknowledged."""
    query = select(Outbox.size).where(col(Outbox.task).in_(list(tasks)), Outbox.state == "sent")
    return sum(session.exec(query))


def kind_name(kind: int) -> str:
    """`referral`, `status` ...; the number of one that is not known here (E11)."""
    return _KINDS.get(kind, str(kind))


def _parsed(payload: bytes | None) -> Payload | None:
    return None if payload is None else Payload.FromString(payload)


def _content(payload: Payload, at: datetime, lang: str) -> dict[str, Any]:
    body = payload.WhichOneof("body")
    if body == "status":
        status = payload.status
        parts = [
            {"state": lifecycle.code(part.state), "outcome": part.outcome, "reason": part.reason}
            for part in status.parts
        ]
        said = {"reason": status.reason, "outcome": status.outcome, "parts": parts}
        return said | {"facts": facts_data(status.facts, lang)}
    if body == "answer":
        return {"text": payload.answer.text, "facts": facts_data(payload.answer.facts, lang)}
    if body == "referral":
        return {"facts": facts_data(payload.referral.facts, lang)}
    if body == "opening":
        opening = payload.opening
        return {
            "role": opening.role,
            "desk_kind": opening.desk_kind,
            "purpose": opening.purpose,
            "opened": opened_at(opening, at).isoformat(),
        }
    one = {"question": "text", "reminder": "text", "withdrawal": "reason", "confirmation": "role"}.get(
        body or ""
    )
    return {one: getattr(getattr(payload, body), one)} if one and body else {}
