"""`songtor-hub init` and what needs the root again."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import options_of
from songtor_hub.cli.passphrase import ask, named_by_environment
from songtor_proto.errors import InputError


@app.command()
def init(
    context: typer.Context,
    network: Annotated[str, typer.Option(help="ชื่อเครือข่าย · The network's name, like songtor.example")],
    address: Annotated[str, typer.Option(help="ชื่อเครื่องหรือ IP ที่โหนดเรียก · How nodes reach this hub")],
    listen: Annotated[
        str, typer.Option(help="IP:PORT; ใช้สี่พอร์ตเรียงกัน · four ports in a row")
    ] = "0.0.0.0:7443",
    one_passphrase: Annotated[
        bool, typer.Option("--one-passphrase", help="รหัสผ่านเดียวทุกแฟ้มกุญแจ · One for all three keyrings")
    ] = False,
) -> None:
    """สร้างเครือข่ายใหม่ · Found a network: its root, this hub's keys, every desk's keys, all seats."""
    from songtor_hub.addresses import Listen
    from songtor_hub.founding import check_new, create_hub
    from songtor_proto.vocabulary import organisations

    options = options_of(context)
    if (options.passphrase_file or named_by_environment()) and not one_passphrase:
        raise InputError("one_passphrase")
    check_new(options.data, network)
    listens = Listen.parse(listen)
    new = partial(ask, file=options.passphrase_file, twice=True)
    names = ("root", "exchange", "desks")
    passphrases = (
        dict.fromkeys(names, new("songtor-hub")) if one_passphrase else {name: new(name) for name in names}
    )
    create_hub(
        options.data,
        passphrases.__getitem__,
        network=network,
        host=address,
        listen=listens,
        database=options.database,
    )
    root = options.data / "root.keyring"
    options.tell(
        f"สร้างเครือข่าย {network} แล้ว มี {len(organisations())} ที่นั่ง\n"
        f"โปรดย้าย {root} ไปเก็บนอกเครื่องนี้ ใช้อีกครั้งเมื่อออกใบรับรองชั้นกลางใหม่เท่านั้น",
        f"The network {network} is founded, with {len(organisations())} seats.\n"
        f"Move {root} off this machine: it is needed again only to make a new intermediate.",
        network=network,
        seats=len(organisations()),
        move_away=str(root),
    )


@app.command("renew-intermediate")
def renew_intermediate(
    context: typer.Context,
    root: Annotated[
        Path, typer.Option(help="แฟ้ม root.keyring ที่เก็บไว้ต่างหาก · The root.keyring, brought back")
    ],
) -> None:
    """ออกใบรับรองชั้นกลางใหม่ · A new intermediate, within its two years. Take the root away again."""
    from songtor_hub import founding
    from songtor_hub.bootstrap import Role
    from songtor_proto.keyring import Keyring

    options = options_of(context)
    hub = options.open(Role.EXCHANGE)
    try:
        offline = Keyring.open(root, passphrase=ask("root", file=options.passphrase_file))
        end = founding.renew_intermediate(hub, offline).isoformat(timespec="minutes")
    finally:
        hub.close()
    options.tell(
        f"ใบรับรองชั้นกลางใหม่ใช้ได้ถึง {end} โปรดเปิดศูนย์กลางใหม่ (serve) แล้วเก็บ {root} ออกจากเครื่องนี้",
        f"The new intermediate is good until {end}. Start serve anew, and take {root} away again.",
        until=end,
    )
