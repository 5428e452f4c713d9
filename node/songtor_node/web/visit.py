"""One visit to a page: who comes, in which language, with what; and everything a page needs to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from jinja2 import Environment
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.models import Case
from songtor_node.referrals.act import Act, act
from songtor_node.settings import kept
from songtor_node.store.engine import reading, writing
from songtor_node.web import navigation
from songtor_node.web.front import Front
from songtor_node.web.line import LineState, line_state
from songtor_node.workers import Worker
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.dates import date_text, month_text, relative_text, time_text
from songtor_web.texts import Say, Texts


class At(NamedTuple):
    """One worker at one case, inside one transaction."""

    session: Session
    case: Case
    by: Worker
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """`worker` is None before a sign-in. `node` acts for the worker; before it is open there is none."""

    request: Request
    front: Front
    lang: str
    texts: Texts
    templates: Environment
    form: FormData
    worker: Worker | None = None
    token: bytes = b""  # the session's, hashed
    handed_over_to: str = ""  # while a client holds the phone: the path beneath which they may go

    @property
    def node(self) -> Node:
        assert self.front.node is not None
        return replace(self.front.node, worker=self.worker.code if self.worker else "")

    @property
    def me(self) -> Worker:
        assert self.worker is not None
        return self.worker

    @property
    def enrolled(self) -> bool:
        """Whether this node has its seat in the network."""
        with self.reading() as session:
            return bool(kept(session, "seat"))

    @property
    def now(self) -> datetime:
        return self.front.now

    @property
    def t(self) -> Say:
        return self.texts.speaking(self.lang)

    @property
    def here(self) -> str:
        return self.request.url.path

    @property
    def origin(self) -> str:
        """By which of its names the node was reached: `https://node.example`."""
        return self.front.reach.origin(self.request.headers.get("host", ""))

    @property
    def params(self) -> Mapping[str, str]:
        return self.request.path_params

    def said(self, name: str) -> str:
        """What the form says in that field; the first of several that is not empty."""
        return next((one for one in self.all_said(name) if one), "")

    def all_said(self, name: str) -> list[str]:
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        """The file chosen in that field, if one was."""
        found = self.form.get(name)
        return found if isinstance(found, UploadFile) and found.filename else None

    def asked(self, name: str) -> str:
        """What the address asks for, after its question mark. (Never a person's data.)"""
        return self.request.query_params.get(name, "")

    @property
    def page_number(self) -> int:
        """Which page of a long list the address asks for; the first is 1."""
        return max(1, number(self.asked("page")))

    # Reading and writing

    def reading(self) -> AbstractContextManager[Session]:
        return reading(self.node.engine)

    def writing(self) -> AbstractContextManager[Session]:
        return writing(self.node.engine)

    def act(self) -> AbstractContextManager[Act]:
        """A transaction that may cause envelopes. InputError("not_enrolled")."""
        return act(self.node)

    @contextmanager
    def at(self, what: str) -> Iterator[At]:
        """The path's case in a transaction; the look is recorded as `what`."""
        with self.writing() as session:
            now = self.now
            case, by = service.find(session, self.params["case"], self.me.code, what=what, now=now)
            yield At(session, case, by, now)

    def line(self) -> LineState:
        """How the line to the centre stands."""
        with self.reading() as session:
            return line_state(session, self.me, self.front.trouble, t=self.t, lang=self.lang, now=self.now)

    # Answering

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """The page of that template."""
        return HTMLResponse(self.render(template, **context), status)

    def render(self, template: str, **context: Any) -> str:
        """A template's text: a page, or a part of one."""
        lang = self.lang
        done = self.asked("done")
        shown_to = None if self.handed_over_to else self.worker  # a client has no places here
        return self.templates.get_template(template).render(
            t=self.t,
            lang=lang,
            here=self.here,
            me=shown_to,
            said=self.t(f"done.{done}") if f"done.{done}" in self.texts else "",
            made=to_ms(self.now) if self.worker else 0,
            undo=self.asked("undo") if self.asked("undo").isdecimal() else "",
            idle_seconds=navigation.IDLE_SECONDS if self.worker else 0,
            places=navigation.places(shown_to, self.here),
            line=self.line,
            label=partial(label, lang),
            date=partial(date_text, lang=lang),
            month=partial(month_text, lang=lang),
            time=partial(time_text, lang=lang),
            relative=self._relative,
            **context,
        )

    def go(self, path: str, done: str = "", **query: str) -> Response:
        """Onwards to another page; `done` names the words that tell what was done (texts/done.yaml)."""
        asked = {**query, **({"done": done} if done else {})}
        return RedirectResponse(f"{path}?{urlencode(asked)}" if asked else path, 303)

    def _relative(self, value: datetime) -> str:
        return relative_text(value, self.now, self.lang)


def number(text: str) -> int:
    """A row's number as an address or a form says it, in one way; 0, which no row has, for all else."""
    return int(text) if text.isascii() and text.isdigit() and text[0] != "0" and len(text) < 16 else 0


def label(lang: str, name: str, code: str) -> str:
    """What a code of that list of the vocabulary or policy is called; an unknown one as it is."""
    terms = getattr(vocabulary(), name, None) or getattr(policy(), name)
    term = terms.get(code)
    return term.label(lang) if term else code
