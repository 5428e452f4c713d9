"""The demo runs through, what it tells is true, and where it is kept one can come in."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

import httpx2

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 900  # a tenth of that on a machine that has nothing else to do


def test_the_demo_is_as_told() -> None:
    """Exit code 0; the closing table has every case; nothing withheld was found; the controls were. Kept, it
    says at which addresses the pages are and with which codes to sign in, until Ctrl-C."""
    command = [sys.executable, "-m", "tests.demo.run", "--keep"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as played:
        late = Timer(SECONDS, played.terminate)
        late.start()
        assert played.stdout is not None
        told = ""
        for line in played.stdout:
            told += line
            if line.startswith("Ctrl-C"):
                try:
                    _come_in(told)
                finally:
                    played.send_signal(signal.SIGINT)
        code = played.wait()
        late.cancel()
    assert code == 0, told[-4000:]
    rows = re.findall(r"^ +(\d+) .* ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}) ", told, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 15))
    found = re.findall(r" ([\d,]+) +(\d+) +(\d+)/(\d+) *$", told, re.MULTILINE)
    assert len(found) == 5
    assert all(hits == "0" and controls == wanted for _, hits, controls, wanted in found)


def _come_in(told: str) -> None:
    """Each node's caseworker and its administrator are asked to choose a password of their own."""
    doors = re.findall(r"^  (http://\S+)  .*\n    +(\w+): (\S+) +(\w+): (\S+)$", told, re.MULTILINE)
    assert len(doors) == 3
    for pages, *people in doors:
        for worker, code in zip(people[::2], people[1::2], strict=True):
            answer = httpx2.post(
                f"{pages}/sign-in", data={"code": worker, "password": code}, headers={"origin": pages}
            )
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/password")
