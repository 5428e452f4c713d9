"""What is kept with a case beside its words: photographs, scans, signatures, recordings.

All of it lies in the encrypted store; none of it is ever a file on the disk.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Field, Session, col, select

from songtor_node.cases import history
from songtor_node.cases.file_types import TYPES, FileType, taken
from songtor_node.cases.models import Case, Change, Entry
from songtor_node.store.base import Row
from songtor_node.workers import Worker
from songtor_proto.errors import InputError

MAX_BYTES = 10 * 1024 * 1024  # of one
MAX_CASE_BYTES = 100 * 1024 * 1024
MAX_PAPERS = 500  # of a case
MAX_NAME = 120
# By what was chosen on the papers' own page; every other kind belongs to the room that keeps it.
OF_MEDIA = {"image": "photo", "application": "document", "audio": "sound"}
KINDS = frozenset({*OF_MEDIA.values(), "scan", "signature", "recording"})  # their words: texts/papers.yaml


class Paper(Entry, table=True):
    """`name` is what a person calls it, which may be nothing; `size` in bytes, `sha256` in hex, of what is
    kept."""

    __tablename__ = "paper"

    name: str = ""
    kind: str
    media_type: str
    size: int
    sha256: str

    @property
    def loose(self) -> bool:
        """Nothing rests on it, so it may be taken out."""
        return self.kind in OF_MEDIA.values()

    @property
    def file_name(self) -> str:
        """For whoever takes it along; it says nothing of the case."""
        return f"{self.id}.{next(one.ending for one in TYPES if one.media == self.media_type)}"


class PaperContent(Row, table=True):
    """Apart, so that a list of papers does not read them. It stays when its paper is taken out, which can
    be put back."""

    __tablename__ = "paper_content"

    paper_id: int = Field(primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True, ondelete="CASCADE")
    content: bytes


class File(NamedTuple):
    """What a file is, and the copy of it without place, time and camera."""

    type: FileType
    clean: bytes


def checked(content: bytes) -> File:
    """It takes a while, so before the transaction. InputError: missing, too_large, file_type, file_active."""
    if not content:
        raise InputError("missing", field="file")
    if len(content) > MAX_BYTES:
        raise InputError("too_large", field="file")
    return File(*taken(content))


def keep(
    session: Session, case: Case, *, name: str, file: File, kind: str, by: Worker, now: datetime
) -> Paper:
    """`kind`: photo, scan, signature, recording ...; empty: by what it is. InputError("papers_full")."""
    assert case.id is not None
    assert kind in {"", *KINDS}
    found, clean = file
    number, room = left(session, case)
    if number < 1 or len(clean) > room:
        raise InputError("papers_full", field="file")
    paper = Paper(
        case_id=case.id,
        by=by.code,
        at=now,
        name=spoken(name),
        kind=kind or OF_MEDIA[found.media.split("/")[0]],
        media_type=found.media,
        size=len(clean),
        sha256=hashlib.sha256(clean).hexdigest(),
    )
    session.add(paper)
    session.flush()
    assert paper.id is not None
    session.add(PaperContent(paper_id=paper.id, case_id=case.id, content=clean))
    session.flush()
    return paper


def left(session: Session, case: Case) -> tuple[int, int]:
    """How many papers, and bytes, the case still has room for; what was taken out is kept too."""
    out = select(Change.former).where(
        Change.case_id == case.id,
        Change.what == Paper.__tablename__,
        col(Change.gone).is_(True),
        col(Change.back).is_(False),
    )
    sizes = [*session.exec(select(Paper.size).where(Paper.case_id == case.id))]
    sizes += [former["size"] for former in session.exec(out)]
    return MAX_PAPERS - len(sizes), MAX_CASE_BYTES - sum(sizes)


def has(session: Session, case: Case, name: str, file: File) -> bool:
    """Whether that very file is among the loose papers of the case, under that name."""
    same = hashlib.sha256(file.clean).hexdigest()
    return any(one.loose and (one.sha256, one.name) == (same, spoken(name)) for one in listing(session, case))


def listing(session: Session, case: Case) -> Sequence[Paper]:
    """The newest first."""
    return session.exec(select(Paper).where(Paper.case_id == case.id).order_by(col(Paper.id).desc())).all()


def find(session: Session, case: Case, number: str) -> Paper:
    """InputError("not_here")."""
    paper = (
        session.get(Paper, int(number))
        if number.isascii() and number.isdigit() and len(number) < 16
        else None
    )
    if paper is None or paper.case_id != case.id:
        raise InputError("not_here", field="paper")
    return paper


def content_of(session: Session, paper: Paper) -> bytes:
    return session.get_one(PaperContent, paper.id).content


def rename(paper: Paper, name: str) -> None:
    paper.name = spoken(name)


def take_out(session: Session, paper: Paper, *, by: Worker, now: datetime) -> Change:
    """It can be put back. InputError("paper_needed") where a consent or another act rests on it."""
    if not paper.loose:
        raise InputError("paper_needed", field="paper")
    return history.take_out(session, paper, by=by, now=now)


def spoken(name: str) -> str:
    """The name without a path, an ending of ours, and letters that drive a screen."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, _, ending = last.rpartition(".")
    last = stem if ending.lower() in {*(one.ending for one in TYPES), "jpeg"} else last
    clean = (
        letter for letter in last if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    return " ".join("".join(clean).split())[:MAX_NAME]
