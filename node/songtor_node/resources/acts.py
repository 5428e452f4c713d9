"""What people do with this house's places of help. Each act is one call in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlmodel import Session

from songtor_node.forms import Code, Country, EmptyList, Filled, Form, Language, Line, Prose, one_of
from songtor_node.resources.models import NetworkCheck, Resource
from songtor_node.resources.network import OwnKind, entries
from songtor_node.workers import Worker
from songtor_proto.errors import InputError


def _https(link: str) -> str:
    if link and not link.startswith(("https://", "http://")):
        raise PydanticCustomError("text", "not a web address")
    return link


class ResourceForm(Form):
    """A place of help. Only its name and kind must be said."""

    kind: OwnKind
    name: Annotated[Line, Filled]
    country: Country = ""
    city: Line = ""
    phone: Line = ""
    address: Line = ""
    link: Annotated[Line, AfterValidator(_https)] = ""
    hours: Line = ""
    languages: Annotated[tuple[Language, ...], EmptyList, Field(max_length=10)] = ()
    needs: Annotated[
        tuple[Annotated[Code, one_of("problems"), Filled], ...], EmptyList, Field(max_length=30)
    ] = ()
    note: Prose = ""


def add(session: Session, form: ResourceForm, *, by: Worker, now: datetime) -> Resource:
    """A new place; who adds it has just found it to be so."""
    row = Resource(**form.model_dump(), by=by.code, at=now, checked_by=by.code, checked_at=now)
    session.add(row)
    session.flush()
    return row


def get(session: Session, number: int) -> Resource:
    """InputError("not_here")."""
    row = session.get(Resource, number)
    if row is None:
        raise InputError("not_here", field="resource")
    return row


def change(session: Session, number: int, form: ResourceForm, *, by: Worker, now: datetime) -> None:
    row = get(session, number)
    for name, value in form.model_dump().items():
        setattr(row, name, value)
    row.checked_by, row.checked_at = by.code, now


def checked(session: Session, number: int, *, by: Worker, now: datetime) -> None:
    """Somebody found that it is still so."""
    row = get(session, number)
    row.checked_by, row.checked_at = by.code, now


def checked_entry(session: Session, entry: str, *, by: Worker, now: datetime) -> None:
    """The same of an entry of the network's. InputError("not_here")."""
    if all(one.id != entry for one in entries()):
        raise InputError("not_here", field="resource")
    session.merge(NetworkCheck(entry=entry, by=by.code, at=now))


def remove(session: Session, number: int) -> None:
    session.delete(get(session, number))
