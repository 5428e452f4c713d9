"""The reference pictures are drawn as they were when a person looked at them."""

from __future__ import annotations

from tests.web.pictures.reference import KEPT, drawn, pictures


def test_pictures_are_as_they_were_looked_at() -> None:
    """`python -m tests.web.pictures` draws them anew, to be looked at."""
    for picture in pictures():
        kept = {one.name: one.read_text("utf-8") for one in KEPT.glob(f"{picture}_*.svg")}
        assert kept == {name: svg + "\n" for name, svg in drawn(picture).items()}


def test_every_reference_is_some_pictures() -> None:
    assert {one.name.split("_")[0] for one in KEPT.glob("*.svg")} <= set(pictures())
