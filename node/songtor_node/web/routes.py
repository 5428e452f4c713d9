"""Every page of the node, room by room."""

from __future__ import annotations

from songtor_node.web.entrance.access import Page
from songtor_node.web.pages.cases import (
    agreement,
    assistance,
    case_home,
    case_list,
    client,
    closure,
    fact_finding,
    follow_ups,
    intake,
    looks,
    notes,
    papers,
    people_in_case,
    plan,
    problems,
    telecare,
)
from songtor_node.web.pages.consent import consents, conversation
from songtor_node.web.pages.door import door, everywhere, hand_over, lock, me, proofs, start, trust
from songtor_node.web.pages.house import figures, node, outreach, people, resources, today
from songtor_node.web.pages.paper import blank_forms, report, type_in
from songtor_node.web.pages.pictures import (
    ecomap,
    flower,
    flower_together,
    genogram,
    relatives,
    ties,
    timeline,
)
from songtor_node.web.pages.referring import disclose, incoming, refer, referral_forms, referrals

_ROOMS: tuple[Page, ...] = (
    *agreement.PAGES,
    *assistance.PAGES,
    *blank_forms.PAGES,
    *case_home.PAGES,
    *case_list.PAGES,
    *client.PAGES,
    *closure.PAGES,
    *consents.PAGES,
    *conversation.PAGES,
    *disclose.PAGES,
    *door.PAGES,
    *ecomap.PAGES,
    *everywhere.PAGES,
    *fact_finding.PAGES,
    *figures.PAGES,
    *flower.PAGES,
    *flower_together.PAGES,
    *follow_ups.PAGES,
    *genogram.PAGES,
    *hand_over.PAGES,
    *incoming.PAGES,
    *intake.PAGES,
    *lock.PAGES,
    *looks.PAGES,
    *me.PAGES,
    *node.PAGES,
    *notes.PAGES,
    *outreach.PAGES,
    *papers.PAGES,
    *people.PAGES,
    *people_in_case.PAGES,
    *plan.PAGES,
    *problems.PAGES,
    *proofs.PAGES,
    *refer.PAGES,
    *referral_forms.PAGES,
    *referrals.PAGES,
    *relatives.PAGES,
    *report.PAGES,
    *resources.PAGES,
    *start.PAGES,
    *telecare.PAGES,
    *ties.PAGES,
    *timeline.PAGES,
    *today.PAGES,
    *trust.PAGES,
    *type_in.PAGES,
)


def _in_order(page: Page) -> list[bool]:
    """`/cases/new` is asked before `/cases/{case}`."""
    return [part.startswith("{") for part in page.path.split("/")]


PAGES = tuple(sorted(_ROOMS, key=_in_order))
