"""References of what begins at the hub, unique among its own. Rule R1."""

from __future__ import annotations

from sqlalchemy import select

from songtor_hub.addresses import HUB
from songtor_hub.bootstrap import Hub
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import task
from songtor_proto import reference


def new(hub: Hub) -> str:
    while True:
        made = reference.new(HUB, hub.random)
        with reading(hub.engine) as connection:
            if connection.scalar(select(task.c.id).where(task.c.reference == made)) is None:
                return made
