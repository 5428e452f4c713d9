"""A form's fields on a screen and on paper: the same words, in the same order, with the same numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from songtor_web.fields import Field
from songtor_web.paper.sheets import Block, ToDate, ToTick, ToWrite
from songtor_web.texts import Say

_ROOM = {"prose": 6}
"""Lines to write on."""
STORY = 16
"""Lines for what happened: as many as the form's third page has room for, in either language."""


def numbered(fields: Iterable[Field], start: int = 1) -> list[Field]:
    return [replace(one, label=f"{number}. {one.label}") for number, one in enumerate(fields, start)]


def to_fill_in(field: Field, t: Say) -> Block:
    """What stands on paper for it. A list too long to tick is written."""
    label, hint = str(field.label), str(field.hint)
    if field.kind in ("choice", "checks") or (field.kind == "list" and len(field.options) < 12):
        options = [str(one.label) for one in field.options]
        return ToTick(label, options, hint, several=field.kind == "checks")
    if field.kind == "flag":
        number, _, words = label.partition(" ")
        return ToTick(number, [words], hint, several=True)
    if field.kind in ("date", "partial_date"):
        return ToDate(label, (str(t("shell.day")), str(t("shell.month")), str(t("shell.year"))), hint)
    return ToWrite(label, hint, STORY if field.name == "narrative" else _ROOM.get(field.kind, 1))
