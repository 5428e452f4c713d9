"""The life of a referral as a person reads it: what each end said, when, and whether it has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from songtor_node.referrals import history
from songtor_node.referrals.history import Said
from songtor_node.referrals.models import Referral
from songtor_node.referrals.pictures import pictures
from songtor_node.web.referral.parties import party
from songtor_node.workers import Worker
from songtor_proto import lifecycle
from songtor_proto.errors import declared
from songtor_proto.vocabulary import policy, vocabulary
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Payload
from songtor_web.pictures.received import Shown
from songtor_web.texts import Say

_REASONS: dict[int, str] = {
    wire.STATE_REJECTED: "rejection_reasons",
    wire.STATE_FAILED: "failure_reasons",
    wire.STATE_CANCELLED: "cancellation_reasons",
    wire.STATE_ENTERED_IN_ERROR: "cancellation_reasons",
}
_KNOWN = frozenset(name.removeprefix("KIND_").lower() for name, _ in wire.Kind.items())


@dataclass(frozen=True, slots=True)
class Told:
    """One fact: its category, and what was said; as a picture too where it is one."""

    category: str
    value: str
    picture: Shown | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is of the wire, or `other`. `state`, `reason`, `outcome`: in words. `standing`: whether ours
    has arrived (`waiting`, `held`, `sent`, `proven`, `refused`, `recalled`); `trouble`: why not."""

    at: datetime
    ours: bool
    kind: str
    version: int
    who: str
    state: str = ""
    reason: str = ""
    outcome: str = ""
    text: str = ""
    facts: Sequence[Told] = ()
    parts: Sequence[str] = ()
    standing: str = ""
    trouble: str = ""
    role: str = ""
    desk_kind: str = ""
    purpose: str = ""


def story(session: Session, versions: Sequence[Referral], t: Say, lang: str) -> list[Event]:
    """Of all versions, oldest first."""
    told = [
        _event(session, said, referral, t, lang)
        for referral in versions
        for said in history.messages(session, referral.task)
    ]
    return sorted(told, key=lambda event: event.at)


def state_text(state: int, lang: str) -> str:
    """A state of the wire in words; one that is not known here as its number."""
    code = lifecycle.code(state)
    term = vocabulary().referral_states.get(code.replace("-", "_"))
    return term.label(lang) if term else code


def reason_text(state: int, code: str, lang: str) -> str:
    terms = getattr(policy(), _REASONS[state]) if state in _REASONS else {}
    return terms[code].label(lang) if code in terms else code


def told(facts: Facts, t: Say, lang: str, on: date) -> list[Told]:
    """`on`: the day for which ages are told, that of the message."""
    drawn = {one.category: one for one in pictures(facts, t, lang, on)}
    return [
        Told(category, drawn[category].summary if category in drawn else one["value"], drawn.get(category))
        for one in history.facts_data(facts, lang)
        if (category := one["category"])
    ]


def _event(session: Session, said: Said, referral: Referral, t: Say, lang: str) -> Event:
    worker = session.get(Worker, said.who) if said.ours and said.who else None
    error = declared(said.code) if said.code else None
    trouble = (error.words(lang) if error else said.code) if said.standing != "done" else ""
    event: dict[str, Any] = {
        "at": said.at,
        "ours": said.ours,
        "kind": said.kind if said.kind in _KNOWN else "other",
        "version": referral.version,
        "who": (worker.name or worker.code if worker else "")
        if said.ours
        else party(said.who, lang, short=True),
        "state": state_text(said.wanted, lang) if said.wanted else "",
        "standing": ("proven" if said.proven else said.standing) if said.ours else "",
        "trouble": trouble,
    }
    return Event(**event | (_content(said, t, lang) if said.payload else {}))


def _content(said: Said, t: Say, lang: str) -> dict[str, Any]:
    payload, wanted, on = said.payload or Payload(), said.wanted, said.at.astimezone().date()
    body = payload.WhichOneof("body")
    if body == "status":
        status = payload.status
        outcome = policy().outcomes.get(status.outcome)
        return {
            "reason": reason_text(wanted, status.reason, lang),
            "outcome": outcome.label(lang) if outcome else status.outcome,
            "facts": told(status.facts, t, lang, on),
            "parts": [
                " · ".join(
                    filter(
                        None,
                        (
                            state_text(part.state, lang),
                            policy().outcomes[part.outcome].label(lang)
                            if part.outcome in policy().outcomes
                            else part.outcome,
                            reason_text(part.state, part.reason, lang),
                        ),
                    )
                )
                for part in status.parts
            ],
        }
    if body == "answer":
        return {"text": payload.answer.text, "facts": told(payload.answer.facts, t, lang, on)}
    if body in ("question", "reminder"):
        return {"text": getattr(payload, body).text}
    if body == "withdrawal":
        return {"reason": reason_text(wire.STATE_CANCELLED, payload.withdrawal.reason, lang)}
    if body == "opening":
        opening = payload.opening
        roles = {**vocabulary().node_roles, **vocabulary().hub_roles}
        purpose = policy().purposes.get(opening.purpose)
        return {
            "at": history.opened_at(opening, said.at),
            "role": roles[opening.role].label(lang) if opening.role in roles else opening.role,
            "desk_kind": opening.desk_kind,
            "purpose": purpose.label(lang) if purpose else opening.purpose,
        }
    return {}
