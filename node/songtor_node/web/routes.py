"""Every page of the node, room by room."""

from __future__ import annotations

from songtor_node.web.access import Page
from songtor_node.web.pages import case_home, everywhere, today

PAGES: tuple[Page, ...] = (*everywhere.PAGES, *today.PAGES, *case_home.PAGES)
