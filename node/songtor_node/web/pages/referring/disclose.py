"""What leaves and what stays, side by side; the words in free text; check and send. Rules M2 to M7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from starlette.responses import HTMLResponse, Response

from songtor_node.cases.facts import facts
from songtor_node.cases.record import read_record
from songtor_node.consents.ground import last_day
from songtor_node.referrals import acts, preview
from songtor_node.referrals.act import Act
from songtor_node.referrals.acts import Prepared
from songtor_node.referrals.pictures import pictures
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.pages.referring.refer import at_case, words
from songtor_node.web.referral import preparing
from songtor_node.web.referral.found_words import places
from songtor_node.web.referral.preparing import Plan, page_of
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import ConsentError, InputError, PeerError
from songtor_proto.minimise import Line, why_text
from songtor_proto.times import from_ms
from songtor_proto.vocabulary import vocabulary
from songtor_proto.wire.payload_pb2 import ABSENT_REASON_UNSAFE

_NO_KEYS = ("peer.unknown", "peer.key_changed", "peer.revoked")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact. `mine`: it is the worker's to move. `rule`: the code of the sentence `why`. `drawn`: it can
    be looked at as they would see it. `steps`: those of the plan that need it."""

    category: str
    value: str
    why: str
    rule: str
    mine: bool
    needed: bool
    drawn: bool
    steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """`unknown` and `unsafe`: categories that the recipient needs and is told that it does not get, and why;
    `uncovered`: what steps of the plan need and the ground does not cover.
    `size`: kB of the sealed part; 0 where it is too large to be sent."""

    leaves: Sequence[Row]
    stays: Sequence[Row]
    unknown: Sequence[str]
    unsafe: Sequence[str]
    uncovered: Sequence[str]
    size: float
    until: date
    seat: str
    to: str

    @property
    def kept_back(self) -> list[str]:
        """What the recipient needs and the worker, or the client, keeps here."""
        return [row.category for row in self.stays if row.needed and row.category not in self.unsafe]

    @property
    def not_agreed(self) -> bool:
        return any(row.rule == "client_did_not_agree" for row in self.stays)

    @property
    def by_plan(self) -> list[str]:
        """What steps of the plan need, and waits for the worker's tick."""
        return [row.category for row in self.stays if row.mine and row.steps]


def look(visit: Visit) -> Response:
    with at_case(visit, "preview") as (act, at):
        plan, seen = _plan(visit, act, at)
        if isinstance(seen, Response):
            return seen
        urgency = read_record(at.session, at.case).urgency
        return _look(visit, act, at, plan, seen, urgency)


def drawn(visit: Visit) -> Response:
    """What may leave as a picture, as who receives it will see it: from the message, not from the case."""
    with at_case(visit, "preview") as (_, at):
        record = read_record(at.session, at.case)
        said, today = facts(record, at.now.date()), at.now.astimezone().date()
        return visit.show(
            "refer/pictures.html",
            **words(visit, at),
            pictures=pictures(said, visit.t, visit.lang, today),
            people_left=1 + len(record.people) - len(said.genogram.people) if record.people else 0,
            events_left=len(record.events) - len(said.timeline),
        )


def preview_columns(visit: Visit) -> Response:
    """The columns as the boxes are ticked now: a part of the page, or the page again."""
    with at_case(visit, "preview") as (act, at):
        plan = _said(visit, act, at)
        if plan is None:
            return visit.go(page_of(visit.params["case"]))
        preparing.keep(act.session, visit, at.case.code, plan)
        if visit.request.headers.get("hx-target") != "disclosure":
            return visit.go(page_of(at.case.code, "/look"))
        level = read_record(at.session, at.case).urgency
        seen = preparing.looked_at(act, at.case, plan, visit.lang, level)
        return HTMLResponse(
            visit.render("refer/columns.html", **words(visit, at), columns=columns(seen, visit, act, at))
        )


