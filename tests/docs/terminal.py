"""A terminal that types what a page says and compares what comes with what the page shows.

What a page shows of an answer must come in that order; lines may be left out, and `…` stands for any text.
Codes, references, keys and dates are others each time: the first time that the page shows one it is learnt
what it is now, and later commands are typed with that.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

from songtor_hub.cli.app import run as hub
from songtor_node.cli.app import run as node
from tests.docs.pages import Block

PROGRAMS: dict[str, Callable[[Sequence[str]], int]] = {"songtor-node": node, "songtor-hub": hub}
PASSPHRASE_FILE = "passphrase"
PASSPHRASE = "made for the pages alone"
_SECONDS = 30
_LEARNT = (
    r"songtor1:[\w-]+",
    r"songtor_[\w-]{43}",
    r"[A-Z]{2}\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}",
    r"[CK]-[0-9A-Z]{5}\b",
    r"L-[A-Z2-7]{8}\b",
    r"(?:\d{5} ){7}\d{5}",
    r"(?:[0-9A-Z]{5} ){9}[0-9A-Z]{5}",
    r"\b[0-9a-f]{12}\b",
)
_ANY = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:\+00:00|Z)?)?",
    r"\d{1,2} \S+ 2[05]\d\d\b",
    r"\b[0-9a-f]{8}\b",
    r"…",
)
_TOKEN = re.compile("|".join([*(f"({form})" for form in _LEARNT), *_ANY]))


@dataclass
class Terminal:
    """Types into `folder`. `options` come before a program's own words; `settle` lets the hub do what is due,
    before anybody fetches."""

    folder: Path
    options: Sequence[str]
    settle: Callable[[], object]
    known: dict[str, str] = field(default_factory=dict)

    def type(self, block: Block) -> None:
        """Each `$ ` line of the block; fails where it is refused without the page saying so, or answers
        something else."""
        for command, shown in _commands(block.text):
            code, said = self._run(_TOKEN.sub(lambda found: self.known.get(found[0], found[0]), command))
            assert code == 0 or shown, f"{block}: $ {command}\nends with {code}:\n{said}"
            come = iter([_plain(line) for line in said.splitlines()])
            for line in shown:
                assert self._comes(_plain(line), come), (
                    f"{block}: $ {command}\nshows: {line}\nwhat came:\n{said}"
                )

    def ok(self, program: str, *words: str, source: str = "") -> str:
        """What a command says that must succeed; `source` is the file at its standard input."""
        code, said = self._command(program, words, source)
        assert code == 0, said
        return said

    def _run(self, command: str) -> tuple[int, str]:
        program, *words = shlex.split(command)
        if program not in PROGRAMS:
            shell = ["bash", "-ec", command]
            done = subprocess.run(
                shell, cwd=self.folder, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
            return done.returncode, done.stdout + done.stderr
        files = {"<": "", ">": ""}
        while words[-2:-1] and words[-2] in files:
            *words, sign, file = words
            files[sign] = file
        code, said = self._command(program, words, files["<"])
        if files[">"]:
            (self.folder / files[">"]).write_text(said, encoding="utf-8")
        return code, said

    def _command(self, program: str, words: Sequence[str], source: str) -> tuple[int, str]:
        """Exit code, and what it said to both outputs."""
        if "sync" in words:
            self.settle()
        content = (self.folder / source).read_bytes() if source else b""
        said, before = StringIO(), sys.stdin
        sys.stdin = TextIOWrapper(BytesIO(content), encoding="utf-8")
        try:
            with chdir(self.folder), redirect_stdout(said), redirect_stderr(said):
                return PROGRAMS[program]([*self.options, *words]), said.getvalue()
        finally:
            sys.stdin = before

    def _comes(self, line: str, come: Iterator[str]) -> bool:
        """Whether a line like this one is still to come; learns what it teaches."""
        pattern, taught = self._pattern(line)
        found = next((match for one in come if (match := pattern.fullmatch(one))), None)
        self.known |= zip(taught, found.groups() if found else (), strict=False)
        return found is not None

    def _pattern(self, line: str) -> tuple[re.Pattern[str], list[str]]:
        parts: list[str] = []
        taught: list[str] = []
        end = 0
        for found in _TOKEN.finditer(line):
            parts.append(re.escape(line[end : found.start()]))
            end = found.end()
            form = next(form for form in (*_LEARNT, *_ANY) if re.fullmatch(form, found[0]))
            if found[0] in self.known:
                parts.append(re.escape(self.known[found[0]]))
            elif found[0] in taught:
                parts.append(rf"\{taught.index(found[0]) + 1}")
            elif form in _LEARNT:
                parts.append(f"({form})")
                taught.append(found[0])
            else:
                parts.append(".*" if form == "…" else form)
        return re.compile("".join(parts) + re.escape(line[end:])), taught


Stage = Callable[[str], Terminal]
"""A terminal in the language given."""


def _commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each `$ ` line, and what the page shows after it."""
    for part in re.split(r"^\$ ", text.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, [line for line in shown if line.strip()]


def _plain(line: str) -> str:
    return " ".join(line.split())
