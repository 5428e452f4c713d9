"""`songtor-node serve` as a process of its own, at a served hub: prompt, honest, stopping cleanly."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from songtor_hub.addresses import Listen
from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts as desk_acts
from songtor_hub.store.engine import writing
from songtor_node.referrals.models import Outbox
from tests.support.desks import at
from tests.support.hub import Serve, ServedHub
from tests.support.linked import LinkedNode, join
from tests.support.node import PASSPHRASE
from tests.support.ports import four_free_ports
from tests.support.until import until

SECONDS = 20


class Serving:
    """Berlin's node, served by a process; the test looks into the same store."""

    def __init__(self, hub: ServedHub, folder: Path) -> None:
        self.berlin = join(hub, folder, "DE-02")
        self._passphrase = folder / "passphrase"
        self._passphrase.write_text(PASSPHRASE, encoding="utf-8")
        self.start()

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("songtor-node")), "--json"]
        command += ["--data", str(self.berlin.node.data), "--passphrase-file", str(self._passphrase)]
        self.child = subprocess.Popen(
            [*command, "serve", "--listen", "127.0.0.1:0", "--health-port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.child.stdout is not None
        self.port = json.loads(self.child.stdout.readline())["health"]

    def ask(self, path: str) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and log."""
        self.child.send_signal(number)
        _, log = self.child.communicate(timeout=SECONDS)
        return self.child.returncode, log


@pytest.fixture
def hub(served_hub: Serve) -> ServedHub:
    """On ports that are the same after a restart."""
    made = served_hub(started=False)
    with writing(made.hub.engine) as connection:
        Listen("127.0.0.1", four_free_ports()).save(connection, "127.0.0.1")
    made.start()
    return made


@pytest.fixture
def serving(hub: ServedHub, tmp_path: Path) -> Iterator[Serving]:
    made = Serving(hub, tmp_path)
    yield made
    if made.child.poll() is None:
        made.end(signal.SIGKILL)
    made.berlin.close()


def sent(node: LinkedNode) -> bool:
    return [row.state for row in node.rows(Outbox)] == ["sent"]


def test_what_another_process_queues_leaves_at_once_and_the_answer_comes_at_once(
    serving: Serving, hub: ServedHub, new_console: Callable[..., Hub]
) -> None:
    """The outbox is noticed within a second, mail by the long-poll."""
    berlin = serving.berlin
    until(lambda: serving.ask("/ready")[0] == 200)
    reference = berlin.refer()
    assert until(lambda: sent(berlin)) < 5
    dwf = at(new_console, hub.hub, "dwf")
    desk_acts.accept(dwf, reference)
    assert until(lambda: berlin.state(reference) == "accepted") < 10


def test_it_outlives_its_hub_says_so_and_goes_on_when_it_is_back(serving: Serving, hub: ServedHub) -> None:
    """D8: work is kept and goes out by itself; the process never gives up."""
    berlin = serving.berlin
    until(lambda: serving.ask("/ready")[0] == 200)
    hub.stop()
    reference = berlin.refer()
    until(lambda: serving.ask("/state")[1]["backlog"] == 1)
    assert serving.ask("/health")[0] == 200
    hub.start()
    until(lambda: sent(berlin))
    assert berlin.state(reference) == "received"


def test_it_stops_within_seconds_and_its_log_names_no_case(serving: Serving) -> None:
    """A clean stop, also in the middle of a long-poll; the log is codes and counts."""
    until(lambda: serving.ask("/ready")[0] == 200)
    reference = serving.berlin.refer()
    until(lambda: sent(serving.berlin))
    began = monotonic()
    code, log = serving.end()
    assert (code, monotonic() - began < 10) == (0, True)
    assert "Traceback" not in log
    for secret in (reference, "ดาวเรือง", "901820"):
        assert secret not in log
    for line in log.splitlines():
        json.loads(line)


def test_killed_and_started_again_it_goes_on(serving: Serving) -> None:
    """Row 20: no clean-up is needed."""
    until(lambda: serving.ask("/ready")[0] == 200)
    serving.end(signal.SIGKILL)
    serving.berlin.refer()
    serving.start()
    until(lambda: sent(serving.berlin))
