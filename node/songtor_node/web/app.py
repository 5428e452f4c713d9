"""The node's web application: one table of pages, and one way to every one of them.

A request passes: host and origin, how far the node is, who comes, whether that role may, whether it may see
this case; then the page. Rules of the protocol stay where they are; here is only the way to them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from typing import TypeVar

import structlog
from anyio import CapacityLimiter, Semaphore, fail_after, to_thread
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from songtor_node.store.engine import reading
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page, may_come, may_see_what
from songtor_node.web.entrance.forms_in_memory import read_form
from songtor_node.web.entrance.once import REMEMBERED, Once, key_of
from songtor_node.web.forms.typed_words import draft_values, form_values, is_secret, typed_words
from songtor_node.web.front import Front, When
from songtor_node.web.pages.door.everywhere import DRAFT, keep_sent
from songtor_node.web.routes import PAGES
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto.errors import InputError, PeerError, SongtorError, StoreError
from songtor_web.shell import HEADERS, STATIC_ROUTE, environment, text_folders
from songtor_web.texts import LANGUAGES, Texts

THREADS = {"pages": 8, "paper": 2, "strangers": 2}
"""At once. A sheet of paper takes seconds, a stranger's password one: nobody's page waits behind them."""
UPLOADS = 3  # large forms at once, each in memory
UPLOAD_SECONDS = 600
STRANGERS = 64 * 1024  # bytes of a form from whom nobody knows yet: it is read in everybody's time
STRANGERS_SECONDS = 20
_FIRST = {When.NEW: "/start", When.LOCKED: "/unlock"}
_LEAVE = "/leave"
_AFTER_LEAVING = (_LEAVE, "/calendar", "/calendar/today")
_IN_ANY_HAND = ("/hand-back", "/leave", "/language", "/locked", "/sign-out")

_log = structlog.get_logger(__name__)
Answer = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")


def create_app(
    front: Front, *, remembered: int = REMEMBERED, strangers_seconds: float = STRANGERS_SECONDS
) -> Starlette:
    """The application for a node that may not exist yet. `remembered`: forms that are not done twice;
    `strangers_seconds`: how long a form is read from whom nobody knows."""
    ways = Ways(front, Once(remembered), strangers_seconds)
    app = Starlette(
        routes=[STATIC_ROUTE, *(Route(page.path, ways.to(page), methods=page.methods) for page in PAGES)],
        middleware=[Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)],
        exception_handlers={HTTPException: ways.nothing_here},
    )
    app.router.redirect_slashes = False  # it would answer before anyone is known, by the scheme of a proxy
    return app


@cache
def _words_and_templates() -> tuple[Texts, Environment]:
    """Read once by a process, however many applications it has."""
    texts = Texts(text_folders(files("songtor_node") / "web" / "texts"))
    return texts, environment("songtor_node:web/templates")


class Ways:
    """How a request comes to its page."""

    def __init__(self, front: Front, once: Once, strangers_seconds: float) -> None:
        self._front = front
        self._strangers_seconds = strangers_seconds
        self._texts, self._templates = _words_and_templates()
        self._threads: dict[str, CapacityLimiter] = {}
        self._uploads: Semaphore | None = None
        self._once = once

    def to(self, page: Page) -> Answer:
        async def answer(request: Request) -> Response:
            if refusal := self._stranger(request):
                return refusal
            visit = self._visit(request)
            response = await self._in_thread(page, partial(self._let_in, page), visit, "pages")
            if isinstance(response, Visit):
                response = await self._ask(page, response)
            elif request.method == "POST" and page.may is May.CASEWORK and self._front.when is When.OPEN:
                response = await self._keep_sent(page, visit) or response
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return answer

    async def _ask(self, page: Page, visit: Visit) -> Response:
        """The page's answer. Only whoever may come is read from; of large forms a few at once."""
        if visit.request.method != "POST":
            assert page.get is not None
            return await self._in_thread(page, page.get, visit, _queue(page, visit))
        assert page.post is not None
        self._uploads = self._uploads or Semaphore(UPLOADS)
        strange = page.may is May.ANYONE
        limit = STRANGERS if strange else int(page.megabytes * 1024 * 1024)
        async with self._uploads if page.megabytes > 1 else nullcontext():
            try:
                with fail_after(self._strangers_seconds if strange else UPLOAD_SECONDS):
                    form = await read_form(visit.request, limit)
            except (InputError, TimeoutError) as error:
                said = error if isinstance(error, InputError) else InputError("value", field="form")
                status = 413 if said.code == "input.too_large" else 400
                step = partial(problem, error=said, status=status)
                return await self._in_thread(page, step, visit, "pages")
            try:
                again = visit.worker is not None and page.path != DRAFT
                key = key_of(form, visit.me.code, visit.here) if again else b""
                answer = partial(
                    self._in_thread, page, page.post, replace(visit, form=form), _queue(page, visit)
                )
                return await self._once.do(key, answer)
            finally:
                await form.close()

    async def _keep_sent(self, page: Page, visit: Visit) -> Response | None:
        """What somebody sends whose session fell asleep while they wrote waits for them as a draft."""
        worker = await self._in_thread(page, sessions.asleep, visit, "strangers")
        if not isinstance(worker, Worker):
            return None
        try:
            with fail_after(self._strangers_seconds):
                form = await read_form(visit.request, STRANGERS)
        except (InputError, TimeoutError):
            return None
        theirs = replace(visit, form=form, worker=worker)
        try:
            kept = await self._in_thread(page, keep_sent, theirs, "strangers")
        finally:
            await form.close()
        return RedirectResponse(sessions.way_in(visit, here=True), 303) if kept is True else None

    async def _in_thread(
        self, page: Page, step: Callable[[Visit], T], visit: Visit, queue: str
    ) -> T | Response:
        limiter = self._threads.setdefault(queue, CapacityLimiter(THREADS[queue]))

        def run() -> T | Response:
            try:
                return step(visit)
            except SongtorError as error:
                return problem(visit, error)
            except Exception as error:
                _log.error("page.failed", path=page.path, exc_info=error)
                return problem(visit, StoreError("unavailable"), 500)

        return await to_thread.run_sync(run, limiter=limiter)

    def _stranger(self, request: Request) -> Response | None:
        """A foreign name for this machine, or a form that another site sends, is not answered."""
        origin = self._front.reach.origin(request.headers.get("host", ""))
        if not origin:
            return PlainTextResponse("421", 421)
        if request.method != "POST":
            return None
        said = request.headers.get("origin")
        same = said == origin if said else request.headers.get("sec-fetch-site") == "same-origin"
        return None if same else PlainTextResponse("403", 403, headers=HEADERS)

    def _visit(self, request: Request) -> Visit:
        return Visit(
            request=request,
            front=self._front,
            lang=_language(request),
            texts=self._texts,
            templates=self._templates,
            form=FormData(),
        )

    def _let_in(self, page: Page, visit: Visit) -> Visit | Response:
        """The visit, with its worker, of whoever may come; for who may not, where to go instead."""
        when = self._front.when
        if page.when not in (None, when):
            return RedirectResponse(_FIRST.get(when, "/"), 303)
        if when is When.OPEN and page.path != _LEAVE:  # to leave needs no store
            visit = sessions.known(visit)
        if page.path not in _AFTER_LEAVING and sessions.has_left(visit):
            return RedirectResponse("/calendar", 303)  # whichever page "back" asks for
        if not sessions.may_be_held(visit, _IN_ANY_HAND):
            return RedirectResponse("/hand-back", 303)
        if not may_come(page, visit.worker):
            if visit.worker is None:
                return _to_the_door(visit)
            raise PeerError("not_allowed")
        if (path := _as_written(visit)) != visit.here:
            return RedirectResponse(path, 307)
        if visit.worker is not None:
            with reading(visit.node.engine) as session:
                if not may_see_what(session, visit.worker, dict(visit.params)):
                    raise PeerError("not_allowed")
        return visit

    async def nothing_here(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if refusal := self._stranger(request):
            return refusal
        if error.status_code != 404:
            return PlainTextResponse(str(error.status_code), error.status_code, headers=HEADERS)
        visit = self._visit(request)
        response = visit.show(
            "problem.html", 404, message=visit.t("problem.no_page"), code="404", words=(), again=()
        )
        response.headers.update(HEADERS)
        return response


def _queue(page: Page, visit: Visit) -> str:
    """Among whom it waits for a thread."""
    if page.path.endswith(".pdf"):
        return "paper"
    return "strangers" if visit.worker is None and visit.request.method == "POST" else "pages"


def _to_the_door(visit: Visit) -> Response:
    """A whole page leads there; a part of one, where somebody is typing, only says so."""
    if "hx-request" in visit.request.headers and "hx-boosted" not in visit.request.headers:
        return visit.show("door/ended.html", 401)
    return RedirectResponse(sessions.way_in(visit), 303)


def _as_written(visit: Visit) -> str:
    """The path with its code in capitals: drafts and two people's words are kept by that one address."""
    typed = next((visit.params[name] for name in ("case", "consent") if name in visit.params), "")
    return visit.here.replace(f"/{typed}", f"/{typed.upper()}", 1) if typed else visit.here


def problem(visit: Visit, error: SongtorError, status: int = 0) -> Response:
    """What went wrong, in words; the code is small print. What a worker typed is given back, and may be sent
    again where the store alone failed."""
    if not status:
        status = 404 if isinstance(error, InputError) and error.code == "input.not_here" else 400
        status = 403 if isinstance(error, PeerError) else 503 if isinstance(error, StoreError) else status
    values: Mapping[str, list[str]] = {}
    if visit.worker and visit.params and not visit.handed_over_to:
        values = form_values(visit) or (draft_values(visit) if error.code == "input.not_here" else {})
    failed = isinstance(error, StoreError)
    again = [(name, one) for name, said in values.items() if failed and not is_secret(name) for one in said]
    return visit.show(
        "problem.html",
        status,
        message=error.public(visit.lang),
        code=error.code,
        words=typed_words(visit, values),
        again=again,
    )


def _language(request: Request) -> str:
    """Thai first: another only for who chose it."""
    chosen = request.cookies.get("lang", "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]
