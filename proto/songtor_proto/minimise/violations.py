"""Whether a payload says more than it may, as the recipient works it out on opening. Rules M6, M8 and M9."""

from __future__ import annotations

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from songtor_proto.minimise.fields import FACTS
from songtor_proto.minimise.nameless import oversteps
from songtor_proto.remit import allowed, purpose_of
from songtor_proto.vocabulary import Policy
from songtor_proto.wire.envelope_pb2 import Terms
from songtor_proto.wire.payload_pb2 import ABSENT_REASON_UNKNOWN, ABSENT_REASON_UNSAFE, Facts, Payload


def violations(payload: Payload, terms: Terms, policy: Policy, recipient: str) -> tuple[str, ...]:
    """Names of what oversteps, never values; empty where all is well.

    `terms` are those of the referral that the payload belongs to. A referral or an answer keeps to terms and
    policy for `recipient`; a status to the purpose's replies. A field that this side's schema does not name
    has no category and so always oversteps. ConsentError("purpose") where the policy has no such purpose.
    """
    found = _unknown(payload, "payload")
    body = payload.WhichOneof("body")
    if payload.HasField("terms") and payload.terms != terms:
        found.append("terms")
    if body in ("referral", "answer"):
        granted = allowed(policy, terms.purpose, recipient) & frozenset(terms.categories)
        found += _outside(
            payload.referral.facts if body == "referral" else payload.answer.facts, body, granted
        )
    elif body == "status":
        # Whether a traced person agreed (C9) is known to the desk alone: it keeps that rule when it composes.
        granted = frozenset(purpose_of(policy, terms.purpose).replies)
        found += _outside(payload.status.facts, body, granted)
    found += [
        f"referral.absent.{index}"
        for index, absent in enumerate(payload.referral.absent)
        if absent.reason not in (ABSENT_REASON_UNKNOWN, ABSENT_REASON_UNSAFE)
        or absent.category not in policy.categories
    ]
    return tuple(found)


def _outside(facts: Facts, body: str, granted: frozenset[str]) -> list[str]:
    over = [field.name for field, _ in facts.ListFields() if FACTS[field.name] not in granted]
    return [f"{body}.facts.{name}" for name in dict.fromkeys([*over, *oversteps(facts)])]


def _unknown(message: Message, path: str) -> list[str]:
    unknown = UnknownFieldSet(message)
    found = [f"{path}.#{unknown[index].field_number}" for index in range(len(unknown))]
    for field, value in message.ListFields():
        if field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                found += _unknown(inner, f"{path}.{field.name}")
    return found
