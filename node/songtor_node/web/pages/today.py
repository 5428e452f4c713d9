"""Today: what needs me."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.web.access import May, Page
from songtor_node.web.visit import Visit


def today(visit: Visit) -> Response:
    return visit.show("today.html")


PAGES = (Page(path="/", may=May.WORKER, get=today),)
