"""One screen of a conversation about consent: what it stands in, and how a thing is asked on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from songtor_node.cases.models import Case
from songtor_node.cases.papers import File
from songtor_node.cases.record import CaseRecord
from songtor_node.consents.ground import House
from songtor_node.consents.models import Talk
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_web.fields import Field, Kind, Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One conversation, inside one transaction; `visit` speaks the language of whoever reads the screen.
    `files`: what came with the form, checked before the transaction."""

    visit: Visit
    session: Session
    case: Case
    by: Worker
    now: datetime
    talk: Talk
    record: CaseRecord
    house: House
    screens: Sequence[str]
    files: Mapping[str, File] = part(default_factory=dict)

    @property
    def lang(self) -> str:
        return self.visit.lang

    def words(self, key: str, **values: object) -> str:
        return self.visit.t(f"talk.{key}", **values)

    def said(self, screen: str, default: Any = "") -> Any:
        return self.talk.answers.get(screen, default)


class Screen(NamedTuple):
    """`show` gives what the template `consents/talk/NAME.html` needs; `take` gives the answer to keep, or
    raises InputError or ConsentError with the field at fault. `held`: it is the client's own, in their
    language; else the worker's."""

    show: Callable[[Room], dict[str, Any]]
    take: Callable[[Room], Any]
    held: bool = False


def field(room: Room, name: str, kind: Kind, value: object = "", **more: Any) -> Field:
    """One thing asked, with what was typed where the form came back."""
    hint = f"talk.{name}_hint"
    return Field(
        name=name,
        kind=kind,
        label=room.words(name),
        hint=room.visit.t(hint) if hint in room.visit.texts else "",
        value="" if kind in ("password", "code") else room.visit.said(name) or str(value),
        **more,
    )


def yes_or_no(room: Room, name: str, value: bool) -> Field:
    options = [Option(code, room.words(f"{name}_{code}")) for code in ("no", "yes")]
    return field(room, name, "choice", "yes" if value else "no", options=options)


def take_yes_or_no(name: str) -> Callable[[Room], bool]:
    return lambda room: one_of(room, name, ["no", "yes"]) == "yes"


def one_of(room: Room, name: str, codes: Sequence[str]) -> str:
    """InputError: missing, unknown_code."""
    said = room.visit.said(name)
    if said not in codes:
        raise InputError("unknown_code" if said else "missing", field=name)
    return said
