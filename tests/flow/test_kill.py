"""`kill -9` at every step between act, outbox, send, commit and receipt: nothing lost, nothing twice (row
20, D6)."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from songtor_hub.store.engine import reading
from songtor_hub.store.tables import task as task_table
from songtor_node.referrals import acts
from songtor_node.referrals.models import Inbox, Outbox, Referral
from tests.support.hub import Serve, ServedHub
from tests.support.linked import LinkedNode, join, wish
from tests.support.node import PASSPHRASE


class Pair:
    """Berlin and Taipei at one hub, each a folder that another process may open."""

    def __init__(self, hub: ServedHub, folder: Path) -> None:
        self.hub = hub
        self.berlin, self.taipei = join(hub, folder, "DE-02"), join(hub, folder, "TW-44")
        self.berlin.sync()
        self.case = self.berlin.case()
        self.berlin.consent(self.case, recipients=["TW-44"])
        self._passphrase = folder / "passphrase"
        self._passphrase.write_text(PASSPHRASE, encoding="utf-8")

    def die(self, node: LinkedNode, what: str, point: str) -> None:
        """The same node in a process that kills itself there."""
        words = [str(node.node.data), str(self._passphrase), what, self.case, "TW-44", point]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.support.dying", *words],
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]

    def settle(self) -> None:
        self.berlin.sync()
        self.taipei.sync()
        self.berlin.sync()

    def refer(self) -> None:
        with self.berlin.act() as now:
            acts.refer(now, self.case, wish(to="TW-44"))

    def once(self) -> None:
        """One task at the hub, one at each end, all in the same state, and nothing left to do."""
        with reading(self.hub.hub.engine) as connection:
            states = [row.state for row in connection.execute(task_table.select())]
        (here,), (there,) = self.berlin.rows(Referral), self.taipei.rows(Referral)
        assert states == [here.state] == [there.state]
        assert [row.state for row in self.berlin.rows(Outbox)] == ["sent"]
        assert [(row.effect, row.acknowledged) for row in self.taipei.rows(Inbox)] == [("done", True)]
        assert not self.berlin.alerts() | self.taipei.alerts()


@pytest.fixture
def pair(served_hub: Serve, tmp_path: Path) -> Iterator[Pair]:
    made = Pair(served_hub(), tmp_path)
    yield made
    made.berlin.close()
    made.taipei.close()


def test_killed_before_the_act_is_stored_there_is_neither_act_nor_envelope(pair: Pair) -> None:
    pair.die(pair.berlin, "refer", "act")
    assert not pair.berlin.rows(Referral)
    assert not pair.berlin.rows(Outbox)


def test_killed_right_after_the_act_the_envelope_goes_out_later(pair: Pair) -> None:
    pair.die(pair.berlin, "refer", "acted")
    pair.settle()
    pair.once()


@pytest.mark.parametrize("point", ["submit", "submit+", "submit!"])
def test_killed_while_it_sends_it_is_delivered_once(pair: Pair, point: str) -> None:
    """Before the call leaves; with the answer in hand; at the commit that would store the receipt."""
    pair.refer()
    pair.die(pair.berlin, "sync", point)
    pair.settle()
    pair.once()


@pytest.mark.parametrize("point", ["fetch", "fetch+", "fetch!", "acknowledge", "acknowledge+"])
def test_killed_while_it_receives_it_has_one_effect(pair: Pair, point: str) -> None:
    """Before and after the fetch, at the commit of the effects, before and after the acknowledgement."""
    pair.refer()
    pair.berlin.sync()
    pair.die(pair.taipei, "sync", point)
    pair.settle()
    pair.once()
