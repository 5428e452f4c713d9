"""Draws the reference pictures anew."""

from __future__ import annotations

import sys

from tests.web.pictures.reference import KEPT, drawn, pictures

for picture in sys.argv[1:] or pictures():
    made = drawn(picture)
    for old in KEPT.glob(f"{picture}_*.svg"):
        if old.name not in made:
            old.unlink()
    for name, svg in made.items():
        (KEPT / name).write_text(svg + "\n", "utf-8")
        print(name)