def choose(visit: Visit) -> Response:
    """On from the two columns: to the words that were found, or to the last look."""
    with at_case(visit, "preview") as (act, at):
        plan = _said(visit, act, at)
        if plan is None:
            return visit.go(page_of(at.case.code))
        preparing.keep(at.session, visit, at.case.code, plan)
        at.session.flush()
        plan, seen = _plan(visit, act, at)
        if isinstance(seen, Response):
            return seen
        level = plan.urgency or read_record(at.session, at.case).urgency
        if level == "unknown":
            return _look(visit, act, at, plan, seen, level, error=InputError("missing", field="urgency"))
        if not preview.sealed_bytes(seen.draft):  # too large: the page says so
            return visit.go(page_of(at.case.code, "/look"))
        return visit.go(page_of(at.case.code, "/words" if seen.draft.search.uncleared else "/send"))


def words_found(visit: Visit) -> Response:
    """One place in free text after the other."""
    with at_case(visit, "preview") as (act, at):
        plan, seen = _plan(visit, act, at)
        if isinstance(seen, Response):
            return seen
        found = places(seen.draft.search, at.case.code, visit.lang)
        return visit.show(
            "refer/words.html",
            **words(visit, at),
            plan=plan,
            found=found,
            open=next((one for one in found if not one.cleared), None),
            number=1 + sum(one.cleared for one in found),
        )


def clear(visit: Visit) -> Response:
    """This one may go as it stands; or, `again`, is to be looked at once more."""
    with at_case(visit, "clear") as (act, at):
        plan, seen = _plan(visit, act, at)
        if isinstance(seen, Response):
            return seen
        there = {finding.id for finding in seen.draft.search.findings}
        cleared = ({*plan.clear, visit.said("clear")} - {visit.said("again")}) & there
        made = replace(plan, clear=tuple(sorted(cleared)))
        preparing.keep(at.session, visit, at.case.code, made)
        open_ = there - cleared
    return visit.go(page_of(at.case.code, "/words" if open_ else "/send"))


def check_all(visit: Visit) -> Response:
    with at_case(visit, "preview") as (act, at):
        plan, seen = _plan(visit, act, at)
        if isinstance(seen, Response):
            return seen
        level = plan.urgency or read_record(at.session, at.case).urgency
        if level == "unknown":
            return visit.go(page_of(at.case.code, "/look"))
        if seen.draft.search.uncleared:
            return visit.go(page_of(at.case.code, "/words"))
        return visit.show(
            "refer/send.html",
            **words(visit, at),
            plan=plan,
            level=level,
            ground=seen.ground,
            sight=seen.draft.terms.liaison_sight,
            columns=columns(seen, visit, act, at),
            cleared=len(seen.draft.search.findings),
            confirm_by=seen.ground.confirm_by,
        )


def send(visit: Visit) -> Response:
    """Once, however often the form comes: the plan goes with it, and its id is the referral's."""
    with at_case(visit, "refer") as (act, at):
        before = preparing.sent(at.session, at.case, visit.said("task"))
        if before is not None:
            return visit.go(f"/referrals/{before.reference}", done="sent")
        plan, seen = _plan(visit, act, at)
        if isinstance(seen, Response):
            return seen
        if plan.task != visit.said("task"):
            return visit.go(page_of(at.case.code, "/send"))
        wish = plan.wish(act, read_record(at.session, at.case).urgency)
        try:
            with at.session.begin_nested():
                done = (
                    acts.again(act, plan.again, wish, task=plan.id)
                    if plan.again
                    else acts.refer(act, at.case.code, wish, task=plan.id)
                )
        except ConsentError as error:
            if error.code != "consent.findings":
                raise
            return visit.go(page_of(at.case.code, "/words"))
        except PeerError as error:
            if error.code not in _NO_KEYS:
                raise
            return visit.go(page_of(at.case.code, "/whom"), done="no_keys")
        preparing.drop(at.session, visit, at.case.code)
    return visit.go(f"/referrals/{done.reference}", done="sent")


