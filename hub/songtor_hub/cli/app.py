"""The `songtor-hub` command: global options, and the one place that turns an error into a line and a code.

A room's commands live in cli/<room>.py and register on `app`. A room imports its work inside the command, so
that `serve` does not carry what only the console needs.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from songtor_hub.cli.options import Options
from songtor_proto.errors import InputError, SongtorError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOMS: tuple[str, ...] = ("serve",)

app = typer.Typer(
    name="songtor-hub",
    help="ศูนย์กลางของเครือข่ายส่งต่อ · The centre of a Songtor network",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    context: typer.Context,
    data: Annotated[Path, typer.Option(envvar="SONGTOR_HUB_DATA", help="The hub's data folder.")] = Path(
        "hub-data"
    ),
    lang: Annotated[str, typer.Option(envvar="SONGTOR_LANG", help="th or en.")] = "th",
    as_json: Annotated[bool, typer.Option("--json", help="Answers for programs.")] = False,
    officer: Annotated[str, typer.Option("--as", help="Who acts: an officer's code.")] = "",
    passphrase_file: Annotated[
        Path | None,
        typer.Option(envvar="SONGTOR_PASSPHRASE_FILE", help="Holds the passphrase of the keyring."),
    ] = None,
    database: Annotated[
        str, typer.Option(envvar="SONGTOR_HUB_DATABASE", help="postgresql://… in place of the one of init.")
    ] = "",
) -> None:
    if lang not in ("th", "en"):
        raise InputError("unknown_code", field="--lang")
    context.obj = Options(data, lang, as_json, officer, passphrase_file, database)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command, leaves with its exit code; an error is a line on stderr, with `--json` an object."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for room in ROOMS:
        import_module(f"songtor_hub.cli.{room}")
    try:
        code = app(list(arguments), standalone_mode=False)
    except SongtorError as error:
        code = _complain(error, arguments)
    except click.UsageError as error:
        code = _complain(InputError("usage", field=error.format_message()), arguments)
    except (click.Abort, KeyboardInterrupt):
        code = 130
    raise SystemExit(code)


def _complain(error: SongtorError, arguments: Sequence[str]) -> int:
    """Global options may be what is wrong, so their values are looked for by eye."""
    lang = "en" if "en" in arguments else "th"
    if "--json" in arguments:
        told = {"error": error.code, "field": error.field, "message": error.public(lang)}
        print(json.dumps(told, ensure_ascii=False), file=sys.stderr)
    else:
        print(error.public(lang), file=sys.stderr)
    return error.entry.exit_code
