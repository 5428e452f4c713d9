"""The `songtor-node` command: global options, and where an error becomes a line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from songtor_node.cli import network, referrals, setup
from songtor_node.cli.cases import case
from songtor_node.cli.consents import consent
from songtor_node.cli.console import Console, console
from songtor_node.cli.referral_views import openings, recall_, referral
from songtor_proto.errors import InputError, SongtorError
from songtor_web.process import keep_to_itself

app = typer.Typer(
    help="A partner organisation's node. / เครื่องหลักขององค์กรภาคี",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(setup.init)
app.command()(setup.recover)
app.add_typer(setup.worker, name="worker")
app.add_typer(case, name="case")
app.add_typer(consent, name="consent")
app.add_typer(referral, name="referral")
for command in (
    referrals.refer,
    referrals.again,
    referrals.answer,
    referrals.cancel,
    referrals.withdraw,
    referrals.accept,
    referrals.decline,
    referrals.start,
    referrals.ask,
    referrals.complete,
    referrals.fail,
    referrals.hold,
    referrals.release,
    openings,
    network.enrol,
    network.keys,
    network.sync,
    network.status,
    network.seen,
    network.serve,
):
    app.command()(command)
app.command("recall")(recall_)


@app.callback()
def options(
    context: typer.Context,
    data: Annotated[Path, typer.Option(envvar="SONGTOR_NODE_DATA", help="Data folder. / โฟลเดอร์ข้อมูล")] = Path(
        "songtor-node"
    ),
    lang: Annotated[str, typer.Option(envvar="SONGTOR_LANG", help="th | en")] = "th",
    json: Annotated[bool, typer.Option("--json", help="For programs. / สำหรับโปรแกรม")] = False,
    worker: Annotated[str, typer.Option("--as", help="Who acts. / ผู้ปฏิบัติงาน")] = "",
    passphrase_file: Annotated[
        Path | None, typer.Option(help="File with the passphrase. / ไฟล์รหัสผ่าน")
    ] = None,
) -> None:
    given = console(context)
    given.json = json
    if lang not in ("th", "en"):
        raise InputError("unknown_code", field="lang")
    given.lang = lang
    given.data, given.worker, given.passphrase_file = data, worker, passphrase_file


def run(arguments: Sequence[str]) -> int:
    """One command; gives the exit code."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its core would write to stderr in a form of its own
    as_json = "--json" in arguments  # welcome anywhere in the line
    given = Console(lang=_wanted_lang(arguments), json=as_json)
    arguments = ["--json"] * as_json + [word for word in arguments if word != "--json"]
    try:
        code = app(arguments or ["--help"], prog_name="songtor-node", standalone_mode=False, obj=given)
    except SongtorError as error:
        return given.fail(error)
    except typer.TyperException as error:
        return given.fail(InputError("usage", field=_at_fault(error)))
    except (typer.Abort, KeyboardInterrupt):
        return 130
    return code if isinstance(code, int) else 0


def _wanted_lang(arguments: Sequence[str]) -> str:
    """The language of errors in the options themselves, which no callback has read yet."""
    for word, after in pairwise([*arguments, ""]):
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
        if word == "--lang":
            return after
    return os.environ.get("SONGTOR_LANG", "th")


def _at_fault(error: typer.TyperException) -> str:
    """The option or argument that a usage error is about; never its value."""
    name = getattr(error, "option_name", None) or getattr(getattr(error, "param", None), "name", None)
    return str(name or "").lstrip("-")


def main() -> None:
    keep_to_itself()
    sys.exit(run(sys.argv[1:]))
