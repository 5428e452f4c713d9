"""Every page of the node, room by room."""

from __future__ import annotations

from songtor_node.web.entrance.access import Page
from songtor_node.web.pages import (
    assessment,
    assistance,
    case_home,
    case_list,
    client,
    closure,
    consents,
    conversation,
    disclose,
    door,
    everywhere,
    fact_finding,
    figures,
    follow_ups,
    hand_over,
    incoming,
    intake,
    lock,
    looks,
    me,
    node,
    notes,
    outreach,
    paper,
    papers,
    people,
    people_in_case,
    plan,
    problems,
    proofs,
    refer,
    referral_forms,
    referrals,
    resources,
    start,
    telecare,
    today,
    trust,
)

_ROOMS: tuple[Page, ...] = (
    *assessment.PAGES,
    *assistance.PAGES,
    *case_home.PAGES,
    *case_list.PAGES,
    *client.PAGES,
    *closure.PAGES,
    *consents.PAGES,
    *conversation.PAGES,
    *disclose.PAGES,
    *door.PAGES,
    *everywhere.PAGES,
    *fact_finding.PAGES,
    *figures.PAGES,
    *follow_ups.PAGES,
    *hand_over.PAGES,
    *incoming.PAGES,
    *intake.PAGES,
    *lock.PAGES,
    *looks.PAGES,
    *me.PAGES,
    *node.PAGES,
    *notes.PAGES,
    *outreach.PAGES,
    *paper.PAGES,
    *papers.PAGES,
    *people.PAGES,
    *people_in_case.PAGES,
    *plan.PAGES,
    *problems.PAGES,
    *proofs.PAGES,
    *refer.PAGES,
    *referral_forms.PAGES,
    *referrals.PAGES,
    *resources.PAGES,
    *start.PAGES,
    *telecare.PAGES,
    *today.PAGES,
    *trust.PAGES,
)


def _in_order(page: Page) -> list[bool]:
    """`/cases/new` is asked before `/cases/{case}`."""
    return [part.startswith("{") for part in page.path.split("/")]


PAGES = tuple(sorted(_ROOMS, key=_in_order))
