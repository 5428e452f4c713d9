"""Bringing a store's schema to this version's."""

from __future__ import annotations

from sqlalchemy import Engine

# Every table must be known before the schema is made.
from songtor_node import alerts as _alerts  # noqa: F401
from songtor_node import keys as _keys  # noqa: F401
from songtor_node import workers as _workers  # noqa: F401
from songtor_node.cases import models as _cases  # noqa: F401
from songtor_node.consents import models as _consents  # noqa: F401
from songtor_node.link import models as _link  # noqa: F401
from songtor_node.referrals import models as _referrals  # noqa: F401
from songtor_node.store.base import metadata


def upgrade(engine: Engine) -> None:
    """Makes what is missing."""
    metadata.create_all(engine)
