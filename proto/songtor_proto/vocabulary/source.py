"""Reading the data files strictly: a missing, unknown or ill-typed value is refused, not guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.resources import files
from typing import Protocol, TypeVar

import yaml

from songtor_proto.errors import StoreError

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Coded(Protocol):
    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=Coded)


def read(name: str) -> str:
    """The text of one of the project's own data files."""
    return files("songtor_proto").joinpath("data", name).read_text(encoding="utf-8")


def refuse(where: str) -> StoreError:
    """StoreError("data") naming the place at fault."""
    return StoreError("data", field=where[:80])


class Line:
    """One line of data. What is read is taken out; `done` refuses what nobody asked for."""

    def __init__(self, where: str, data: object) -> None:
        if not isinstance(data, dict):
            raise refuse(where)
        self._left: dict[object, object] = dict(data)
        self.where = f"{where}.{self._left.get('code', '')}".rstrip(".")

    def text(self, key: str, default: str | None = None) -> str:
        value = self._left.pop(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise refuse(f"{self.where}.{key}")
        return value.strip()

    def code(self) -> str:
        code = self.text("code")
        if not _CODE.fullmatch(code):
            raise refuse(self.where)
        return code

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise refuse(f"{self.where}.{key}")
        return value

    def number(self, key: str, allowed: Collection[int]) -> int:
        value = self._left.pop(key, None)
        if type(value) is not int or value not in allowed:
            raise refuse(f"{self.where}.{key}")
        return value

    def codes(
        self, key: str, known: Collection[str], default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """A list of distinct codes, each of which is known."""
        value = self._left.pop(key, default)
        if not isinstance(value, (list, tuple)) or not all(isinstance(code, str) for code in value):
            raise refuse(f"{self.where}.{key}")
        if len(set(value)) != len(value) or not set(value) <= set(known):
            raise refuse(f"{self.where}.{key}")
        return tuple(value)

    def inner(self, key: str) -> Line:
        return Line(f"{self.where}.{key}", self._left.pop(key, {}))

    def left(self) -> tuple[str, ...]:
        return tuple(str(key) for key in self._left)

    def terms(self, key: str, make: Callable[[Line], T]) -> Mapping[str, T]:
        """The list under `key`, by code, in the order of the file; no code twice, nothing left unread."""
        value = self._left.pop(key, None)
        if not isinstance(value, list) or not value:
            raise refuse(f"{self.where}.{key}")
        found: dict[str, T] = {}
        for item in value:
            line = Line(key, item)
            term = make(line)
            line.done()
            if term.code in found:
                raise refuse(line.where)
            found[term.code] = term
        return found

    def done(self) -> None:
        if self._left:
            raise refuse(f"{self.where}.{next(iter(self._left))}")


def parse_yaml(name: str, text: str) -> Line:
    try:
        return Line(name, yaml.load(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, AttributeError) as error:
        raise refuse(name) from error


def parse_csv(name: str, text: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Each row by column name; the header must be exactly `columns`."""
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise refuse(name) from error
    if not rows or tuple(rows[0]) != columns:
        raise refuse(name)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns):
            raise refuse(f"{name}:{number}")
        yield dict(zip(columns, (cell.strip() for cell in row), strict=True))
