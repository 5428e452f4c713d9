"""What takes long keeps nobody waiting but its like."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from songtor_node.web.app import THREADS, Ways
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.entrance.once import Once
from songtor_node.web.visit import Visit
from tests.support.node import new_node
from tests.support.visitor import ORIGIN, Visitor, front_of

SECONDS = 10


@pytest.mark.parametrize(("method", "path"), [("GET", "/heavy.pdf"), ("POST", "/knock")])
def test_a_page_does_not_wait_for_paper_or_for_strangers_passwords(
    tmp_path: Path, method: str, path: str
) -> None:
    """However many of them are asked for at once."""
    done, begun = Event(), Event()

    def slow(visit: Visit) -> Response:
        begun.set()
        done.wait(SECONDS)
        return PlainTextResponse("slow")

    def quick(visit: Visit) -> Response:
        return PlainTextResponse("quick")

    pages = (
        Page(path="/heavy.pdf", may=May.ANYONE, when=None, get=slow),
        Page(path="/knock", may=May.ANYONE, when=None, post=slow),
        Page(path="/leave", may=May.ANYONE, when=None, get=quick),
    )
    ways = Ways(front_of(new_node(tmp_path / "node")), Once(1), SECONDS)
    app = Starlette(routes=[Route(page.path, ways.to(page), methods=page.methods) for page in pages])
    many = sum(THREADS.values())
    with Visitor(app, base_url=ORIGIN) as client, ThreadPoolExecutor(many) as taps:
        asked = [taps.submit(client.request, method, path, headers={"origin": ORIGIN}) for _ in range(many)]
        assert begun.wait(SECONDS)
        answer = client.get("/leave").text
        waiting = sum(not one.done() for one in asked)
        done.set()
        assert (answer, waiting) == ("quick", many)
        assert {one.result().text for one in asked} == {"slow"}
