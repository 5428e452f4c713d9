"""The centre refers a case of its own to a node, by the rules that nodes keep. Rules C1 to C11, M2, M7, L9.

The case file with its ground, and what was sent of it, are kept sealed to the desk's own key, as part of the
act's record.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from songtor_hub.addresses import HUB
from songtor_hub.desks import references
from songtor_hub.desks.case_file import CaseFile, nameless, parse_facts, read_case
from songtor_hub.desks.desk import SENT, Desk, Saying, Task
from songtor_hub.desks.model import Act, Officer
from songtor_hub.desks.officers import AT_A_DESK
from songtor_hub.store.engine import reading
from songtor_proto.address import Address
from songtor_proto.consent import Grant, check_grant, check_terms, terms
from songtor_proto.envelope import uuid7
from songtor_proto.errors import ConsentError, InputError, PeerError
from songtor_proto.findings import Search, identities, search
from songtor_proto.minimise import Disclosure, default_ticks, split, strings, violations
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import jurisdictions
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Payload, Referral

SALT_SIZE = 32
CASE = "case"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the node is to get: to be shown, then sent."""

    reference: str
    disclosure: Disclosure
    search: Search
    saying: Saying
    kept: Act


def prepare(
    desk: Desk,
    content: bytes,
    to: str,
    *,
    again: str = "",
    cleared: Collection[str] = (),
    lang: str = "th",
) -> Draft:
    """The referral of a case file, sealed but not sent. `again`: the reference it is a new version of (L9).

    PeerError("role") anywhere but at the centre. InputError: what `read_case` raises, "unknown_code",
    "address"; ConsentError: what the ground lacks. The centre is never alone: two officers at once (C7).
    """
    if desk.term.kind != "centre":
        raise PeerError("role", field=desk.officer.role)
    if not Address.parse(to).is_node:
        raise InputError("unknown_code", field="--to")
    file = read_case(content)
    if file.referrer not in desk.hub.policy.referrers:
        raise InputError("unknown_code", field="referrer")
    before = _version_before(desk, again, to) if again else None
    reference = before.reference if before else references.new(desk.hub)
    facts = nameless(parse_facts(file.facts))
    disclosure, grant = _disclosure(desk, file, facts, to, reference, lang)
    said = Referral(facts=disclosure.facts, absent=disclosure.absent, referrer=file.referrer)
    bounds = terms(
        grant,
        categories=disclosure.categories,
        recipient=to,
        salt=desk.hub.random(SALT_SIZE),
    )
    payload = Payload(terms=bounds, referral=said)
    header = _header(desk, file, to, reference, bounds, before)
    check_terms(header, bounds, desk.hub.policy, desk.now())
    if violations(payload, bounds, desk.hub.policy, to):
        raise ConsentError("more_than_terms", field=to)
    return Draft(
        reference,
        disclosure,
        search(
            dict(strings(disclosure.facts)),
            identities(facts),
            told=identities(disclosure.facts),
            country=Address.parse(to).country,
            cleared=cleared,
        ),
        desk.say(header, payload, CASE, note=content),
        desk.record(header.task, SENT, Payload(referral=said).SerializeToString()),
    )


def send(desk: Desk, draft: Draft) -> None:
    """ConsentError("findings") while free text holds one that was not cleared (M7)."""
    draft.search.require_cleared()
    desk.commit(draft.saying, acts=[draft.kept])


def filed(desk: Desk, task: Task) -> Facts:
    """The facts of the case file that a referral was made of; none where it is destroyed."""
    file = _file(desk, task)
    return parse_facts(file.facts) if file else Facts()


def purpose_filed(desk: Desk, task: Task) -> str:
    """What it was referred for; empty where the file is destroyed."""
    file = _file(desk, task)
    return file.consent.purpose if file else ""


def _file(desk: Desk, task: Task) -> CaseFile | None:
    kept = [desk.unseal(act) for act in desk.acts(task.id) if act.act == CASE]
    return read_case(kept[0]) if kept and kept[0] else None


def _version_before(desk: Desk, again: str, to: str) -> Task:
    before = desk.referred(again)
    if before.recipient != to:
        raise InputError("not_here", field="--to")
    return before


def _disclosure(
    desk: Desk, file: CaseFile, facts: Facts, to: str, reference: str, lang: str
) -> tuple[Disclosure, Grant]:
    hub, now = desk.hub, desk.now()
    if file.consent.second:
        _check_second(desk, file.consent.second)
    law = jurisdictions()[Address.parse(HUB).country]
    grant = file.to_grant(law, hub.policy, hub.vocabulary, code=reference, by=desk.officer.code, now=now)
    if grant.confirm_by is not None:
        raise ConsentError("second_person", field="consent.second")
    grant = check_grant(grant, purpose=file.consent.purpose, recipient=to, now=now)
    ticked = default_ticks(hub.policy, grant.purpose, to, grant) | set(file.share)
    disclosure = split(
        facts,
        policy=hub.policy,
        purpose=grant.purpose,
        recipient=to,
        grant=grant,
        ticked=ticked,
        unsafe=file.unsafe,
        lang=lang,
    )
    return disclosure, grant


def _check_second(desk: Desk, code: str) -> None:
    with reading(desk.hub.engine) as connection, Session(connection) as session:
        officer = session.get(Officer, code)
    if officer is None or officer.closed_ms is not None or officer.role not in AT_A_DESK:
        raise PeerError("officer", field="consent.second")


def _header(
    desk: Desk, file: CaseFile, to: str, reference: str, bounds: wire.Terms, before: Task | None
) -> wire.Header:
    now_ms = to_ms(desk.now())
    identity = uuid7(now_ms, desk.hub.random)
    return wire.Header(
        envelope_id=identity,
        kind=wire.KIND_REFERRAL,
        sender=desk.address,
        recipient=to,
        reference=reference,
        urgency=wire.Urgency.Value(f"URGENCY_{file.urgency.upper()}"),
        created_ms=now_ms,
        expires_ms=bounds.expires_ms,
        thread=before.thread if before else identity,
        task=identity,
        task_version=before.version + 1 if before else 1,
    )
