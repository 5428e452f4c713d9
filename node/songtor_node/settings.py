"""Facts that this node keeps about itself, by name."""

from __future__ import annotations

from sqlmodel import Session, select

from songtor_node.store.base import Setting


def kept(session: Session, name: str) -> str:
    """Empty where it was never kept."""
    setting = session.get(Setting, name)
    return setting.value if setting else ""


def all_kept(session: Session) -> dict[str, str]:
    """Every fact by its name, in one query."""
    return {setting.name: setting.value for setting in session.exec(select(Setting))}


def keep(session: Session, name: str, value: str) -> None:
    session.merge(Setting(name=name, value=value))
