"""What every command of the hub is given, and how it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from songtor_hub.cli.passphrase import ask
from songtor_web.screen import as_json

if TYPE_CHECKING:
    from songtor_hub.bootstrap import Hub, Role

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*\+00:00")


@dataclass(frozen=True, slots=True)
class Options:
    data: Path
    lang: str
    as_json: bool
    officer: str
    passphrase_file: Path | None
    database: str

    def open(self, role: Role) -> Hub:
        """The hub with the keyring of that role."""
        from songtor_hub.bootstrap import open_hub

        unlock = partial(ask, file=self.passphrase_file)
        return open_hub(self.data, unlock, role, officer=self.officer, database=self.database)

    def tell(self, th: str, en: str, **facts: object) -> None:
        """One line for a person, the facts for a program."""
        typer.echo(as_json(facts) if self.as_json else (en if self.lang == "en" else th))

    def list(self, rows: Sequence[Mapping[str, object]], lines: Iterable[str]) -> None:
        """Lines that no column breaks within a word; for a program the rows as they are."""
        for line in [as_json(rows)] if self.as_json else lines:
            typer.echo(line)

    def show(self, rows: Sequence[Mapping[str, object]], columns: Mapping[str, tuple[str, str]]) -> None:
        """A table whose columns are headed in Thai and English; for a program the rows as they are."""
        if self.as_json:
            typer.echo(as_json(rows))
            return
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for number, heads in enumerate(columns.values()):
            table.add_column(heads[self.lang == "en"], no_wrap=number == 0, overflow="fold")
        for row in rows:
            table.add_row(*(_cell(row.get(column)) for column in columns))
        Console(highlight=False, markup=False).print(table)


def options_of(context: typer.Context) -> Options:
    found = context.obj
    assert isinstance(found, Options)
    return found


def _cell(value: object) -> str:
    if value is None or value is False:
        return ""
    return "✓" if value is True else _TIME.sub(r"\1 \2 UTC", str(value))
