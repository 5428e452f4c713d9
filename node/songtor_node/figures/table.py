"""The figures as a file to take along: UTF-8 with commas, as every spreadsheet opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from songtor_node.figures.counts import told

FEW = "<5"


def as_csv(rows: Iterable[tuple[str, str, int]]) -> bytes:
    """`rows`: what is counted, of which kind, how many."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for what, kind, count in rows:
        writer.writerow((what, kind, FEW if told(count) is None else count))
    return b"\xef\xbb\xbf" + text.getvalue().encode()
