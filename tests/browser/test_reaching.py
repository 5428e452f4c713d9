"""How browsers reach a node: on its machine, from phones of the house over TLS, by a name. Point 8."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from httpx2 import AsyncClient
from playwright.sync_api import Browser, Error, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from songtor_node.bootstrap import create_node
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.unlock import KEY_FILE, Unlock, key_line
from songtor_node.web.front import Front, Reach
from songtor_node.web.reach import authority, house
from songtor_node.web.reach.way import bracketed
from songtor_proto.identity.certificates import key_to_pem, to_pem
from songtor_proto.times import utc_now
from tests.browser.hand import Hand
from tests.browser.sample import Served
from tests.browser.windows import CHROMIUM, Windows
from tests.support.serving import Serve
from tests.support.trusting import trust
from tests.support.until import until

LANGS = pytest.mark.parametrize("lang", ["th", "en"])
KEY = bytes(range(32))
NAME = "node.example"


def at(origin: str) -> Served:
    return Served(Front(Path(), GrpcNetwork(), Reach(frozenset())), origin)


@contextmanager
def another_browser(browser: Browser, *options: str, home: Path | None = None) -> Iterator[Windows]:
    made = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-dev-shm-usage", *options],
        env={**os.environ, **({"HOME": str(home)} if home else {})},
    )
    windows = Windows(made)
    yield windows
    made.close()
    assert windows.faults == []


@LANGS
def test_a_phone_of_the_house_comes_in_once_it_trusts_the_node(
    windows: Windows,
    browser: Browser,
    serve: Serve,
    at_home: list[house.Address],
    tmp_path: Path,
    lang: str,
) -> None:
    """Before, its browser refuses; the page tells step by step how; after, there is no warning."""
    data = tmp_path / "node"
    create_node(data, Unlock(raw_key=KEY)).close()
    (data / KEY_FILE).write_text(key_line(KEY), encoding="ascii")
    serving = serve(data, "--lan")
    machine = Hand(windows.open(at(serving.said["pages"]), "", lang), lang)
    until(lambda: machine.page.goto("/trust") and machine.page.locator(".qr svg").count())
    machine.reads("trust.same_wifi", "trust.compare")
    addresses = [f"https://{bracketed(str(one))}:{serving.port}" for one in at_home]
    assert machine.page.locator("ol.steps .number").inner_text() == f"{addresses[0]}/trust"
    printed = machine.page.locator("dd.number").first.inner_text()

    stranger = browser.new_page()
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        stranger.goto(addresses[0])
    with pytest.raises(Error, match=r"ERR_(EMPTY_RESPONSE|CONNECTION|INVALID_HTTP)"):
        stranger.goto(addresses[0].replace("https:", "http:"))
    stranger.close()

    phone = Hand(windows.open(at(addresses[0]), "", lang, ignore_https_errors=True), lang)
    phone.open("/trust")
    phone.reads("trust.once", "trust.no_password", "trust.android_1")
    for device in ("iphone", "windows"):
        phone.tap(phone.page.get_by_text(phone.says(f"trust.{device}"), exact=True))
    phone.reads("trust.iphone_2", "trust.windows_2", "trust.differs")
    with phone.page.expect_download() as coming:
        phone.tap('details[open] a[href="/trust/songtor.crt"]')
    certificate = coming.value.path()
    assert hashlib.sha256(certificate.read_bytes()).hexdigest() == _plain(printed)

    root = tmp_path / "root.pem"
    root.write_text(ssl.DER_cert_to_PEM_cert(certificate.read_bytes()), encoding="ascii")
    assert serving.over_tls(str(at_home[0]), root) == "/sign-in"
    trust(tmp_path / "home", certificate)
    with another_browser(browser, home=tmp_path / "home") as trusting:
        known = Hand(trusting.open(at(addresses[0]), "", lang), lang)
        known.open("/")
        assert known.path == "/start"
        known.reads("door.start_title")


def _plain(printed: str) -> str:
    return re.sub(r"[^0-9a-f]", "", printed.lower())


@LANGS
def test_by_default_it_is_for_this_machine_alone(
    windows: Windows, serve: Serve, at_home: list[house.Address], tmp_path: Path, lang: str
) -> None:
    """No other address answers, over TLS or plainly; the page says how that is changed."""
    serving = serve(tmp_path / "node")
    machine = Hand(windows.open(at(serving.said["pages"]), "", lang), lang)
    machine.open("/trust")
    machine.reads("trust.this_machine", "songtor-node serve --lan")
    for address in at_home:
        for kind in ("http", "https"):
            with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
                machine.page.goto(f"{kind}://{bracketed(str(address))}:{serving.port}/")


@LANGS
def test_behind_a_proxy_it_has_a_name(browser: Browser, serve: Serve, tmp_path: Path, lang: str) -> None:
    """By that name all works, forms and cookies too; by no other name does it answer."""
    serving = serve(tmp_path / "node", "--behind-proxy", NAME)
    with proxied(serving.port, tmp_path) as port:
        to = f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{port}"
        with another_browser(browser, to) as windows:
            hand = Hand(windows.open(at(f"https://{NAME}"), "", lang, ignore_https_errors=True), lang)
            hand.open("/")
            hand.write(start_code=serving.said["start_code"])
            hand.go()
            hand.reads("door.you_title")
            names = {one["name"] for one in hand.page.context.cookies() if one["secure"]}
            assert "__Host-songtor-step" in names
            hand.go('form[action="/language"] button')
            expect(hand.page.locator("html")).to_have_attribute("lang", "en" if lang == "th" else "th")
            answer = hand.page.goto(f"http://127.0.0.1:{serving.port}/")
            assert answer is not None
            assert answer.status == 421


@contextmanager
def proxied(target: int, folder: Path) -> Iterator[int]:
    """A proxy that does TLS and passes on what it gets, with its Host and Origin, as docs/ shows it."""

    async def pass_on(request: Request) -> Response:
        async with AsyncClient() as client:
            answer = await client.request(
                request.method,
                f"http://127.0.0.1:{target}{request.url.path}",
                params=request.query_params,
                headers={**request.headers, "accept-encoding": "identity"},
                content=await request.body(),
            )
        made = Response(answer.content, answer.status_code)
        made.raw_headers = answer.headers.raw
        return made

    leaf, key = authority.issue(authority.make(utc_now()), [], "songtor.local", utc_now())
    (folder / "leaf.pem").write_bytes(to_pem(leaf))
    (folder / "key.pem").write_bytes(key_to_pem(key))
    app = Starlette(routes=[Route("/{path:path}", pass_on, methods=["GET", "POST"])])
    config = uvicorn.Config(
        app,
        port=0,
        log_config=None,
        access_log=False,
        lifespan="off",
        ssl_certfile=folder / "leaf.pem",
        ssl_keyfile=folder / "key.pem",
    )
    web = uvicorn.Server(config)
    thread = threading.Thread(target=web.run, daemon=True)
    thread.start()
    until(lambda: web.started)
    yield web.servers[0].sockets[0].getsockname()[1]
    web.should_exit = True
    thread.join(10)
