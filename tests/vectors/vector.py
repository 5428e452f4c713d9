"""What a vector is, and the files they lie in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from songtor_proto.errors import SongtorError

FOLDER = Path(__file__).parent

Given = dict[str, Any]
Result = dict[str, Any]


class Vector(NamedTuple):
    """`expect` is "ok" or an error code; `result` what must come out as well, with an error its `field`."""

    rule: str
    what: str
    given: Given
    expect: str = "ok"
    result: Result | None = None


def outcome(judge: Callable[[Given], Result], given: Given) -> tuple[str, Result]:
    """What this code makes of it, in a vector's own words."""
    try:
        return "ok", judge(given)
    except SongtorError as error:
        return error.code, {"field": error.field} if error.field else {}


def refused(rule: str, what: str, given: Given, code: str, field: str = "") -> Vector:
    return Vector(rule, what, given, code, {"field": field} if field else None)


def to_text(about: str, vectors: Iterable[Vector]) -> str:
    """A file: one vector a line, so that a change shows as one."""
    lines = [
        _line({name: value for name, value in one._asdict().items() if value is not None}) for one in vectors
    ]
    return f'{{"about": {_line(" ".join(about.split()))},\n "vectors": [\n' + ",\n".join(lines) + "\n]}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read(name: str) -> list[Vector]:
    """The vectors of `name`.json."""
    file = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [Vector(**one) for one in file["vectors"]]
