"""Somebody who is signed in at a node's pages, without a browser: what the pages answer, as HTTP.

malee = visitor(node, "malee")
malee.get("/cases").text
malee.post("/cases/new", {"target_group": "thai_abroad"})  # follows no redirect
"""

from __future__ import annotations

import re
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from songtor_node.bootstrap import Node
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.store.engine import writing
from songtor_node.web.app import create_app
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.once import REMEMBERED
from songtor_node.web.front import Front, Reach
from songtor_proto.keyslot import CHEAP

ORIGIN = "http://127.0.0.1:8470"


class Visitor(TestClient):
    """Sends what a browser sends with a form of the page itself."""

    def post(self, url: Any, data: Any = None, **more: Any) -> Response:
        headers = {"origin": str(self.base_url).rstrip("/"), **more.pop("headers", {})}
        return super().post(url, data=dict(data or {}), headers=headers, **more)


def browser(front: Front, origin: str = ORIGIN, lang: str = "th", *, remembered: int = REMEMBERED) -> Visitor:
    """Somebody who comes by that name and brings nothing but a language."""
    app = create_app(front, remembered=remembered)
    client = Visitor(app, base_url=origin, follow_redirects=False, raise_server_exceptions=True)
    client.cookies.set("lang", lang)
    return client


def front_of(node: Node, *origins: str) -> Front:
    return Front(node.data, GrpcNetwork(), Reach(frozenset(origins or {ORIGIN})), node, cost=CHEAP)


def visitor(
    node: Node,
    worker: str = "",
    lang: str = "th",
    front: Front | None = None,
    *,
    remembered: int = REMEMBERED,
) -> Visitor:
    """Signed in as that worker; a stranger without one."""
    client = browser(front or front_of(node), lang=lang, remembered=remembered)
    if worker:
        with writing(node.engine) as session:
            token = sessions.begin(session, worker, now=node.clock(), random=node.random, proven=True)
        client.cookies.set("songtor", token)
    return client


def passwords_filled(page: str) -> list[str]:
    """What the browser is told to fill in at each password that the page asks for."""
    return re.findall(r'autocomplete="([^"]*)"[^>]*type="password"', page)
