"""Every page of the node, room by room."""

from __future__ import annotations

from songtor_node.web.access import Page
from songtor_node.web.pages import (
    assessment,
    assistance,
    case_home,
    disclose,
    door,
    everywhere,
    figures,
    looks,
    me,
    outreach,
    papers,
    people,
    plan,
    problems,
    proofs,
    refer,
    resources,
    start,
    today,
)

_ROOMS: tuple[Page, ...] = (
    *assessment.PAGES,
    *assistance.PAGES,
    *case_home.PAGES,
    *disclose.PAGES,
    *door.PAGES,
    *everywhere.PAGES,
    *figures.PAGES,
    *looks.PAGES,
    *me.PAGES,
    *outreach.PAGES,
    *papers.PAGES,
    *people.PAGES,
    *plan.PAGES,
    *problems.PAGES,
    *proofs.PAGES,
    *refer.PAGES,
    *resources.PAGES,
    *start.PAGES,
    *today.PAGES,
)


def _in_order(page: Page) -> list[bool]:
    """`/cases/new` is asked before `/cases/{case}`."""
    return [part.startswith("{") for part in page.path.split("/")]


PAGES = tuple(sorted(_ROOMS, key=_in_order))
