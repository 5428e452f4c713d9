"""Refer a case: what for, to whom, and on what ground. What leaves is the next page's (`disclose`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from starlette.responses import Response

from songtor_node.cases import service
from songtor_node.cases.models import Case
from songtor_node.cases.record import read_record
from songtor_node.consents import acts as consents
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import last_day
from songtor_node.consents.models import Consent
from songtor_node.forms import check
from songtor_node.keys import reachable
from songtor_node.referrals import suggest
from songtor_node.referrals.act import Act
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, fields_of, typed
from songtor_node.web.forms.drafts import Draft, drafted, drop_draft, keep_draft
from songtor_node.web.referral import preparing
from songtor_node.web.referral.parties import land, party
from songtor_node.web.referral.preparing import Plan, page_of
from songtor_node.web.visit import At, Visit
from songtor_proto.consent import check_grant
from songtor_proto.errors import ConsentError, InputError, SongtorError
from songtor_proto.remit import impersonal, of_use
from songtor_proto.vocabulary import jurisdictions

_HARM = Ask("harm", "prose", words="danger_harm")
_INCAPACITY = Ask("incapacity", "prose", words="danger_incapacity")


class Covered(NamedTuple):
    """A disclosure that a ground carries now."""

    ground: Consent
    to: str

    @property
    def until(self) -> date:
        return last_day(self.ground.expires_at)


@contextmanager
def at_case(visit: Visit, what: str) -> Iterator[tuple[Act, At]]:
    """The path's case in a transaction that may cause envelopes; the look is recorded."""
    with visit.act() as act:
        case, by = service.find(act.session, visit.params["case"], act.by, what=what, now=act.now)
        yield act, At(act.session, case, by, act.now)


def words(visit: Visit, at: At) -> dict[str, Any]:
    """What every page of a referral in the making shows."""
    return {**frame(at), "party": partial(party, lang=visit.lang), "land": partial(land, lang=visit.lang)}


def what_for(visit: Visit) -> Response:
    try:
        return _what_for(visit)
    except InputError as error:
        if error.code != "input.not_enrolled":
            raise
    with visit.at("refer") as at:
        return visit.show("refer/not_enrolled.html", **frame(at))


def _what_for(visit: Visit) -> Response:
    with at_case(visit, "refer") as (act, at):
        record = read_record(at.session, at.case)
        first = suggest.purposes(act.policy, [one.code for one in record.problems], record.urgency)
        return visit.show(
            "refer/what_for.html",
            **words(visit, at),
            covered=_covered(act, at.case),
            first=first[:4],
            others=[code for code in act.policy.purposes if code not in first[:4]],
            plan=preparing.found(at.session, visit, at.case.code),
        )


def choose_what_for(visit: Visit) -> Response:
    """A purpose; or, where a ground carries it, the recipient with it: then straight to what leaves."""
    with at_case(visit, "refer") as (act, at):
        ground, to, purpose = visit.said("ground"), visit.said("to"), visit.said("purpose")
        if ground:
            consent = at.session.get(Consent, ground)
            if consent is None or consent.case_id != at.case.id or to not in consent.recipients:
                raise InputError("not_here", field="consent")
            purpose = consent.purpose
        if purpose not in act.policy.purposes:
            raise InputError("unknown_code", field="purpose")
        before = preparing.found(at.session, visit, at.case.code)
        plan = preparing.begin(act, purpose=purpose, to=to if ground else "", ground=ground)
        if before is not None and before.again and before.purpose == purpose:  # still the next version
            plan = replace(before, to=plan.to, ground=ground)
        plan = preparing.with_proposed(act, read_record(at.session, at.case), plan)
        preparing.keep(at.session, visit, at.case.code, plan)
    return visit.go(page_of(at.case.code, "/look" if ground else "/whom"))


def whom(visit: Visit) -> Response:
    with at_case(visit, "refer") as (act, at):
        plan = preparing.found(at.session, visit, at.case.code)
        if plan is None or not plan.purpose:
            return visit.go(page_of(at.case.code))
        client, family = suggest.whereabouts(read_record(at.session, at.case))
        found = suggest.recipients(
            act.policy,
            visit.node.vocabulary,
            plan.purpose,
            own=act.me.seat,
            client=client,
            family=family,
            known=reachable(at.session),
        )
        covered = {one.to for one in _covered(act, at.case) if one.ground.purpose == plan.purpose}
        return visit.show("refer/whom.html", **words(visit, at), plan=plan, found=found, covered=covered)


def choose_whom(visit: Visit) -> Response:
    with at_case(visit, "refer") as (act, at):
        plan = preparing.found(at.session, visit, at.case.code)
        if plan is None:
            return visit.go(page_of(at.case.code))
        to = visit.said("to") or visit.said("other")
        if to not in reachable(at.session):
            return visit.go(page_of(at.case.code, "/whom"))
        made = replace(plan, to=to, ground="", sight="", clear=(), ticked=plan.ticked if plan.again else "")
        made = preparing.with_proposed(act, read_record(at.session, at.case), made)
        preparing.keep(at.session, visit, at.case.code, made)
    return visit.go(page_of(at.case.code, "/look"))


