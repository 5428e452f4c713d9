"""The programs under measurement, each in a process of its own, as people start them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from songtor_hub.addresses import Listen
from songtor_hub.bootstrap import Role, open_hub
from songtor_hub.founding import create_hub
from songtor_hub.serve import Ready
from songtor_proto.keyslot import STRONG
from tests.support.hub import NETWORK, PASSPHRASES, ServedHub

COMMANDS = Path(sys.executable).parent
STOP_SECONDS = 20


class Process:
    """A command, from its start to its first line on stdout: `said`, after `seconds`."""

    def __init__(self, command: list[str], log: Path) -> None:
        start = time.monotonic()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self._process.stdout is not None
        self.said = self._process.stdout.readline()
        self.seconds = time.monotonic() - start
        if not self.said:
            raise RuntimeError(f"{command[0]} did not start: {log.read_text()[-2000:]}")
        self.pid = self._process.pid

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(STOP_SECONDS)


class HubProcess(ServedHub):
    """`songtor-hub serve` with strong keyrings, on loopback."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder = folder
        for name, passphrase in PASSPHRASES.items():
            (folder / name).write_text(passphrase, encoding="utf-8")
        data = folder / "hub"
        create_hub(
            data,
            PASSPHRASES.__getitem__,
            network=NETWORK,
            host="127.0.0.1",
            listen=Listen("127.0.0.1", 0),
            database=database,
            cost=STRONG,
        )
        super().__init__(open_hub(data, PASSPHRASES.__getitem__, Role.EXCHANGE))
        self.start()

    def start(self) -> None:
        command = [str(COMMANDS / "songtor-hub"), "--data", str(self.hub.data)]
        command += ["--passphrase-file", str(self._folder / "exchange"), "serve"]
        self.process = Process(command, self._folder / "hub.log")
        said = json.loads(self.process.said)
        self.ready = Ready(*(said[name] for name in ("exchange", "enrolment", "liaison", "health")))

    def stop(self) -> None:
        self.process.stop()
        self.hub.close()


class NodeProcess:
    """`songtor-node serve`, made and enrolled by its own commands."""

    def __init__(self, folder: Path, invitation: str) -> None:
        (folder / "node.key").write_text("ถ้อยคำยาวที่จำได้ดี", encoding="utf-8")
        command = [str(COMMANDS / "songtor-node"), "--json", "--data", str(folder / "node")]
        command += ["--passphrase-file", str(folder / "node.key")]
        for words in (["init"], ["enrol", invitation]):
            subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL)
        self.process = Process(
            [*command, "serve", "--listen", "127.0.0.1:0", "--health-port", "0"], folder / "node.log"
        )

    def is_ready(self) -> bool:
        """Whether it has reached its hub; from then on it waits there."""
        health = json.loads(self.process.said)["health"]
        return httpx2.get(f"http://127.0.0.1:{health}/ready").status_code == 200

    def stop(self) -> None:
        self.process.stop()


def memory(pid: int) -> tuple[float, float]:
    """Resident and proportional set size of a process, MiB."""
    found = dict(
        line.split(":")[:2] for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    )
    resident, proportional = (int(found[name].split()[0]) / 1024 for name in ("Rss", "Pss"))
    return resident, proportional


def import_seconds(module: str) -> float:
    """The best of five fresh interpreters, less what one costs that imports nothing."""

    def seconds(code: str) -> float:
        start = time.monotonic()
        subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": "."})
        return time.monotonic() - start

    return min(seconds(f"import {module}") for _ in range(5)) - min(seconds("pass") for _ in range(5))
