"""`songtor-hub liaison`: who at an embassy may ask where a referral stands. Rule S1."""

from __future__ import annotations

import ssl
from typing import Annotated

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import options_of

liaison = typer.Typer(no_args_is_help=True, help="ผู้ประสานงานสถานทูต/กงสุล · Embassy liaisons")
app.add_typer(liaison, name="liaison")

_COLUMNS = {
    "id": ("รหัส", "Id"),
    "mission": ("สถานทูต/กงสุล", "Mission"),
    "countries": ("ประเทศ", "Countries"),
    "expires": ("ถึง", "Until"),
    "valid": ("ใช้ได้", "Valid"),
}


@liaison.command()
def add(
    context: typer.Context,
    mission: Annotated[str, typer.Argument(help="ชื่อสถานทูต/กงสุล · The mission's name")],
    countries: Annotated[str, typer.Option(help="DE,AT")],
    days: Annotated[int, typer.Option(help="อายุเป็นวัน ไม่เกิน 365 · Days until it expires")] = 90,
) -> None:
    """ออกโทเคน · A token that is shown this once."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.liaison import tokens
    from songtor_hub.store.engine import writing

    options = options_of(context)
    hub = options.open(Role.EXCHANGE)
    scope = [code.strip() for code in countries.split(",")]
    try:
        with writing(hub.engine) as connection:
            identity, token = tokens.add(connection, mission, scope, days, now=hub.clock(), random=hub.random)
    finally:
        hub.close()
    options.tell(
        f"{identity}\n{token}\nโปรดเก็บโทเคนนี้ไว้ จะไม่แสดงอีก",
        f"{identity}\n{token}\nKeep this token: it is not shown again.",
        id=identity,
        token=token,
    )


@liaison.command("list")
def list_liaisons(context: typer.Context) -> None:
    """ทุกโทเคน · All that were given out, without the tokens."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.liaison import tokens
    from songtor_hub.store.engine import reading

    options = options_of(context)
    hub = options.open(Role.EXCHANGE)
    try:
        with reading(hub.engine) as connection:
            rows = tokens.everyone(connection, hub.clock())
    finally:
        hub.close()
    options.show(rows, _COLUMNS)


@liaison.command()
def revoke(context: typer.Context, identity: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """ระงับ · The next look with it is refused."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.liaison import tokens
    from songtor_hub.store.engine import writing

    options = options_of(context)
    hub = options.open(Role.EXCHANGE)
    try:
        with writing(hub.engine) as connection:
            tokens.revoke(connection, identity, hub.clock())
    finally:
        hub.close()
    options.tell(f"ระงับ {identity} แล้ว", f"{identity} is revoked.", id=identity, valid=False)


@liaison.command()
def root(context: typer.Context) -> None:
    """ใบรับรองรากของเครือข่าย · The network's root certificate (PEM), by which a liaison knows this hub."""
    from songtor_hub.bootstrap import Role

    options = options_of(context)
    hub = options.open(Role.EXCHANGE)
    try:
        pem = ssl.DER_cert_to_PEM_cert(hub.root).rstrip()
    finally:
        hub.close()
    options.tell(pem, pem, root=pem)
