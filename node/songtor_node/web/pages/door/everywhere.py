"""What every page may need: the language, the drafts, the rest of the places."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from songtor_node.web.entrance.access import May, Page, may_see_page
from songtor_node.web.forms.drafts import Draft, drop_draft, is_a_pages, is_too_late, keep_draft
from songtor_node.web.navigation import inside
from songtor_node.web.visit import Visit
from songtor_proto.errors import PeerError
from songtor_web.dates import time_text
from songtor_web.texts import LANGUAGES

_YEAR = 365 * 24 * 60 * 60

DRAFT = "/draft"


def choose_language(visit: Visit) -> Response:
    """Back to the page where it was chosen."""
    response = RedirectResponse(inside(visit.said("back")), 303)
    if visit.said("lang") in LANGUAGES:
        response.set_cookie(
            "lang", visit.said("lang"), max_age=_YEAR, path="/", httponly=True, samesite="strict"
        )
    return response


def keep_typed(visit: Visit) -> Response:
    """What is typed into a form, as it is typed; for who types it alone."""
    form = visit.said("form")[:300]
    values = _values(visit)
    with visit.writing() as session:
        if inside(form) != form or is_a_pages(form) or not may_see_page(session, visit.me, form):
            raise PeerError("not_allowed")
        if is_too_late(session, visit.me.code, form, visit.said("made")[:20]):
            return Response("", media_type="text/html")
        keep_draft(session, visit.me.code, form, values, visit.now)
    said = visit.t("shell.draft_kept", time=time_text(visit.now, visit.lang).rsplit(" ", 1)[1])
    return Response(str(said), media_type="text/html")


def keep_sent(visit: Visit) -> bool:
    """A form that its worker sent after their session had fallen asleep waits as a draft; no other words give
    way to it. Whether it was kept."""
    with visit.writing() as session:
        here, me = visit.here, visit.me
        if visit.said("form") != here or is_a_pages(here) or not may_see_page(session, me, here):
            return False
        if session.get(Draft, (me.code, here)) is not None:
            return False
        keep_draft(session, me.code, here, _values(visit), visit.now)
    return True


def _values(visit: Visit) -> dict[str, list[str]]:
    return {name: visit.all_said(name) for name in visit.form if name not in ("form", "settle")}


def drop_typed(visit: Visit) -> Response:
    """Back to the form, as it is saved."""
    form = visit.said("form")
    with visit.writing() as session:
        drop_draft(session, visit.me.code, form)
    return visit.go(inside(form))


def more(visit: Visit) -> Response:
    """On a phone: the places that have no room in its foot."""
    return visit.show("more.html")


PAGES = (
    Page(path="/language", may=May.ANYONE, when=None, post=choose_language),
    Page(path=DRAFT, may=May.CASEWORK, post=keep_typed),
    Page(path="/draft/drop", may=May.CASEWORK, post=drop_typed),
    Page(path="/more", may=May.WORKER, get=more),
)
