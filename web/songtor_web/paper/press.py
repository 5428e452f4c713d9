"""From a sheet to a PDF. Typst runs in a process of its own, which ends with the sheet: bounded in time and
in memory, and an idle program holds none of it. Everything goes through pipes; no file is written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from threading import Lock
from typing import Any

import segno

from songtor_web.paper.sheets import Sheet

MAX_BYTES = 1_500_000
"""Some two hundred pages of text: beside a node in its 256 MiB one press takes at most half."""
SECONDS = 30
_LEAN = {"MALLOC_ARENA_MAX": "1", "RAYON_NUM_THREADS": "2"}
"""All of the press's environment: by default its memory grows with the machine's cores."""
_press = Lock()


class PaperError(Exception):
    """`why`: `too_large` for one sheet; `busy`; `failed` (which says nothing of what was to be printed)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def pdf(*sheets: Sheet) -> bytes:
    """One after the other, each with pages of its own number unless it goes on. The same sheets give the
    same bytes. PaperError."""
    return _set(sheets, "pdf")[0]


def png(*sheets: Sheet) -> list[bytes]:
    """Their pages, to look at. PaperError."""
    return _set(sheets, "png")


def _set(sheets: Sequence[Sheet], form: str) -> list[bytes]:
    said = {"form": form, "sheets": [as_data(sheet) for sheet in sheets]}
    order = json.dumps(said, ensure_ascii=False).encode(errors="replace")
    if len(order) > MAX_BYTES:
        raise PaperError("too_large")
    if not _press.acquire(timeout=SECONDS):
        raise PaperError("busy")
    try:
        done = subprocess.run(
            [sys.executable, "-IB", "-m", "songtor_web.paper.typesetter"],
            input=order,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # typst's complaints quote the text
            env=_LEAN,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise PaperError("too_large") from None
    except (subprocess.CalledProcessError, OSError):
        raise PaperError("failed") from None
    finally:
        _press.release()
    return _pages(done.stdout)


def as_data(sheet: Sheet) -> dict[str, Any]:
    """What the typesetter is given: each block with its kind."""
    data = asdict(sheet)
    for block, fields in zip(sheet.blocks, data["blocks"], strict=True):
        fields["kind"] = type(block).__name__
    return {**data, "qr": _qr(sheet.code) if sheet.code else ""}


def _qr(code: str) -> str:
    drawn = BytesIO()
    segno.make(code, micro=False, error="q").save(drawn, kind="svg", xmldecl=False, border=0)
    return drawn.getvalue().decode()


def _pages(content: bytes) -> list[bytes]:
    """One after the other, each behind its length in a line of its own."""
    pages = []
    while content:
        length, _, content = content.partition(b"\n")
        pages.append(content[: int(length)])
        content = content[int(length) :]
    return pages
