"""What the desks' commands share: the officer's desk, and what was typed or lies in a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songtor_hub.cli.options import Options, options_of
from songtor_proto.errors import InputError

if TYPE_CHECKING:
    from songtor_hub.desks.desk import Desk

MAXIMUM_WORDS = 1 << 16

Ref = Annotated[str, typer.Argument(metavar="REFERENCE", help="DE02-7K3M-Q9XM")]
Clear = Annotated[list[str] | None, typer.Option(help="จุดที่ตรวจแล้ว · Finding that was looked at")]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="- อ่านจากอินพุต · - reads standard input")]


@contextmanager
def at_work(context: typer.Context) -> Iterator[tuple[Options, Desk]]:
    """The desk of the officer who acts."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.desks import desk

    options = options_of(context)
    hub = options.open(Role.DESKS)
    try:
        yield options, desk.at_work(hub)
    finally:
        hub.close()


@contextmanager
def acting_on(context: typer.Context, reference: str) -> Iterator[Desk]:
    """As `at_work`; afterwards it is told where the referral stands now."""
    from songtor_hub.cli import desk_view
    from songtor_proto.spoken import spoken

    with at_work(context) as (options, desk):
        yield desk
        told = desk_view.standing(desk.find(reference), desk.hub, options.lang)
        line = f"{told['reference']}: {spoken('state', told['state'], options.lang)} ({told['stage_label']})"
        options.tell(line, line, **told)


def words(text: str) -> str:
    """What is said, kept out of the list of processes where it is given as `-`."""
    return sys.stdin.read(MAXIMUM_WORDS) if text == "-" else text


def contents(path: Path) -> bytes:
    """A file's, or of the standard input for `-`, so that no case has to lie on the disk. InputError: "file",
    "too_large"."""
    from songtor_proto.plain_yaml import MAXIMUM_BYTES

    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise InputError("file", field=path.name) from error
    if len(content) > MAXIMUM_BYTES:
        raise InputError("too_large", field=path.name)
    return content