def columns(seen: Prepared, visit: Visit, act: Act, at: At) -> Columns:
    """Of what stays, that which the worker may move stands first, and of this what the plan needs."""
    disclosure, intent = seen.draft.disclosure, seen.draft.intent
    proposed = preparing.proposed(
        act, read_record(at.session, at.case), intent.purpose, intent.recipient, seen.ground.grant.categories
    )
    drawn = {
        one.category: one.summary
        for one in pictures(seen.known, visit.t, visit.lang, visit.now.astimezone().date())
    }

    def row(line: Line, mine: bool) -> Row:
        value, why = drawn.get(line.category, line.value_text), why_text(line.why, visit.lang)
        steps = proposed.why.get(line.category, ())
        seen_as = mine and line.category in drawn
        return Row(line.category, value, why, line.why, mine, line.needed, seen_as, steps)

    stays = [row(line, line.why == "not_ticked") for line in disclosure.stays if line.value_text]
    unsafe = [one.category for one in disclosure.absent if one.reason == ABSENT_REASON_UNSAFE]
    return Columns(
        leaves=[row(line, line.why != "always") for line in disclosure.leaves],
        stays=sorted(stays, key=lambda row: (not row.mine, not row.steps)),
        unknown=[one.category for one in disclosure.absent if one.category not in unsafe],
        unsafe=unsafe,
        uncovered=list(proposed.uncovered),
        size=preview.sealed_bytes(seen.draft) / 1000,
        until=last_day(from_ms(seen.draft.terms.expires_ms)),
        seat=intent.sender,
        to=intent.recipient,
    )


def _look(
    visit: Visit,
    act: Act,
    at: At,
    plan: Plan,
    seen: Prepared,
    urgency: str,
    error: InputError | None = None,
) -> Response:
    return visit.show(
        "refer/look.html",
        422 if error else 200,
        **words(visit, at),
        plan=plan,
        ground=seen.ground,
        sight=seen.draft.terms.liaison_sight,
        columns=columns(seen, visit, act, at),
        level=plan.urgency or urgency,
        levels=[code for code in vocabulary().threat_levels if code != "unknown"],
        alone=seen.ground.confirm_by,
        error=error.words(visit.lang) if error else "",
    )


def _plan(visit: Visit, act: Act, at: At) -> tuple[Plan, Prepared | Response]:
    """The plan and what would leave by it; or where to go instead."""
    plan = preparing.found(at.session, visit, at.case.code)
    if plan is None or not plan.to:
        return Plan(task=""), visit.go(page_of(at.case.code))
    try:
        return plan, preparing.looked_at(
            act, at.case, plan, visit.lang, read_record(at.session, at.case).urgency
        )
    except ConsentError:
        return plan, visit.go(page_of(at.case.code, "/consent"))


def _said(visit: Visit, act: Act, at: At) -> Plan | None:
    """The plan as the form says it now."""
    plan = preparing.found(at.session, visit, at.case.code)
    if plan is None:
        return None
    level, sight = visit.said("urgency"), visit.said("sight")
    said = {code for code in visit.all_said("tick") if code in act.policy.categories}
    if visit.said("by_plan") and plan.to:  # one tap of the worker's, for all that its steps need
        record = read_record(at.session, at.case)
        said |= preparing.proposed(act, record, plan.purpose, plan.to, act.policy.categories).offered.keys()
    return replace(
        plan,
        ticked="true",
        tick=tuple(sorted(said)),
        urgency=level if level in vocabulary().threat_levels else plan.urgency,
        sight="" if not visit.said("sight_asked") else "yes" if sight else "no",
    )


PAGES = (
    Page(path="/cases/{case}/refer/pictures", may=May.CASEWORK, get=drawn),
    Page(path="/cases/{case}/refer/look", may=May.CASEWORK, get=look, post=choose),
    Page(path="/cases/{case}/refer/preview", may=May.CASEWORK, post=preview_columns),
    Page(path="/cases/{case}/refer/words", may=May.CASEWORK, get=words_found, post=clear),
    Page(path="/cases/{case}/refer/send", may=May.CASEWORK, get=check_all, post=send),
)
