"""`songtor-hub serve`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import options_of

if TYPE_CHECKING:
    from songtor_hub.serve import Ready


@app.command()
def serve(context: typer.Context) -> None:
    """เปิดศูนย์กลาง · Run the hub until it is told to stop. One line on stdout says where it is ready."""
    from songtor_hub.bootstrap import Role
    from songtor_web import log

    hub = options_of(context).open(Role.EXCHANGE)
    log.configure()
    from songtor_hub.serve import run

    def ready(ports: Ready) -> None:
        print(json.dumps({"ready": True, "network": hub.network, **asdict(ports)}), flush=True)

    try:
        run(hub, ready)
    finally:
        hub.close()
