"""Either command as a process: what it leaves on the machine. SECURITY.md."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SEEN = """
import os, resource, sys
from songtor_{side}.cli import app
app.run = lambda words: print(resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))
app.main()
"""


@pytest.mark.parametrize("side", ["node", "hub"])
def test_a_crash_leaves_no_memory_and_no_file_is_for_others(side: str) -> None:
    """A theft of the disk finds no core dump of an unlocked store, and no file that others may read."""
    done = subprocess.run(
        [sys.executable, "-c", SEEN.format(side=side)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout.split("\n")[0] == "(0, 0) 0o77"
