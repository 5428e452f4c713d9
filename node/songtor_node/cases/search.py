"""Finding cases by any part of a word, also inside Thai words, which have no spaces between them.

The table `words` knows three letters at a time and keeps no text; what matched is shown from the case itself.
Below three letters the texts are looked through. What is searched for is kept nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import JSON, bindparam, inspect, or_, text
from sqlmodel import AutoString, Session, col, select

from songtor_node.cases.models import Alike, Assignment, Case, Change, Entry, Look, Person, Problem, Tie
from songtor_node.cases.papers import Paper
from songtor_node.store.base import Row
from songtor_node.workers import SEES_ALL, Worker, may_see
from songtor_proto.vocabulary import vocabulary

SHOWN = 50  # cases of one search
_LOOKED_AT = 400  # cases that a search reads at most
_BATCH = 500
Table = type[Case] | type[Entry]
_ROOM = (Case.__module__, Paper.__module__)
_NEAR = 48  # letters shown on either side of what matched
_SNIPPETS = 2  # of a case
LONGEST = 100  # letters of a search
_APART: tuple[type[Entry], ...] = (Look, Assignment, Change, Alike, Tie)
# Codes and dates; what they say is found by the list's filters.
_NO_WORDS = {
    "step", "level", "dimension", "subject", "method", "kind", "kinds", "state",
    "stage", "safety", "verification", "practice_form", "currency", "media_type", "sha256", "uid",
    "target_group", "channel", "referrer", "outcome", "sex", "when", "until", "at_time",
    "due", "done", "birth_date", "client_zone", "languages", "nationality", "country", "category",
    "condition", "refused", "key", "born", "death_date", "whom", "strength", "flow", "after", "before",
    "led_to", "information", "started", "by", "at",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the case's text; `parts` alternate: not matched, matched. `table` says where it stands."""

    table: str
    parts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hit:
    case: Case
    snippets: Sequence[Snippet]


@dataclass(frozen=True, slots=True)
class Found:
    """The newest cases first. `more`: there are others; the search should say more."""

    hits: Sequence[Hit]
    more: bool


def find(session: Session, worker: Worker, asked: str) -> Found:
    """The cases that the worker may see and that hold every word of `asked`, each anywhere."""
    wanted = list(dict.fromkeys(fold(asked[:LONGEST]).split()))
    if not wanted or not may_see(worker.role, assigned=True):
        return Found((), False)
    long = [word for word in wanted if len(word) >= 3]
    most = SHOWN + 1 if len(long) == len(wanted) else _LOOKED_AT
    numbers = _by_index(session, worker, long, most) if long else _by_reading(session, worker, wanted)
    cases = {case.id: case for case in session.exec(select(Case).where(col(Case.id).in_(numbers))) if case.id}
    said = pieces(session, list(cases))
    hit = [number for number in numbers if _holds(said[number], wanted)]
    return Found(
        [Hit(cases[number], _snippets(_shown(said[number], worker), wanted)) for number in hit[:SHOWN]],
        len(hit) > SHOWN or len(numbers) == most,
    )


def _holds(said: Iterable[tuple[str, str]], wanted: Iterable[str]) -> bool:
    whole = "\n".join(fold(piece) for _, piece in said)
    return all(word in whole for word in wanted)


def _shown(said: Iterable[tuple[str, str]], worker: Worker) -> list[tuple[str, str]]:
    """In other people's houses no line of a list gives a name."""
    return [one for one in said if worker.role in SEES_ALL or one[0] != Person.__tablename__]


def _by_index(session: Session, worker: Worker, wanted: Iterable[str], most: int) -> list[int]:
    match = " AND ".join('"' + word.replace('"', '""') + '"' for word in wanted)
    values = {"match": match, "most": most}
    if worker.role in SEES_ALL:
        found = session.connection().execute(_OF_ALL, values)
    else:
        found = session.connection().execute(_OF_MINE, values | {"worker": worker.code})
    return list(found.scalars())


_OF_ALL = text("SELECT rowid FROM words WHERE words MATCH :match ORDER BY rowid DESC LIMIT :most")
_OF_MINE = text(
    "SELECT rowid FROM words WHERE words MATCH :match"
    " AND rowid IN (SELECT case_id FROM assignment WHERE worker = :worker) ORDER BY rowid DESC LIMIT :most"
)


def _by_reading(session: Session, worker: Worker, wanted: Iterable[str]) -> list[int]:
    numbers: set[int] = set()
    for table, columns in _texts().items():
        number = _number(table)
        query = select(number).distinct()
        for word in list(wanted)[:1]:
            query = query.where(or_(*(column.contains(word, autoescape=True) for column in columns)))
        if worker.role not in SEES_ALL:
            mine = select(Assignment.case_id).where(Assignment.worker == worker.code)
            query = query.where(number.in_(mine))
        numbers |= set(session.exec(query.order_by(number.desc()).limit(_LOOKED_AT)))
    return sorted(numbers, reverse=True)[:_LOOKED_AT]


