"""The figures as a file to take along: UTF-8 with commas, as every spreadsheet opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def as_csv(rows: Iterable[tuple[str, str, int | str]]) -> bytes:
    """`rows`: what is counted, of which kind, how many."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
