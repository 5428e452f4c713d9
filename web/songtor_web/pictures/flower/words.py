"""The flower in words: its title, its petals, what has changed."""

from __future__ import annotations

from collections.abc import Sequence

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.flower.layout import Placed
from songtor_web.pictures.flower.model import OPEN, Flower, Petal
from songtor_web.texts import Say


def title(flower: Flower, t: Say) -> str:
    """How many petals, of whom, and in which colours: what is seen at a glance."""
    levels = list(flower.levels.values())
    counts = [(code, levels.count(code)) for code in (*vocabulary().threat_levels, OPEN) if code in levels]
    told = ", ".join(f"{level_words(code, t)} {count}" for code, count in counts)
    return f"{t('pictures.flower_title')}: {told}"


def subject_words(subject: str, t: Say) -> str:
    return str(t(f"pictures.flower_{subject}"))


def level_words(level: str, t: Say, plain: bool = False) -> str:
    return str(t(f"pictures.flower_{'says' if plain else 'level'}_{level or 'open'}"))


def dimension_words(dimension: str, t: Say) -> str:
    return str(t(f"pictures.flower_{dimension}"))


def petal_says(one: Placed, t: Say, plain: bool = False) -> str:
    """Whose, of what, how."""
    dimension, level = dimension_words(one.petal.dimension, t), level_words(one.petal.level, t, plain)
    return f"{subject_words(one.subject, t)}, {dimension}: {level}"


def words(
    flower: Flower, t: Say, *, names: bool = True, plain: bool = False
) -> Sequence[tuple[str, Sequence[str]]]:
    """Ring by ring. Without names no reasons: they are free text."""

    def said(petal: Petal) -> str:
        level = f"{dimension_words(petal.dimension, t)}: {level_words(petal.level, t, plain)}"
        return f"{level} ({petal.reason})" if names and petal.reason else level

    return [(subject_words(ring.subject, t), [said(one) for one in ring.petals]) for ring in flower.rings]


def changes(before: Flower, after: Flower, t: Say) -> list[str]:
    """What is another colour than before: whose, of what, from which to which."""
    was = before.levels
    return [
        f"{subject_words(subject, t)} · {dimension_words(dimension, t)}: "
        f"{level_words(was.get((subject, dimension), OPEN), t)} → {level_words(level, t)}"
        for (subject, dimension), level in after.levels.items()
        if was.get((subject, dimension), OPEN) != level
    ]
