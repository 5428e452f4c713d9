"""The `songtor-hub` command: global options, and the one place that turns an error into a line and a code.

A room's commands live in cli/<room>.py and register on `app`. A room imports its work inside the command, so
that `serve` does not carry what only the console needs.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from songtor_hub.cli.options import Options
from songtor_proto.errors import InputError, SongtorError
from songtor_web import log
from songtor_web.process import keep_to_itself

ROOMS: tuple[str, ...] = ("founding", "seats", "desk_keys", "officers", "desks", "onward", "liaison", "serve")

app = typer.Typer(
    help="ศูนย์กลางของเครือข่ายส่งต่อ · The centre of a Songtor network",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    context: typer.Context,
    data: Annotated[Path, typer.Option(envvar="SONGTOR_HUB_DATA", help="โฟลเดอร์ข้อมูล · Data folder")] = Path(
        "songtor-hub"
    ),
    lang: Annotated[str, typer.Option(envvar="SONGTOR_LANG", help="th | en")] = "th",
    as_json: Annotated[bool, typer.Option("--json", help="สำหรับโปรแกรม · For programs")] = False,
    officer: Annotated[str, typer.Option("--as", help="ผู้ปฏิบัติงาน · Who acts")] = "",
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help="แฟ้มรหัสผ่าน · File with the passphrase"),
    ] = None,
    database: Annotated[
        str,
        typer.Option(envvar="SONGTOR_HUB_DATABASE", help="postgresql://… (แทนที่ตั้งไว้ · in place of init's)"),
    ] = "",
) -> None:
    if lang not in ("th", "en"):
        raise InputError("unknown_code", field="--lang")
    context.obj = Options(data, lang, as_json, officer, passphrase_file, database)


def run(arguments: Sequence[str]) -> int:
    """One command; gives the exit code. An error is a line on stderr, with `--json` an object."""
    as_json = "--json" in arguments  # welcome anywhere in the line
    words = [word for word in arguments if word != "--json"]
    log.quiet()
    for room in ROOMS:
        import_module(f"songtor_hub.cli.{room}")
    try:
        code = app(["--json"] * as_json + words, prog_name="songtor-hub", standalone_mode=False)
    except SongtorError as error:
        return _fail(error, words, as_json)
    except typer.TyperException as error:
        return _fail(InputError("usage", field=_at_fault(error)), words, as_json)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    return code if isinstance(code, int) else 0


def main() -> None:
    keep_to_itself()
    sys.exit(run(sys.argv[1:]))


def _fail(error: SongtorError, words: Sequence[str], as_json: bool) -> int:
    text = error.public(_wanted_lang(words))
    told = {"error": error.code, "field": error.field, "message": text}
    print(json.dumps(told, ensure_ascii=False) if as_json else text, file=sys.stderr)
    return error.entry.exit_code


def _wanted_lang(words: Sequence[str]) -> str:
    """Also where the options themselves are at fault, and nothing has read them."""
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
        if word == "--lang":
            return after
    return os.environ.get("SONGTOR_LANG", "th")


def _at_fault(error: typer.TyperException) -> str:
    """The option or argument that a usage error is about; never its value."""
    name = getattr(error, "option_name", None) or getattr(getattr(error, "param", None), "name", None)
    return str(name or "")
