"""`songtor-hub desk`: which desks there are, and their keys."""

from __future__ import annotations

from typing import Annotated

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import options_of

desk = typer.Typer(no_args_is_help=True, help="โต๊ะรับเรื่อง · The desks behind the hub")
app.add_typer(desk, name="desk")


@desk.command("list")
def list_desks(context: typer.Context) -> None:
    """ทุกโต๊ะ · Every desk that has keys."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.seats import directory
    from songtor_hub.store.engine import reading
    from songtor_proto.address import Address

    options = options_of(context)
    hub = options.open(Role.DESKS)
    try:
        with reading(hub.engine) as connection:
            addresses = [Address.parse(owner) for owner in directory.owners(connection)]
    finally:
        hub.close()
    rows = [
        {
            "desk": address.desk,
            "address": str(address),
            "name": hub.vocabulary.desk(address).label(options.lang),
        }
        for address in addresses
        if address.is_desk
    ]
    options.show(rows, {"desk": ("โต๊ะ", "Desk"), "name": ("ชื่อ", "Name"), "address": ("ที่อยู่", "Address")})


@desk.command()
def add(context: typer.Context, desk: Annotated[str, typer.Argument(help="province-50")]) -> None:
    """เพิ่มโต๊ะของจังหวัด · Give a province's desk its keys, so that referrals can be sealed to it."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.seats import desk_keys
    from songtor_hub.store.engine import writing
    from songtor_proto.times import to_ms

    options = options_of(context)
    hub = options.open(Role.DESKS)
    try:
        owner = desk_keys.address_of(desk, hub.vocabulary)
        desk_keys.make(hub.keyring, owner, hub.random)
        hub.keyring.save()
        with writing(hub.engine) as connection:
            desk_keys.publish(connection, hub.keyring, hub.network, owner, to_ms(hub.clock()), hub.random)
    finally:
        hub.close()
    options.tell(f"เพิ่ม {owner} แล้ว", f"{owner} is there now.", desk=desk, address=owner)
