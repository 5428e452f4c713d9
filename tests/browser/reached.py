"""Which pages somebody reaches by following links and filling in the forms that they meet."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from html.parser import HTMLParser

from starlette.routing import compile_path

from songtor_node.web.entrance.access import Page
from songtor_node.web.routes import PAGES
from tests.browser.sample import Served
from tests.support.visitor import Visitor, visitor

_PATTERNS = [(page, compile_path(page.path)[0]) for page in PAGES]
_LINK = re.compile(r'(?:href|action|formaction)="(/[^"#]*)"')
_FILLED_IN = re.compile(r"/(?:add|new|refer(?:/\w+)?|consents/\d+/\w+)$")
_ENDS = ("/locked", "/leave", "/hand-back")  # who goes there is signed out, or was never in
_MOST = 900
_EACH = 5  # of a kind


def page_of(path: str) -> Page | None:
    return next((page for page, pattern in _PATTERNS if pattern.match(path.split("?", maxsplit=1)[0])), None)


@dataclass
class Form(HTMLParser):
    """The first form of a page that is sent to where it stands, filled in with whatever it takes."""

    path: str
    values: dict[str, list[str]] = field(default_factory=dict)
    multipart: bool = False
    _inside: bool = False
    _done: bool = False
    _list: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and not self._done and has.get("action", self.path) == self.path:
            self._inside, self.multipart = True, "multipart" in has.get("enctype", "")
        name = has.get("name", "")
        if not self._inside or (not name and tag != "option"):
            return
        if tag == "textarea":
            self.values[name] = ["ตัวอย่าง"]
        elif tag == "select":
            self._list = name
        elif tag == "option" and self._list and has.get("value"):
            self.values.setdefault(self._list, [has["value"]])
        elif tag == "button":
            self.values.setdefault(name, [has.get("value", "")])
        elif tag == "input":
            self._input(name, has)

    def _input(self, name: str, has: dict[str, str]) -> None:
        kind, value = has.get("type", "text"), has.get("value", "")
        if kind in ("radio", "checkbox"):
            if not any(self.values.get(name, [])):
                self.values[name] = [value]
        elif kind == "hidden":
            self.values.setdefault(name, []).append(value)
        elif kind != "file":
            self.values[name] = [value or _typed(name, has)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside, self._done = False, True
        if tag == "select":
            self._list = ""


_TYPED = {
    "year": "2026",
    "time": "09:30",
    "clock": "09:30",
    "link": "https://example.org/",
    "phone": "+49 30 901820",
    "value": "+49 30 901820",
    "currency": "EUR",
}


def _typed(name: str, has: dict[str, str]) -> str:
    numeric = "3" if has.get("inputmode") in ("numeric", "decimal") else "ตัวอย่าง"
    return _TYPED.get(re.split(r"[._]", name)[-1], numeric)


def reached(at: Served, *workers: str, more: Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """For each page's path where it was met, and by whom; rather where it is shown than where it leads on.
    `more`: where one begins, too."""
    led: dict[str, tuple[str, str]] = {}
    shown: dict[str, tuple[str, str]] = {}
    for worker in workers:
        client = visitor(at.node, worker)
        for path, status in _walk(client, [*_begin(at), *more], frozenset(shown)):
            page = page_of(path)
            assert page is not None, f"{path} is linked, and is no page"
            (shown if status == 200 else led).setdefault(page.path, (path, worker))
    return led | shown


def _begin(at: Served) -> list[str]:
    cases = [f"/cases/{code}" for code in at.cases[:4]]
    return ["/", "/more", "/me", *cases, *(f"/referrals/{one}" for one in at.referrals)]


def _walk(client: Visitor, todo: list[str], known: Set[str]) -> Iterator[tuple[str, int]]:
    """Each path once, and what it answers; 0 where it was not asked. On the way no page is asked for that was
    `known` to whoever walked before."""
    known = known - {page.path for path in todo if (page := page_of(path))}
    seen: set[str] = set()
    sent: set[str] = set()
    met: dict[str, int] = {}
    while todo and len(seen) < _MOST:
        path = todo.pop(0)
        page = page_of(path)
        kind = page.path if page else path
        if path in seen or kind in known or path.startswith("/static/") or met.get(kind, 0) >= _EACH:
            continue
        seen.add(path)
        met[kind] = met.get(kind, 0) + 1
        if page is not None and (page.get is None or page.path in _ENDS):
            yield path, 0
            continue
        answer = client.get(path)
        if answer.status_code == 403 or answer.status_code == 404:
            continue
        yield path, answer.status_code
        todo += [html.unescape(link) for link in _LINK.findall(answer.text)] if answer.text else []
        if answer.headers.get("location"):
            todo.append(answer.headers["location"])
        if _FILLED_IN.search(path) and page is not None and page.post and not {path, page.path} & sent:
            form = Form(path)
            sent.add(page.path if path.endswith(("/add", "/new")) else path)
            form.feed(answer.text)
            if path.endswith("/phone"):
                form.values["phone"] = ["read"]  # who hands the phone over goes nowhere else
            done = client.post(path, dict(form.values), **({"files": {}} if form.multipart else {}))
            todo.append(done.headers.get("location", path))
