"""Every page of the node, room by room."""

from __future__ import annotations

from songtor_node.web.access import Page
from songtor_node.web.pages import (
    assessment,
    case_home,
    disclose,
    everywhere,
    figures,
    outreach,
    papers,
    problems,
    refer,
    resources,
    today,
)

_ROOMS: tuple[Page, ...] = (
    *assessment.PAGES,
    *case_home.PAGES,
    *disclose.PAGES,
    *everywhere.PAGES,
    *figures.PAGES,
    *outreach.PAGES,
    *papers.PAGES,
    *problems.PAGES,
    *refer.PAGES,
    *resources.PAGES,
    *today.PAGES,
)


def _in_order(page: Page) -> list[bool]:
    """`/cases/new` is asked before `/cases/{case}`."""
    return [part.startswith("{") for part in page.path.split("/")]


PAGES = tuple(sorted(_ROOMS, key=_in_order))
