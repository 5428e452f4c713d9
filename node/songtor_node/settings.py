"""Facts that this node keeps about itself, by name."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from songtor_node.store.base import Setting

# (Asked in every act: made once, and without an object for each row.)
_ONE = select(Setting.value).where(col(Setting.name) == bindparam("name"))
_ALL = select(Setting.name, Setting.value)
_GIVEN = insert(Setting).values(name=bindparam("name"), value=bindparam("value"))
_KEEP = _GIVEN.on_conflict_do_update(index_elements=["name"], set_={"value": _GIVEN.excluded.value})


def kept(session: Session, name: str) -> str:
    """Empty where it was never kept."""
    return session.exec(_ONE, params={"name": name}).first() or ""


def all_kept(session: Session) -> dict[str, str]:
    """Every fact by its name, in one query."""
    return dict(session.exec(_ALL).all())


def keep(session: Session, name: str, value: str) -> None:
    session.connection().execute(_KEEP, {"name": name, "value": value})
