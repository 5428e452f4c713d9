"""Composing a referral: from facts and a ground to a payload with its terms, or to a refusal. Pure.

Nothing is built without a ground that carries it now; what is built passes the very checks of those who
receive it. Rules C1 to C11, M1 to M7.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from songtor_proto.address import Address
from songtor_proto.consent import Grant, check_grant, check_terms, terms
from songtor_proto.errors import ConsentError
from songtor_proto.findings import Search, identities, search
from songtor_proto.minimise import Disclosure, keep, split, strings, violations
from songtor_proto.times import Random, to_ms
from songtor_proto.vocabulary import Policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Answer, Facts, Payload, Referral

SALT_SIZE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the worker asks for. `ticked` None leaves it to the default; `sight` None to the client's choice.

    `cleared` holds ids of findings.
    """

    sender: str
    recipient: str
    purpose: str
    urgency: wire.Urgency.ValueType
    ticked: frozenset[str] | None = None
    cleared: frozenset[str] = frozenset()
    sight: bool | None = None
    referrer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What would be sent. It may be sent once every finding of its `search` is cleared."""

    payload: Payload
    terms: wire.Terms
    disclosure: Disclosure
    intent: Intent
    search: Search
    salt: bytes = field(repr=False)


def compose(
    facts: Facts,
    grant: Grant | None,
    intent: Intent,
    *,
    policy: Policy,
    known: Mapping[str, Collection[str]],
    unsafe: Collection[str],
    now: datetime,
    random: Random,
    lang: str = "th",
) -> Draft:
    """`known`: the case's own values by category, which free text is searched for; `unsafe`: categories.

    ConsentError as `check_grant` and `check_terms`, and `sight` where the client did not agree to it.
    """
    grant = check_grant(grant, purpose=intent.purpose, recipient=intent.recipient, now=now)
    if intent.sight is not None:
        if intent.sight and not grant.liaison_sight:
            raise ConsentError("sight", field="liaison_sight")
        grant = replace(grant, liaison_sight=intent.sight)
    disclosure = split(
        facts,
        policy=policy,
        purpose=intent.purpose,
        recipient=intent.recipient,
        grant=grant,
        ticked=intent.ticked,
        unsafe=unsafe,
        lang=lang,
    )
    salt = random(SALT_SIZE)
    said = terms(grant, categories=disclosure.categories, recipient=intent.recipient, salt=salt)
    payload = Payload(
        referral=Referral(facts=disclosure.facts, absent=disclosure.absent, referrer=intent.referrer)
    )
    if Address.parse(intent.recipient).is_node:
        payload.terms.CopyFrom(said)
    _check_as_recipient(payload, said, intent, policy, now)
    return Draft(
        payload=payload,
        terms=said,
        disclosure=disclosure,
        intent=intent,
        search=search(
            dict(strings(disclosure.facts)),
            known,
            told=identities(disclosure.facts),
            country=Address.parse(intent.sender).country,
            cleared=intent.cleared,
        ),
        salt=salt,
    )


def compose_answer(
    text: str,
    facts: Facts,
    categories: Collection[str],
    said: wire.Terms,
    *,
    known: Mapping[str, Collection[str]],
    unsafe: Collection[str],
    cleared: Collection[str],
    sender: str,
    now: datetime,
) -> tuple[Payload, Search]:
    """An answer to a question, with facts of these categories, and what was found in it; it may be sent once
    every finding is cleared. Facts need the referral's own terms, still in force (C4), and nobody asks for
    what is not safe to send (M4).

    ConsentError: expired, categories, unsafe.
    """
    if categories and to_ms(now) >= said.expires_ms:
        raise ConsentError("expired", field="expires_at")
    if not set(categories) <= set(said.categories):
        raise ConsentError("categories", field="categories")
    check_safe(categories, unsafe)
    answer = Answer(text=text, facts=keep(facts, categories)) if categories else Answer(text=text)
    found = search_text(
        {"text": text, **dict(strings(answer.facts))},
        known=known,
        told=identities(keep(facts, said.categories)),
        cleared=cleared,
        sender=sender,
    )
    return Payload(answer=answer), found


def check_safe(given: Collection[str], unsafe: Collection[str]) -> None:
    """ConsentError("unsafe"): what the case says is not safe to pass on never leaves, whoever asks (M4)."""
    if over := sorted(set(given) & set(unsafe)):
        raise ConsentError("unsafe", field=" ".join(over))


def search_text(
    texts: Mapping[str, str],
    *,
    known: Mapping[str, Collection[str]],
    told: Mapping[str, Collection[str]],
    cleared: Collection[str],
    sender: str,
) -> Search:
    """Whatever a worker writes is searched before it leaves (M7)."""
    return search(texts, known, told=told, country=Address.parse(sender).country, cleared=cleared)


def _check_as_recipient(
    payload: Payload, said: wire.Terms, intent: Intent, policy: Policy, now: datetime
) -> None:
    """The door's and the recipient's own checks, so that nothing is sealed that they would refuse."""
    header = wire.Header(
        sender=intent.sender,
        recipient=intent.recipient,
        urgency=intent.urgency,
        created_ms=to_ms(now),
        expires_ms=said.expires_ms,
    )
    check_terms(header, said, policy, now)
    if violations(payload, said, policy, intent.recipient):
        raise ConsentError("more_than_terms")
