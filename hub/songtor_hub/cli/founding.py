"""`songtor-hub init`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import options_of
from songtor_hub.cli.passphrase import ask
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
    from songtor_hub.founding import create_hub
    from songtor_proto.vocabulary import organisations

    options = options_of(context)
    if options.passphrase_file is not None and not one_passphrase:
        raise InputError("one_passphrase")
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
        listen=Listen.parse(listen),
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
