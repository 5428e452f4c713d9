"""Where Alembic finds the connection that `schema.upgrade` holds, and the tables to compare with."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator, TypeEngine

import songtor_node.accounts.models
import songtor_node.alerts
import songtor_node.cases.blanks
import songtor_node.cases.glance
import songtor_node.cases.models
import songtor_node.cases.papers
import songtor_node.consents.models
import songtor_node.keys
import songtor_node.link.models
import songtor_node.outreach.models
import songtor_node.referrals.models
import songtor_node.resources.models
import songtor_node.web.entrance.sessions
import songtor_node.web.forms.drafts
import songtor_node.web.forms.two_people
import songtor_node.web.reach.authority
import songtor_node.workers  # noqa: F401 (the tables of all of them are on the one metadata)
from songtor_node.store.base import metadata


def plain(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """A revision names SQLAlchemy's own types alone, so that it means the same for ever."""
    if kind == "type" and isinstance(item, TypeDecorator):
        stored: TypeEngine[Any] = item.impl_instance
        return f"sa.{type(stored).__name__}()"
    return False


def is_ours(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """The tables that SQLite makes for full-text search are no model's."""
    return not (kind == "table" and str(name).startswith("words"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
    render_item=plain,
    include_object=is_ours,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
