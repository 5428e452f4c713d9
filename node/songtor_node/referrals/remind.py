"""A note to the other end, from either; it moves nothing. Rule M7."""

from __future__ import annotations

from collections.abc import Collection

from songtor_node.cases.facts import known_values
from songtor_node.cases.models import Case
from songtor_node.cases.record import read_record
from songtor_node.referrals import find, history, outbox
from songtor_node.referrals.act import Act
from songtor_node.referrals.compose import search_text
from songtor_node.referrals.models import Referral
from songtor_proto import lifecycle
from songtor_proto.errors import ConsentError, InputError
from songtor_proto.findings import Search, identities
from songtor_proto.lifecycle import Actor
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Payload, Reminder


def remind(act: Act, text: str, words: str, *, cleared: Collection[str]) -> Referral:
    """The same words twice are said once. EnvelopeError("transition") before it was sent; ConsentError:
    withdrawn, findings; InputError("missing")."""
    referral = find.thread(act, text, what="remind")[-1]
    if referral.withdrawn_at is not None:
        raise ConsentError("withdrawn", field="reference")
    actor = Actor.REFERRER if referral.outgoing else Actor.RECIPIENT
    lifecycle.step(referral.state, 0, actor, kind=wire.KIND_REMINDER)
    if not words.strip():
        raise InputError("missing", field="text")
    found_in_note(act, referral, words, cleared=cleared).require_cleared()
    note = Payload(reminder=Reminder(text=words.strip()))
    before = [said.payload for said in history.messages(act.session, referral.task) if said.ours]
    if note not in before:
        outbox.post(act, referral, wire.KIND_REMINDER, note)
    return referral


def found_in_note(act: Act, referral: Referral, words: str, *, cleared: Collection[str]) -> Search:
    """What a person must look at before it may go; what the referral told is known at both ends."""
    case = act.session.get(Case, referral.case_id) if referral.case_id else None
    told = Payload.FromString(referral.payload or b"").referral.facts
    return search_text(
        {"text": words},
        known=known_values(read_record(act.session, case)) if case else {},
        told=identities(told),
        cleared=cleared,
        sender=act.me.seat,
    )