def index(session: Session, numbers: Sequence[int]) -> None:
    """Writes anew what these cases can be found by; nothing of a case that is no more."""
    connection = session.connection()
    said = pieces(session, numbers)
    for number in numbers:
        connection.execute(text("DELETE FROM words WHERE rowid = :number"), {"number": number})
        if number in said:
            words = "\n".join(fold(piece) for _, piece in said[number])
            connection.execute(
                text("INSERT INTO words (rowid, text) VALUES (:number, :words)"),
                {"number": number, "words": words},
            )


def pieces(session: Session, numbers: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """What these cases say, piece by piece, each with the name of its table."""
    said: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for table in _texts():
        for start in range(0, len(numbers), _BATCH):
            some = numbers[start : start + _BATCH]
            for of_case, row in session.exec(_rows_of(table), params={"cases": some}):
                of = said[of_case]
                of += [(str(table.__tablename__), piece) for piece in dict.fromkeys(_of_row(row))]
    return dict(said)


@cache
def _rows_of(table: Table) -> Any:
    """The statement that reads the rows of some `cases`, each with its case's number."""
    number = _number(table)
    return select(number, table).where(number.in_(bindparam("cases", expanding=True)))


def _number(table: Table) -> Any:
    """The column that says which case a row is of."""
    return col(Case.id) if table is Case else inspect(table).columns["case_id"]


def fold(text: str) -> str:
    """One spelling for all: small letters, signs taken apart, Latin letters without their marks, Western
    digits, nothing invisible."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return _MARKS.sub("\\1\u0e4d", plain)


_PLAIN = {
    **{0x0E50 + digit: str(digit) for digit in range(10)},
    **dict.fromkeys(
        [0, *range(0x0300, 0x0370), 0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
    ),
}
_MARKS = re.compile(
    "\u0e4d([\u0e48-\u0e4b])"
)  # a tone mark is typed before a nikhahit by some, by others after


def _folded(text: str) -> tuple[str, list[int]]:
    """The same, and for each letter the place of the one that it comes from."""
    made = [(plain, place) for place, letter in enumerate(text) for plain in fold(letter)]
    for at in range(len(made) - 1):
        if _MARKS.match(made[at][0] + made[at + 1][0]):
            made[at], made[at + 1] = made[at + 1], made[at]
    return "".join(plain for plain, _ in made), [*(place for _, place in made), len(text)]


def _snippets(said: Sequence[tuple[str, str]], wanted: Sequence[str]) -> list[Snippet]:
    found: list[Snippet] = []
    missing = list(wanted)
    for table, piece in said:
        if len(found) < _SNIPPETS and any(word in fold(piece) for word in missing):
            plain, places = _folded(piece)
            here = [word for word in missing if word in plain]
            if here:
                missing = [word for word in missing if word not in here]
                found.append(Snippet(table, _marked(piece, plain, places, here)))
    return found


def _marked(piece: str, plain: str, places: Sequence[int], words: Sequence[str]) -> list[str]:
    spans = sorted((plain.index(word), plain.index(word) + len(word)) for word in words)
    at = begin = _before(piece, max(0, places[spans[0][0]] - _NEAR))
    parts = []
    for first, last in spans:
        start, end = places[first], _whole(piece, places[last - 1] + 1)
        if at <= start <= begin + 3 * _NEAR:
            parts += [piece[at:start], piece[start:end]]
            at = end
    after = _whole(piece, min(len(piece), at + _NEAR))
    parts.append(piece[at:after] + ("…" if after < len(piece) else ""))
    parts[0] = ("…" if begin else "") + parts[0]
    return parts


def _whole(piece: str, end: int) -> int:
    """Not between a letter and the marks above and below it."""
    while end < len(piece) and unicodedata.category(piece[end]) == "Mn":
        end += 1
    return end


def _before(piece: str, begin: int) -> int:
    while begin and unicodedata.category(piece[begin]) == "Mn":
        begin -= 1
    return begin


def _of_row(row: Row) -> Iterator[str]:
    if isinstance(row, Problem):
        term = vocabulary().problems.get(row.code)
        yield from (term.th, term.en) if term else ()
    for name in _columns(type(row)):
        if not (isinstance(row, Problem) and name == "code"):
            yield from _strings(getattr(row, name))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
            digits = "".join(letter for letter in value if letter.isdigit())
            if 6 <= len(digits) < len(value) <= 40:  # a number that some write with spaces
                yield digits
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _NO_WORDS:
                yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


@cache
def _columns(table: Table) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in inspect(table).columns
        if isinstance(column.type, (AutoString, JSON))
        and not column.foreign_keys
        and column.name not in _NO_WORDS
    )


@cache
def _texts() -> dict[Table, list[Any]]:
    """Every table of the cases' room that words stand in, with its columns of plain text."""
    entries = [one for one in Entry.__subclasses__() if one not in _APART and one.__module__ in _ROOM]
    tables: list[Table] = [Case, *entries]
    return {
        table: [
            getattr(table, name)
            for name in _columns(table)
            if isinstance(inspect(table).columns[name].type, AutoString)
        ]
        for table in tables
        if _columns(table)
    }
