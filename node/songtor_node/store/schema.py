"""Bringing a store's schema to this version's."""

from __future__ import annotations

from sqlalchemy import Engine

from songtor_node.store.base import metadata


def upgrade(engine: Engine) -> None:
    """Makes what is missing."""
    metadata.create_all(engine)
