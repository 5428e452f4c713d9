"""What every command is given: the global options, the opened node, one way to speak to people and programs.

Rules of the command line: results go to stdout, all else to stderr; with --json exactly one JSON value goes
to stdout; an error is one line and an exit code of the catalogue; nothing of a case is ever in an error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from songtor_node.bootstrap import Node, check_here, open_node
from songtor_node.unlock import Unlock, key_file, parse
from songtor_proto.errors import InputError, SongtorError
from songtor_web.screen import as_json, shown

CREDENTIAL = "songtor-node"
MAXIMUM_WORDS = 1 << 16  # bytes


class Screen(RichConsole):
    """What comes from the other side drives no terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown(segment.text), segment.style)


@dataclass(slots=True)
class Console:
    """The global options of one run."""

    data: Path = Path("songtor-node")
    lang: str = "th"
    json: bool = False
    worker: str = ""
    passphrase_file: Path | None = None

    def choose(self, th: str, en: str) -> str:
        return en if self.lang == "en" else th

    def show(self, data: object, *lines: object) -> None:
        """`data` to a program, `lines` (text or rich tables) to a person."""
        if self.json:
            sys.stdout.write(as_json(data) + "\n")
            return
        screen = Screen(soft_wrap=True, highlight=False)
        for line in lines:
            screen.print(Text(line) if isinstance(line, str) else line)

    def table(self, headings: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Table:
        """`headings`: Thai and English of each column."""
        table = Table(box=None, pad_edge=False, show_header=any(any(pair) for pair in headings))
        for pair in headings:
            table.add_column(
                self.choose(*pair), overflow="fold"
            )  # Thai has no spaces; nothing may be cut off
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        return table

    def note(self, text: str) -> None:
        """A remark to the person, beside the result."""
        Screen(stderr=True, soft_wrap=True, highlight=False).print(Text(text))

    @contextmanager
    def node(self) -> Iterator[Node]:
        """The opened node, acting for the worker of --as."""
        check_here(self.data)
        node = open_node(self.data, self.unlock(), worker=self.worker)
        try:
            yield node
        finally:
            node.close()

    def unlock(self) -> Unlock:
        """As it is at hand, else from the keyboard."""
        return self.at_hand() or Unlock(passphrase=self.secret("รหัสผ่าน", "Passphrase"))

    def at_hand(self) -> Unlock | None:
        """From --passphrase-file, the systemd credential, SONGTOR_PASSPHRASE_FILE or the key file; None where
        there is none of them."""
        credential = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), CREDENTIAL)
        named = os.environ.get("SONGTOR_PASSPHRASE_FILE")
        if place := self.passphrase_file or (
            credential if credential.is_absolute() and credential.exists() else named
        ):
            text = self.read(Path(place), limit=4096, field="passphrase-file")
            return parse(text.decode(errors="replace"))
        return key_file(self.data)

    def secret(self, th: str, en: str) -> str:
        """Asks at the keyboard, unseen; StoreError where nobody is there to answer."""
        if not sys.stdin.isatty():
            raise InputError("passphrase")
        answer: str = typer.prompt(self.choose(th, en), hide_input=True, err=True)
        return answer

    def read(self, path: Path, *, limit: int, field: str) -> bytes:
        """A file's bytes, or the standard input for `-`; InputError("file") or ("too_large")."""
        try:
            if str(path) == "-":
                content = sys.stdin.buffer.read(limit + 1)
            else:
                with path.open("rb") as file:
                    content = file.read(limit + 1)
        except OSError:
            raise InputError("file", field=field) from None
        if len(content) > limit:
            raise InputError("too_large", field=field)
        return content

    def words(self, text: str) -> str:
        """What is said; `-` reads it from the standard input, so that no list of processes and no shell's
        history has it. InputError: file, too_large, text."""
        if text != "-":
            return text
        try:
            return self.read(Path("-"), limit=MAXIMUM_WORDS, field="text").decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError("text", field="text") from None

    def fail(self, error: SongtorError) -> int:
        """Prints the one line of an error and gives the exit code."""
        message = error.public(self.lang)
        said: dict[str, Any] = {"error": error.code, "field": error.field, "message": message}
        print(json.dumps(said, ensure_ascii=False) if self.json else message, file=sys.stderr)
        return error.entry.exit_code


def console(context: typer.Context) -> Console:
    found: Console = context.find_object(Console) or Console()
    return found
