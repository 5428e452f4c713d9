"""Windows of a real browser, each somebody's: signed in, in a language, on a phone or at a desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.browser.sample import Served

CHROMIUM = "/usr/bin/chromium-headless-shell"
PHONE, DESK = (360, 740), (1280, 800)
_WAIT_MS = 10_000
_SERIOUS = ("serious", "critical")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# The browser says so of every answer that is not 2xx; pages say it themselves, in words.
_ANSWERED = "Failed to load resource: the server responded with a status of"
# And of a line that is cut, or a draft on its way when the form itself is sent.
_CUT = (
    "Failed to load resource: net::ERR_CONNECTION_REFUSED",
    "htmx:afterRequest",
    "htmx:sendError",
    "htmx:sendAbort",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without windows: the whole one draws each window's frame, too, which takes as long
    as the pages do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@dataclass
class Windows:
    """Opens windows at served nodes, and keeps what went wrong in them."""

    browser: Browser
    faults: list[str] = field(default_factory=list)

    def open(
        self,
        at: Served,
        worker: str = "malee",
        lang: str = "th",
        size: tuple[int, int] = PHONE,
        **more: Any,
    ) -> Page:
        """A window of its own (`page.goto("/cases")`), signed in as that worker; a stranger's without one.
        `more` as for `new_context`: java_script_enabled, color_scheme …"""
        context = self.browser.new_context(
            base_url=at.origin,
            viewport={"width": size[0], "height": size[1]},
            locale="th-TH" if lang == "th" else "en-GB",
            has_touch=size == PHONE,
            **more,
        )
        context.set_default_timeout(_WAIT_MS)
        cookies = {"lang": lang, **({"songtor": at.token(worker)} if worker else {})}
        context.add_cookies(
            [{"name": name, "value": value, "url": at.origin} for name, value in cookies.items()]
        )
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        return page

    @contextmanager
    def cut(self, page: Page) -> Iterator[None]:
        """Meanwhile nothing of that window reaches the node."""
        page.route("**/*", lambda route: route.abort("connectionrefused"))
        yield
        page.unroute("**/*")

    def close(self) -> None:
        for context in self.browser.contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((_ANSWERED, *_CUT)):
            self.faults.append(f"{message.location.get('url')}: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure not in ("net::ERR_ABORTED", "net::ERR_CONNECTION_REFUSED"):
            self.faults.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            self.faults.append(f"{response.url}: {response.status}")


def loaded(page: Page) -> Page:
    """Once its fonts are there and htmx has settled."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => 1)")
    return page


def serious(page: Page) -> dict[str, str]:
    """Axe's serious findings, each with the first place it was found at."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": _RULES}).response["violations"]
    return {one["id"]: one["nodes"][0]["html"][:120] for one in found if one["impact"] in _SERIOUS}
