"""What a journey in a browser needs.

    def test_x(windows, here):                      # `here`: a node of its own with the demo's cases
        page = windows.open(here, "malee", "en")    # a phone; size=DESK for a desk; java_script_enabled=False
        page.goto(f"/cases/{here.cases[0]}")

    def test_y(windows, abroad):                    # what crosses the line: a real hub, a node enrolled there
        page = windows.open(abroad.served)
        abroad.berlin.sync(); abroad.hub.stop(); …  # LinkedNode and ServedHub; desks: new_console, desks.at

    def test_z(windows, untouched):                 # a folder in which no node is made yet
        page = windows.open(untouched, "")

When the test ends, no window may have seen an error of a script, of the content security policy, or of 5xx.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from songtor_hub.addresses import Listen
from songtor_hub.store.engine import writing
from songtor_node.keeper import Keeper
from songtor_proto.keyslot import CHEAP
from tests.browser.sample import Served, sample, serving
from tests.browser.windows import Windows, chromium
from tests.support.hub import Serve, ServedHub
from tests.support.linked import LinkedNode, join
from tests.support.ports import four_free_ports


# (Not for the whole session: while it runs, no test of this process could run an event loop of its own.)
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    made = Windows(browser)
    yield made
    made.close()
    assert made.faults == []


@pytest.fixture(scope="package")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One node with the demo's cases for all who only look."""
    with sample(tmp_path_factory.mktemp("sampled")) as served:
        yield served


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One node for all whose journeys make cases of their own; nobody counts what else is in it."""
    with sample(tmp_path_factory.mktemp("shared")) as served:
        yield served


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Served]:
    """A node with the demo's cases, to work on."""
    with sample(tmp_path / "here") as served:
        yield served


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "node") as served:
        served.front.cost = CHEAP
        yield served
        if served.front.node is not None:
            served.front.node.close()


@dataclass(frozen=True)
class Abroad:
    """Berlin's node (DE-02), enrolled at a hub that is served over mutual TLS on loopback. The hub keeps its
    ports over `hub.stop()` and `hub.start()`."""

    hub: ServedHub
    berlin: LinkedNode
    served: Served


@pytest.fixture
def abroad(served_hub: Serve, tmp_path: Path) -> Iterator[Abroad]:
    hub = served_hub(started=False)
    with writing(hub.hub.engine) as connection:
        Listen("127.0.0.1", four_free_ports()).save(connection, "127.0.0.1")
    hub.start()
    berlin = join(hub, tmp_path, "DE-02")
    with serving(berlin.node.data, berlin.node) as served:
        yield Abroad(hub, berlin, served)
    berlin.close()


@pytest.fixture
def kept(abroad: Abroad) -> Iterator[Abroad]:
    """With Berlin's line kept, as `serve` keeps it."""
    keeper = Keeper(abroad.served.front)
    thread = threading.Thread(target=keeper.run, daemon=True)
    thread.start()
    yield abroad
    keeper.stop()
    thread.join(20)
