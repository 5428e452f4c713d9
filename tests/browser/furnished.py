"""What a node has after some weeks: a place of help, a paper, a visit, a closed case, somebody who left."""

from __future__ import annotations

from base64 import b64decode

from sqlmodel import select

from songtor_node.accounts import people
from songtor_node.cases import closure, entries, papers, service
from songtor_node.cases.models import Case
from songtor_node.resources import acts as resources
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from tests.browser.sample import Served

DOT = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def furnish(at: Served) -> list[str]:
    """Paths that nothing links to from where a walk begins."""
    now = at.node.clock()
    with writing(at.node.engine) as session:
        by = acting(session, "malee")
        first, last = (
            session.exec(select(Case).where(Case.code == code)).one() for code in (at.cases[0], at.cases[-1])
        )
        paper = papers.keep(session, first, name="จดหมาย", content=DOT, kind="", by=by, now=now)
        service.add(
            session, first, "visit", entries.Meeting(method="phone_call", found="ปลอดภัยดี"), by=by, now=now
        )
        closure.close(session, last, entries.Closing(outcome="assisted"), by=by, now=now)
        form = resources.ResourceForm(kind="shelter", name="บ้านพักตัวอย่าง", country="DE")
        place = resources.add(session, form, by=by, now=now)
        people.leave(session, "lek", by="admin", now=now)
    case, ended = f"/cases/{at.cases[0]}", f"/cases/{at.cases[-1]}"
    return [
        f"{case}/papers/{paper.id}",
        f"{case}/papers/{paper.id}/content",
        f"{case}/papers/{paper.id}/remove",
        f"{case}/visits",
        f"{ended}/closure/reopen",
        f"/resources/{place.id}",
        "/people/lek/return",
    ]
