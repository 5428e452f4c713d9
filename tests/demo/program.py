"""The real command lines, run as a person or a script would: one process a command, answered in JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.demo.gate import Gate

COMMAND_SECONDS = 60.0
ARRIVAL_SECONDS = 120.0
"""How long a message may take from one side to the other before the demo gives up."""
PAUSE_SECONDS = 0.3

BIN = Path(sys.executable).parent
Answer = Any


class Failed(Exception):
    """Something is not as it was told."""


class Refused(Failed):
    """A command said no, in its one line."""

    def __init__(self, command: str, code: str, field: str, message: str) -> None:
        super().__init__(f"{command}: {message} [{code} {field}]")
        self.code, self.field, self.message = code, field, message


@dataclass(frozen=True)
class Program:
    """`songtor-hub` or `songtor-node` with one data folder, and the file that unlocks it."""

    name: str
    data: Path
    unlock: Path
    gate: Gate
    environment: Mapping[str, str]

    def words(self, *words: str, by: str = "") -> list[str]:
        """The command line, as it could be typed."""
        head = [self.name, "--data", str(self.data), "--passphrase-file", str(self.unlock)]
        return [*head, *(("--as", by) if by else ()), *words]

    async def run(self, *words: str, by: str = "", said: str | None = None) -> Answer:
        """The answer of one command; `said` goes to its standard input. Raises Refused."""
        async with self.gate.enter():
            process = await self.start(*words, by=by, stdin=DEVNULL if said is None else PIPE)
            try:
                async with asyncio.timeout(COMMAND_SECONDS):
                    out, err = await process.communicate(None if said is None else said.encode())
            finally:
                if process.returncode is None:
                    process.kill()
        if process.returncode == 0:
            return json.loads(out)
        raise _refused(f"{self.name} {words[0]}", err.decode(errors="replace"))

    async def arrived(
        self,
        *words: str,
        by: str = "",
        until: Callable[[Answer], bool] = lambda answer: True,
        but: Sequence[str] = ("input.not_here",),
    ) -> Answer:
        """The answer once it is as hoped. What has to travel first may still be on its way; until then the
        command is refused with one of `but`, or answers something else. Raises Refused, Failed."""
        before: Failed = Failed(f"{self.name} {' '.join(words)}: nothing came within {ARRIVAL_SECONDS:.0f} s")
        deadline = asyncio.get_running_loop().time() + ARRIVAL_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            try:
                answer = await self.run(*words, by=by)
                if until(answer):
                    return answer
            except Refused as refused:
                if refused.code not in but:
                    raise
                before = refused
            await asyncio.sleep(PAUSE_SECONDS)
        raise before

    async def start(
        self, *words: str, by: str = "", stdin: int = DEVNULL, stdout: int = PIPE, stderr: int = PIPE
    ) -> Process:
        """A process of its own session: a Ctrl-C is the demo's to answer, not theirs."""
        name, *rest = self.words(*words, by=by)
        return await asyncio.create_subprocess_exec(
            BIN / name,
            "--json",
            *rest,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )


def _refused(command: str, err: str) -> Failed:
    lines = err.strip().splitlines()
    try:
        said = json.loads(lines[-1])
        return Refused(command, said["error"], said["field"], said["message"])
    except (IndexError, ValueError, KeyError, TypeError):
        return Failed(f"{command}: {lines[-1] if lines else 'it ended without a word'}")
