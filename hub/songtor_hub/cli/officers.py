"""`songtor-hub officer`: who works at the hub. Kept by whoever holds the desks' keyring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import options_of

if TYPE_CHECKING:
    from songtor_proto.vocabulary import Vocabulary

officer = typer.Typer(no_args_is_help=True, help="เจ้าหน้าที่ของศูนย์กลาง · The hub's officers")
app.add_typer(officer, name="officer")

Code = Annotated[str, typer.Argument(help="รหัสเจ้าหน้าที่ · The officer's code")]


@officer.command()
def add(
    context: typer.Context,
    code: Code,
    role: Annotated[str, typer.Option(help="intake_officer, desk_officer, auditor …")],
    desk: Annotated[str, typer.Option(help="tsda, dwf, province-50 …")] = "",
) -> None:
    """เพิ่มเจ้าหน้าที่ · A new officer, at one desk or at none."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.desks import officers
    from songtor_hub.store.engine import writing

    options = options_of(context)
    hub = options.open(Role.DESKS)
    try:
        with writing(hub.engine) as connection:
            officers.add(connection, code, desk, role, hub.vocabulary)
    finally:
        hub.close()
    options.tell(f"เพิ่ม {code} แล้ว", f"{code} is there now.", officer=code, desk=desk, role=role)


@officer.command("list")
def list_officers(context: typer.Context) -> None:
    """เจ้าหน้าที่ทุกคน · All who are or were."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.desks import officers
    from songtor_hub.store.engine import reading

    options = options_of(context)
    hub = options.open(Role.DESKS)
    try:
        with reading(hub.engine) as connection:
            rows: list[dict[str, Any]] = [
                {"officer": one.code, "desk": one.desk, "role": one.role, "closed": one.closed_ms is not None}
                for one in officers.everyone(connection)
            ]
    finally:
        hub.close()
    options.list(rows, _lines(rows, hub.vocabulary, options.lang))


@officer.command()
def close(context: typer.Context, code: Code) -> None:
    """ปิดรหัส · The officer acts no more; what they did stays on record."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.desks import officers
    from songtor_hub.store.engine import writing

    options = options_of(context)
    hub = options.open(Role.DESKS)
    try:
        with writing(hub.engine) as connection:
            officers.close(connection, code, hub.clock())
    finally:
        hub.close()
    options.tell(f"ปิด {code} แล้ว", f"{code} is closed.", officer=code, closed=True)


def _lines(rows: Iterable[Mapping[str, Any]], words: Vocabulary, lang: str) -> Iterator[str]:
    """Two lines for an officer at a desk: who, then where."""
    from songtor_hub.addresses import HUB
    from songtor_proto.address import Address

    for one in rows:
        closed = ("Closed" if lang == "en" else "ปิดแล้ว") if one["closed"] else ""
        yield "  ".join(filter(None, (one["officer"], words.hub_roles[one["role"]].label(lang), closed)))
        if one["desk"]:
            yield f"  {one['desk']}  {words.desk(Address(HUB, one['desk'])).label(lang)}"
