"""The reference pictures: hand-made models drawn, compared byte for byte with what a person has looked at.

A picture's test module offers `references() -> {name: svg}`; `python -m tests.web.pictures` draws them anew
(review them by eye before they are kept), `python -m tests.web.pictures timeline` those of one picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

KEPT = Path(__file__).parent / "references"


def pictures() -> list[str]:
    """The names of the pictures that have references."""
    found = sorted(Path(__file__).parent.glob("test_*.py"))
    return [one.stem.removeprefix("test_") for one in found if "\ndef references()" in one.read_text("utf-8")]


def drawn(picture: str) -> Mapping[str, str]:
    """By file name."""
    made: Mapping[str, str] = import_module(f"tests.web.pictures.test_{picture}").references()
    return {f"{picture}_{name}.svg": svg for name, svg in made.items()}
