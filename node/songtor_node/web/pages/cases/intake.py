"""A new case: one question a screen, nothing that must be filled. The first answer makes the case."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases import entries, history, service
from songtor_node.cases.casefile import CaseFile, CaseHead
from songtor_node.cases.models import Begun, Case
from songtor_node.forms import check
from songtor_node.web.case.frame import frame
from songtor_node.web.case.parts import CLIENT, HEAD, Part, ShortList
from songtor_node.web.case.person import (
    CONTACT,
    MUST_NOT_KNOW,
    contact_lists,
    note_must_not_know,
)
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.pages.cases.client import REQUEST, STORY
from songtor_node.web.visit import Visit
from songtor_proto.vocabulary import policy, vocabulary

NAME = Part(
    path="/intake/name",
    part=CLIENT,
    asks=(Ask("nickname"),),
    title="intake.name",
    hint="intake.name_hint",
    back="/intake/contact",
    template="intake.html",
    done="",
)
REACH = ShortList(
    path="/intake/contact",
    column="contacts",
    of=CLIENT,
    form=entries.Contact,
    asks=CONTACT,
    title="intake.contact",
    hint="intake.contact_hint",
    back="/intake/story",
    lists=contact_lists,
    compared=True,
    template="intake.html",
    first=True,
    also=MUST_NOT_KNOW,
    keep_also=note_must_not_know,
)
TOLD = Part(
    path="/intake/story",
    part=HEAD,
    asks=STORY,
    title="intake.story",
    hint="intake.story_hint",
    back="/intake/request",
    template="intake.html",
    done="",
)
ASKED = Part(
    path="/intake/request",
    part="request",
    asks=REQUEST,
    title="intake.request",
    template="intake.html",
    done="taken_in",
)


def who(visit: Visit) -> Response:
    return visit.show(
        "intake_new.html", once=visit.node.random(16).hex(), groups=list(vocabulary().target_groups)
    )


def begin(visit: Visit) -> Response:
    """The same answer sent again, by a phone that lost the line, leads to the same case."""
    once = visit.said("once")[:64]
    with visit.writing() as session:
        begun = session.get(Begun, once) if once else None
        case = session.get(Case, begun.case_id) if begun else None
        if case is None or case.by != visit.me.code:
            form = check(CaseFile, {"target_group": visit.said("target_group")})
            case = service.create(session, form, by=visit.me, now=visit.now, random=visit.node.random)
            if once and begun is None:
                session.add(Begun(once=once, case_id=service.id_of(case)))
        return visit.go(f"/cases/{case.code}/intake/channel")


def way(visit: Visit) -> Response:
    with visit.at("intake") as at:
        return visit.show(
            "intake_channel.html",
            **frame(at),
            channels=list(vocabulary().channels),
            referrers=list(policy().referrers),
        )


def way_said(visit: Visit) -> Response:
    """Who brought it is the channel's own word, where there is one, until somebody says otherwise."""
    channel, referrer = visit.said("channel"), visit.said("referrer")
    with visit.at("intake") as at:
        if not referrer:
            referrer = at.case.referrer or (channel if channel in policy().referrers else "")
        said = check(CaseHead, {"channel": channel, "referrer": referrer})
        history.correct(
            at.session, at.case, said.model_dump(include={"channel", "referrer"}), by=at.by, now=at.now
        )
        return visit.go(f"/cases/{at.case.code}/intake/name")


PAGES = (
    Page(path="/cases/new", may=May.CASEWORK, get=who, post=begin),
    Page(path="/cases/{case}/intake/channel", may=May.CASEWORK, get=way, post=way_said),
    *(part.page for part in (NAME, TOLD, ASKED)),
    *REACH.pages,
)
