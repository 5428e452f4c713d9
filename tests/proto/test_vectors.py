"""The vectors for other implementations: what this one makes of them."""

from __future__ import annotations

import pytest

from tests.vectors.kept import Kept
from tests.vectors.make import SUBJECTS, files, subject
from tests.vectors.vector import Vector, outcome, read


@pytest.mark.parametrize(
    ("name", "vector"),
    [
        pytest.param(name, vector, id=f"{name}: {vector.what}"[:80])
        for name in SUBJECTS
        for vector in read(name)
    ],
)
def test_vector(name: str, vector: Vector) -> None:
    """What each vector names as its result is what this implementation says."""
    assert outcome(subject(name).judge, vector.given) == (vector.expect, vector.result or {})


def test_the_script_makes_these_files() -> None:
    """Vectors and worked examples never drift from the script, nor what is kept from what it must fit."""
    for file, text in files(Kept()).items():
        assert file.read_text(encoding="utf-8") == text, file.name
