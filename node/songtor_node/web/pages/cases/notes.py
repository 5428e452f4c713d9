"""Notes on a case: what belongs nowhere else."""

from __future__ import annotations

from sqlmodel import col, select
from starlette.responses import Response

from songtor_node.cases.models import Note
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.visit import Visit

NOTE = EntryForm(
    kind="note",
    path="/notes",
    new="/add",
    title="notes.form_title",
    asks=(Ask("text", "prose", words="note_text"),),
)


def notes(visit: Visit) -> Response:
    with visit.at("notes") as at:
        query = select(Note).where(Note.case_id == at.case.id).order_by(col(Note.id).desc())
        return visit.show("care/notes.html", **frame(at), notes=at.session.exec(query).all())


PAGES = (
    Page(path="/cases/{case}/notes", may=May.CASEWORK, get=notes),
    Page(path="/cases/{case}/notes/add", may=May.CASEWORK, get=NOTE.add, post=NOTE.added),
    Page(path="/cases/{case}/notes/{number}", may=May.CASEWORK, get=NOTE.change, post=NOTE.changed),
    Page(path="/cases/{case}/notes/{number}/out", may=May.CASEWORK, post=NOTE.out),
)
