"""What people do to be found: they say how to reach this house, tell people, and write down where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlmodel import Session, col, select

from songtor_node.forms import Filled, Form, Line, Prose, WholeDate
from songtor_node.outreach.models import Telling
from songtor_node.settings import keep, kept
from songtor_node.workers import Worker
from songtor_proto.errors import InputError

Way = Literal["poster", "leaflet", "talk", "visit", "online", "group_chat", "radio", "other"]
WAYS: tuple[Way, ...] = get_args(Way)
_LISTED = 200


def _scannable(text: str) -> str:
    """What a telephone's camera opens by itself."""
    if text and not text.startswith(("https://", "http://", "tel:")):
        raise PydanticCustomError("text", "nothing that a telephone opens")
    return text


class Address(Form):
    """How people reach this house: what a poster says. `code` is what its QR code holds."""

    name: Line = ""
    phone: Line = ""
    line: Line = ""
    code: Annotated[Line, AfterValidator(_scannable)] = ""
    hours: Line = ""
    place: Line = ""


class TellingForm(Form):
    day: Annotated[WholeDate, Filled]
    way: Way
    place: Line = ""
    said: Prose = ""
    people: Annotated[int, Field(ge=0, le=1_000_000)] = 0


def address(session: Session) -> Address:
    """As it was last said."""
    return Address(**{name: kept(session, f"reach.{name}") for name in Address.model_fields})


def ways(session: Session) -> str:
    """How people reach this house, in one line of what its poster says; or nothing."""
    said = address(session)
    return " · ".join(filter(None, (said.name, said.phone, said.line, said.hours, said.place)))


def say_address(session: Session, form: Address) -> None:
    for name, value in form.model_dump().items():
        keep(session, f"reach.{name}", value)


def tell(session: Session, form: TellingForm, *, by: Worker, now: datetime) -> Telling:
    row = Telling(**form.model_dump(), by=by.code, at=now)
    session.add(row)
    session.flush()
    return row


def told(session: Session) -> Sequence[Telling]:
    """The newest first, as many as one page shows."""
    query = select(Telling).order_by(col(Telling.day).desc(), col(Telling.id).desc()).limit(_LISTED)
    return session.exec(query).all()


def forget(session: Session, number: int) -> None:
    """What was written down by mistake. InputError("not_here")."""
    row = session.get(Telling, number)
    if row is None:
        raise InputError("not_here", field="telling")
    session.delete(row)
