"""`songtor-hub seat`, `keys`: who is in the network, and with which keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import Options, options_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from songtor_hub.bootstrap import Hub

seat = typer.Typer(no_args_is_help=True, help="ที่นั่งขององค์กรภาคี · The partner organisations' seats")
app.add_typer(seat, name="seat")

SeatId = Annotated[str, typer.Argument(help="DE-02")]

_STATES = {
    "vacant": ("ว่าง", "vacant"),
    "waiting": ("ยังไม่เข้าร่วม", "not enrolled"),
    "enrolled": ("เข้าร่วมแล้ว", "enrolled"),
    "revoked": ("ถูกระงับ", "revoked"),
}
_COLUMNS = {
    "seat": ("ที่นั่ง", "Seat"),
    "name": ("องค์กร", "Organisation"),
    "state": ("สถานะ", "State"),
    "certificate_until": ("ใบรับรองถึง", "Certificate until"),
    "last_contact": ("ติดต่อล่าสุด", "Last contact"),
}


@seat.command("list")
def list_seats(context: typer.Context) -> None:
    """ทุกที่นั่ง · Every seat and where it stands."""
    from songtor_hub.seats import registry

    options = options_of(context)
    with _acting(options) as (_, connection):
        rows = [_told(row, options) for row in registry.all_seats(connection)]
    options.show(rows, _COLUMNS)


@seat.command()
def show(context: typer.Context, seat: SeatId) -> None:
    """ที่นั่งหนึ่ง · One seat, with the fingerprint of its key to compare by voice."""
    from songtor_hub.seats import registry

    options = options_of(context)
    with _acting(options) as (hub, connection):
        registry.find(connection, seat)
        (row,) = [row for row in registry.all_seats(connection) if row.id == seat]
        told = _told(row, options) | _fingerprint(hub, connection, seat)
    options.show([told], _COLUMNS | {"fingerprint": ("ลายนิ้วมือกุญแจ", "Fingerprint")})


@seat.command()
def invite(context: typer.Context, seat: SeatId) -> None:
    """ออกรหัสเชิญ · A one-time code, good for 72 hours. It lets its holder in: hand it over safely."""
    from songtor_hub.seats import invitations

    options = options_of(context)
    with _acting(options) as (hub, connection):
        code = invitations.invite(connection, hub.network, hub.root, seat, hub.clock(), hub.random)
    options.tell(code, code, seat=seat, code=code)


@seat.command()
def revoke(context: typer.Context, seat: SeatId) -> None:
    """ระงับ · The seat's next call is refused, and nobody sends to it any more."""
    from songtor_hub.seats import registry
    from songtor_proto.times import to_ms

    options = options_of(context)
    with _acting(options) as (hub, connection):
        registry.revoke(connection, seat, to_ms(hub.clock()), hub.random)
    options.tell(f"ระงับ {seat} แล้ว", f"{seat} is revoked.", seat=seat, state="revoked")


@seat.command()
def reinstate(context: typer.Context, seat: SeatId) -> None:
    """คืนสิทธิ์ · The seat may be invited again, with new keys."""
    from songtor_hub.seats import registry
    from songtor_proto.times import to_ms

    options = options_of(context)
    with _acting(options) as (hub, connection):
        registry.reinstate(connection, seat, to_ms(hub.clock()), hub.random)
    options.tell(
        f"คืนสิทธิ์ {seat} แล้ว โปรดออกรหัสเชิญใหม่",
        f"{seat} is reinstated; invite it anew.",
        seat=seat,
        state="waiting",
    )


@app.command()
def keys(context: typer.Context) -> None:
    """ลายนิ้วมือกุญแจ · Fingerprints of every signing key in force, to compare by voice."""
    from songtor_hub.seats import directory

    options = options_of(context)
    with _acting(options) as (hub, connection):
        rows = [_fingerprint(hub, connection, owner) for owner in directory.owners(connection)]
    options.show(
        rows,
        {
            "owner": ("เจ้าของ", "Owner"),
            "version": ("รุ่น", "Version"),
            "fingerprint": ("ลายนิ้วมือกุญแจ", "Fingerprint"),
        },
    )


@contextmanager
def _acting(options: Options) -> Iterator[tuple[Hub, Connection]]:
    """The hub as its operator has it, in one transaction."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.store.engine import writing

    hub = options.open(Role.EXCHANGE)
    try:
        with writing(hub.engine) as connection:
            yield hub, connection
    finally:
        hub.close()


def _told(row: Row[Any], options: Options) -> dict[str, Any]:
    from songtor_proto.vocabulary import organisations

    if row.vacant:
        state = "vacant"
    elif row.revoked_ms is not None:
        state = "revoked"
    else:
        state = "waiting" if row.enrolled_ms is None else "enrolled"
    english = options.lang == "en"
    names = {organisation.seat: organisation for organisation in organisations()}
    return {
        "seat": row.id,
        "name": names[row.id].label(options.lang) if row.id in names else row.name_en,
        "state": state if options.as_json else _STATES[state][english],
        "certificate_until": _time(row.not_after_ms),
        "last_contact": _time(row.last_contact_ms),
    }


def _fingerprint(hub: Hub, connection: Connection, owner: str) -> dict[str, Any]:
    from songtor_hub.seats import directory
    from songtor_proto.identity.fingerprint import fingerprint

    entry = directory.latest(connection, owner)
    if entry is None:
        return {"owner": owner, "version": None, "fingerprint": None}
    digits = fingerprint(hub.network, owner, entry.signing_key)
    return {"owner": owner, "version": entry.version, "fingerprint": digits, "revoked": entry.revoked}


def _time(ms: int | None) -> str | None:
    from songtor_proto.times import from_ms

    return None if ms is None else from_ms(ms).isoformat(timespec="minutes")