def consent(visit: Visit) -> Response:
    """Nothing carries it yet: why, and what to do."""
    with at_case(visit, "refer") as (act, at):
        plan = preparing.found(at.session, visit, at.case.code)
        if plan is None or not plan.to:
            return visit.go(page_of(at.case.code))
        record = read_record(at.session, at.case)
        try:
            preparing.looked_at(act, at.case, plan, visit.lang, record.urgency)
        except ConsentError as error:
            missing = error.code == "consent.missing"
            return visit.show(
                "refer/consent.html",
                **words(visit, at),
                plan=plan,
                why="" if missing else error.words(visit.lang),
                red=record.urgency == "red",
            )
    return visit.go(page_of(at.case.code, "/look"))


def ask(visit: Visit) -> Response:
    """To the conversation about consent, which knows what for and to whom. (A draft, so that no address
    does.)"""
    with visit.at("refer") as at:
        plan = preparing.found(at.session, visit, at.case.code)
        if plan is None:
            return visit.go(page_of(at.case.code))
        asked = f"/cases/{at.case.code}/consents/new"
        draft = at.session.get(Draft, (visit.me.code, asked))
        said = {**(draft.values if draft else {}), "purpose": [plan.purpose], "recipients": [plan.to]}
        keep_draft(at.session, visit.me.code, asked, said, at.now)
        if plan.ground:
            preparing.keep(at.session, visit, at.case.code, replace(plan, ground=""))
    return visit.go(asked)


def night(visit: Visit) -> Response:
    """Danger to life, and nobody to ask: one worker alone, for what says nothing of who it is (C7)."""
    with at_case(visit, "refer") as (act, at):
        plan = preparing.found(at.session, visit, at.case.code)
        if plan is None or not plan.to:
            return visit.go(page_of(at.case.code))
        values, _ = drafted(at.session, visit, _asks(act), {})
        return _night(visit, act, at, plan, values)


def stand_for(visit: Visit) -> Response:
    with at_case(visit, "vital_interest") as (act, at):
        plan = preparing.found(at.session, visit, at.case.code)
        if plan is None or not plan.to:
            return visit.go(page_of(at.case.code))
        if plan.ground:
            return visit.go(page_of(at.case.code, "/look"))
        values = typed(visit, _asks(act))
        given = {
            **values,
            "basis": "vital_interest",
            "purpose": plan.purpose,
            "recipients": [plan.to],
            "categories": sorted(impersonal(act.policy) & of_use(act.policy, plan.purpose)),
        }
        house = consents.house_of(visit.node)
        try:
            form = check(ConsentForm, given)
            with at.session.begin_nested():
                ground = consents.record(
                    at.session, at.case, form, house, by=at.by, now=at.now, random=act.random
                )
        except (InputError, ConsentError) as error:
            return _night(visit, act, at, plan, values, error=error)
        drop_draft(at.session, visit.me.code, visit.here)
        made = replace(plan, ground=ground.code, urgency="red", ticked="", tick=())
        made = preparing.with_proposed(act, read_record(at.session, at.case), made)
        preparing.keep(at.session, visit, at.case.code, made)
    return visit.go(page_of(at.case.code, "/look"))


def _night(
    visit: Visit,
    act: Act,
    at: At,
    plan: Plan,
    values: dict[str, Any],
    *,
    error: SongtorError | None = None,
) -> Response:
    wrong = InputError("missing", field=error.field) if error else None
    fields = fields_of(visit, _asks(act), values, wrong)
    return visit.show(
        "refer/night.html",
        422 if error else 200,
        **words(visit, at),
        plan=plan,
        fields=fields,
        message="" if error is None or any(one.error for one in fields) else error.words(visit.lang),
    )


def _asks(act: Act) -> list[Ask]:
    law = jurisdictions()[act.me.seat[:2]]
    return [_HARM, _INCAPACITY] if law.vital_needs_incapacity else [_HARM]


def _covered(act: Act, case: Case) -> list[Covered]:
    """What may go now, the newest ground first."""
    to_whom = reachable(act.session)
    found: dict[tuple[str, str], Covered] = {}
    for ground in reversed(consents.listing(act.session, case)):
        for to in ground.recipients:
            try:
                check_grant(ground.grant, purpose=ground.purpose, recipient=to, now=act.now)
            except ConsentError:
                continue
            if to in to_whom:
                found.setdefault((ground.purpose, to), Covered(ground, to))
    return list(found.values())


PAGES = (
    Page(path="/cases/{case}/refer", may=May.CASEWORK, get=what_for, post=choose_what_for),
    Page(path="/cases/{case}/refer/whom", may=May.CASEWORK, get=whom, post=choose_whom),
    Page(path="/cases/{case}/refer/consent", may=May.CASEWORK, get=consent, post=ask),
    Page(path="/cases/{case}/refer/night", may=May.CASEWORK, get=night, post=stand_for),
)
