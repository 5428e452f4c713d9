"""A timeline in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from songtor_web.pictures.timeline import says
from songtor_web.pictures.timeline.model import Timeline
from songtor_web.pictures.timeline.order import Standing, in_order
from songtor_web.texts import Say


def words(timeline: Timeline, *, t: Say, lang: str, theme: str = "") -> list[tuple[str, Sequence[str]]]:
    """(heading, sentences): in the order of time, then what has no place in it."""
    shown = [one for one in in_order(timeline) if not theme or one.event.theme == theme]
    known = [_sentence(one, t, lang) for one in shown if one.placed]
    unknown = [_sentence(one, t, lang) for one in shown if not one.placed]
    said: list[tuple[str, Sequence[str]]] = [("", known)] if known else []
    return [*said, (str(t("pictures.timeline_unknown")), unknown)] if unknown else said


def _sentence(one: Standing, t: Say, lang: str) -> str:
    parts = [f"{one.number}. {says.when(one, t, lang)}: {one.event.text}"]
    if one.event.theme:
        parts.append(f"({one.event.theme})")
    if one.led_to:
        parts.append(f"· {t('pictures.timeline_led_to', n=', '.join(map(str, one.led_to)))}")
    return " ".join(parts)
