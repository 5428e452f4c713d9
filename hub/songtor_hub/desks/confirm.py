"""The centre's duty officer is the second person behind what one worker sent at night. Rules C7 and C11."""

from __future__ import annotations

from sqlalchemy import select

from songtor_hub.desks.desk import Desk, Task, about
from songtor_hub.desks.officers import INTAKE
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import task as task_table
from songtor_proto import reference
from songtor_proto.errors import EnvelopeError, InputError, PeerError
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Confirmation, Payload


def confirm(desk: Desk, text: str) -> None:
    """Stands behind a referral to any desk, and tells the node so; its parts are confirmed with it.

    PeerError("role") for all but the intake officer; InputError("not_here"); EnvelopeError("transition")
    where two people stand behind it already; ConsentError("expired") after the 24 hours.
    """
    if desk.officer.role != INTAKE:
        raise PeerError("role", field=desk.officer.role)
    task = _root(desk, text)
    if task.confirmed or task.confirm_by_ms is None:
        raise EnvelopeError("transition", field=task.reference)
    said = Payload(confirmation=Confirmation(role=desk.officer.role))
    desk.commit(desk.say(about(task, task.referrer, wire.KIND_CONFIRMATION), said, "confirmation"))


def _root(desk: Desk, text: str) -> Task:
    wanted = reference.normalise(text)
    with reading(desk.hub.engine) as connection:
        found = connection.execute(
            select(task_table)
            .where(
                task_table.c.reference == wanted,
                task_table.c.part_of.is_(None),
                task_table.c.purpose.is_not(None),
            )
            .order_by(task_table.c.version.desc())
            .limit(1)
        ).one_or_none()
    if found is None:
        raise InputError("not_here", field=wanted)
    return found
