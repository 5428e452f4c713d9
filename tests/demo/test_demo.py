"""The demo runs through, and what it tells is true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 900  # a tenth of that on a machine that has nothing else to do


@pytest.mark.serial
def test_the_demo_is_as_told() -> None:
    """Exit code 0; the closing table has every case; nothing withheld was found; the controls were."""
    command = [sys.executable, "-m", "tests.demo.run"]
    played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert played.returncode == 0, played.stdout[-4000:] + played.stderr[-4000:]
    rows = re.findall(r"^ +(\d+) .* ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}) ", played.stdout, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 15))
    found = re.findall(r" ([\d,]+) +(\d+) +(\d+)/(\d+) *$", played.stdout, re.MULTILINE)
    assert len(found) == 5
    assert all(hits == "0" and controls == wanted for _, hits, controls, wanted in found)
