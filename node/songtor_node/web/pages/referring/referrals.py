"""Referrals, sent and received: the list, and one referral's own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from songtor_node.cases.models import Case
from songtor_node.consents.ground import last_day
from songtor_node.consents.models import Consent
from songtor_node.referrals import find, history, recall, replies
from songtor_node.referrals.find import Which
from songtor_node.referrals.models import Referral
from songtor_node.store.engine import writing
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.pages.cases.looks import words as look_words
from songtor_node.web.printing import picture_blocks, printed, sheet_of
from songtor_node.web.referral import preparing
from songtor_node.web.referral.parties import land, party
from songtor_node.web.referral.preparing import page_of
from songtor_node.web.referral.story import Told, reason_text, state_text, story, told
from songtor_node.web.visit import Visit
from songtor_proto import lifecycle
from songtor_proto.errors import ConsentError, EnvelopeError, InputError
from songtor_proto.lifecycle import OPEN
from songtor_proto.minimise import replies as may_reply
from songtor_proto.minimise import why_text
from songtor_proto.remit import purpose_of
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import ABSENT_REASON_UNSAFE, Payload
from songtor_web.dates import date_text, time_text
from songtor_web.paper.sheets import Block, Facts, Heading, Note, Table
from songtor_web.pictures.received import Shown

SIZE = 25  # referrals a page
LOOKS = 50  # shown of one
_RESULTS: dict[int, str] = {
    wire.RECALL_RESULT_DESTROYED: "destroyed",
    wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY: "kept",
    wire.RECALL_RESULT_NOT_REACHED: "not_reached",
}
_TONES: dict[int, str] = {
    wire.STATE_DRAFT: "late",
    wire.STATE_REQUESTED: "waiting",
    wire.STATE_ON_HOLD: "waiting",
    wire.STATE_ACCEPTED: "begun",
    wire.STATE_IN_PROGRESS: "begun",
    wire.STATE_COMPLETED: "done",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one referral is, in words: for a line of a list and the head of its page."""

    referral: Referral
    state: str
    tone: str
    stage: str
    overdue: bool
    awaited: bool  # its first answer
    withdrawn: bool
    level: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What left, or stayed, when it was sent."""

    category: str
    value: str
    why: str
    picture: Shown | None = None


def standing(visit: Visit, one: Referral) -> Standing:
    data = history.referral_data(one, visit.now)
    is_open = one.state in OPEN and one.withdrawn_at is None
    return Standing(
        referral=one,
        state=state_text(one.state, visit.lang),
        tone=_TONES.get(one.state, "none"),
        stage=data["stage"],
        overdue=data["overdue"] and is_open,
        awaited=is_open and one.responded_at is None,
        withdrawn=one.withdrawn_at is not None,
        level=data["urgency"],
    )


def words(visit: Visit) -> dict[str, Any]:
    return {"party": partial(party, lang=visit.lang), "land": partial(land, lang=visit.lang)}


def listing(visit: Visit) -> Response:
    asked, at = visit.asked("show"), visit.page_number
    which = Which(asked) if asked in {one.value for one in Which} else Which.OPEN
    with visit.reading() as session:
        found, total = find.page(session, visit.me.code, which, now=visit.now, size=SIZE, number=at)
        return visit.show(
            "referral/list.html",
            **words(visit),
            which=which.value,
            filters=[one.value for one in Which],
            rows=[standing(visit, one) for one in found],
            number=at,
            more=total > at * SIZE,
            total=total,
        )


def show(visit: Visit) -> Response:
    node = visit.node
    with writing(node.engine) as session:
        versions = find.versions(
            session, visit.params["reference"], visit.me.code, what="referral", now=visit.now
        )
        newest = versions[-1]
        case = session.get(Case, newest.case_id) if newest.case_id else None
        shown: dict[str, Any] = {
            **words(visit),
            "one": newest,
            "stand": standing(visit, newest),
            "case_code": case.code if case else "",
            "events": story(session, versions, visit.t, visit.lang),
            "openings": history.openings(session, [one.task for one in versions]),
            "copies": _copies(visit, session, versions),
            "looks": [] if case else _looks(visit, session, newest.reference),
            "onward": [standing(visit, part) for part in recall.parts(session, newest)],
            "reason": reason_text(newest.state, newest.reason, visit.lang) if newest.reason else "",
            "versions": versions,
            "until": last_day(newest.expires_at),
            "is_open": newest.state in OPEN and newest.withdrawn_at is None,
            "phase": lifecycle.code(newest.state).replace("-", "_"),
            "stages": list(node.vocabulary.referral_stages),
        }
        if newest.outgoing:
            ground = session.get(Consent, newest.ground)
            return visit.show(
                "referral/sent.html", **shown, leaves=_lines(visit, newest, leaves=True),
                stays=_lines(visit, newest, leaves=False), ground=ground,
                refused=newest.state == wire.STATE_DRAFT, asked=newest.state == wire.STATE_ON_HOLD,
            )  # fmt: skip
        return visit.show("referral/received.html", **shown, **_received(visit, newest))


def sent_pdf(visit: Visit) -> Response:
    """What left, word for word, and which data stayed. InputError("not_here") for one that came in."""
    with writing(visit.node.engine) as session:
        named = visit.params["reference"]
        one = find.versions(session, named, visit.me.code, what="referral pdf", now=visit.now)[-1]
        if not one.outgoing:
            raise InputError("not_here", field="reference")
        stand = standing(visit, one)
        left, stayed = (_lines(visit, one, leaves=leaves) for leaves in (True, False))
        purpose, kinds = policy().purposes[one.purpose], policy().categories
        said = {
            "to": party(one.peer, visit.lang),
            "for": purpose.label(visit.lang),
            "on": time_text(one.created_at, visit.lang),
            "version": str(one.version),
            "state": stand.state,
            "ground": one.ground,
            "until": date_text(last_day(one.expires_at), visit.lang),
        }
        destroyed, reference = not one.payload, one.reference
    t = visit.t
    blocks: list[Block] = [Facts([(str(t(f"paper.sent_{key}")), value) for key, value in said.items()])]
    if destroyed:
        blocks.append(Note(str(t("paper.sent_destroyed"))))
    for key, lines, second in (("left", left, "said"), ("stayed", stayed, "why")):
        rows = [
            (kinds[line.category].label(visit.lang), line.value if key == "left" else line.why)
            for line in lines
        ]
        blocks.append(Heading(str(t(f"paper.sent_{key}"))))
        blocks.append(Table([str(t("paper.sent_what")), str(t(f"paper.sent_{second}"))], rows, (2, 5)))
    for line in left:
        if line.picture:
            label = kinds[line.category].label(visit.lang)
            drawn = picture_blocks([str(line.picture.draw())], label, line.picture.words())
            blocks += [Heading(label), *drawn]
    title = str(t("paper.sent"))
    return printed(sheet_of(visit, title, blocks, code=reference, subtitle=reference), name=reference)


def again(visit: Visit) -> Response:
    """A new version: what left before is ticked; the same recipient, or another."""
    with visit.act() as act:
        before = find.sent(act, visit.params["reference"], what="again")
        case = act.session.get(Case, before.case_id) if before.case_id else None
        if case is None:
            raise EnvelopeError("not_found", field="case")
        other = visit.said("to") == "other"
        plan = preparing.begin(act, purpose=before.purpose, to="" if other else before.peer)
        level = history.referral_data(before, act.now)["urgency"]
        plan = replace(
            plan,
            again=before.reference,
            ticked="true",
            tick=tuple(sorted({line["category"] for line in before.lines if line["leaves"]})),
            urgency=level if level in visit.node.vocabulary.threat_levels else "",
        )
        preparing.keep(act.session, visit, case.code, plan)
    return visit.go(page_of(case.code, "/whom" if other else "/look"))


def _received(visit: Visit, one: Referral) -> dict[str, Any]:
    """What was referred here, as far as it may still be read, and what may be told back."""
    try:
        said = replies.read(one, visit.now)
    except ConsentError as error:
        return {"closed": error.words(visit.lang)}
    back = may_reply(policy(), one.purpose, traced_person_consented=True)
    categories = policy().categories
    return {
        "closed": "",
        "facts": told(said.facts, visit.t, visit.lang, _day(one)),
        "absent": [(one.category, one.reason == ABSENT_REASON_UNSAFE) for one in said.absent],
        "referrer": said.referrer,
        "back_words": ", ".join(categories[code].label(visit.lang) for code in categories if code in back),
        "traced": purpose_of(policy(), one.purpose).traced_person_consents,
    }


def _lines(visit: Visit, one: Referral, *, leaves: bool) -> list[Kept]:
    facts = Payload.FromString(one.payload or b"").referral.facts
    values = {fact.category: fact for fact in told(facts, visit.t, visit.lang, _day(one))}
    nothing = Told("", "")
    return [
        Kept(
            line["category"],
            values.get(line["category"], nothing).value,
            why_text(line["why"], visit.lang),
            values.get(line["category"], nothing).picture,
        )
        for line in one.lines
        if line["leaves"] == leaves and line.get("known", True)
    ]


def _day(one: Referral) -> date:
    """On which it was sent: ages in its pictures are those of then."""
    return one.created_at.astimezone().date()


def _looks(visit: Visit, session: Session, reference: str) -> list[tuple[str, str, datetime]]:
    """Who looked at what is no case (a case tells its own), at what and when; the newest first."""
    return [
        (one.by, look_words(visit.texts, visit.lang, one.what), one.at)
        for one in reversed(find.looks(session, reference)[-LOOKS:])
    ]


def _copies(visit: Visit, session: Session, versions: Sequence[Referral]) -> list[tuple[str, str, str]]:
    """Of what was taken back: where a copy lay, what became of it, and the duty that keeps it."""
    duties = policy().duties_to_keep
    return [
        (
            copy.place,
            _RESULTS.get(copy.result, "not_reached"),
            duties[copy.reason].label(visit.lang) if copy.reason in duties else copy.reason,
        )
        for one in versions
        if one.withdrawn_at is not None
        for copy in recall.copies(session, one)
    ]


PAGES = (
    Page(path="/referrals", may=May.CASEWORK, get=listing),
    Page(path="/referrals/{reference}", may=May.CASEWORK, get=show),
    Page(path="/referrals/{reference}/sent.pdf", may=May.CASEWORK, get=sent_pdf),
    Page(path="/referrals/{reference}/again", may=May.CASEWORK, post=again),
)
