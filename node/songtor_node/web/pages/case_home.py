"""A case's home: where it stands, and what can be done next."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.web.access import May, Page
from songtor_node.web.case_frame import frame
from songtor_node.web.visit import Visit


def home(visit: Visit) -> Response:
    with visit.at("home") as at:
        return visit.show("case_home.html", **frame(at))


PAGES = (Page(path="/cases/{case}", may=May.CASEWORK, get=home),)
