"""What a process that holds case data leaves on the machine: nothing of its memory, no file for others."""

from __future__ import annotations

import os
import resource


def keep_to_itself() -> None:
    """No core dump, whatever crashes; files for their owner alone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
