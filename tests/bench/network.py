"""One hub under measurement: its seats' credentials, their letters, and a desk to write to."""

from __future__ import annotations

from pathlib import Path

import grpc

from songtor_hub.bootstrap import Role, open_hub
from songtor_hub.exchange.take_in import TakeIn
from songtor_proto.identity.certificates import key_to_pem
from songtor_proto.times import utc_now
from tests.bench.letters import Letters
from tests.bench.load import Target
from tests.bench.processes import HubProcess
from tests.support.correspondent import Correspondent, desk
from tests.support.hub import PASSPHRASES
from tests.support.pem import der_to_pem
from tests.support.seat import Seat

SEATS = ("DE-02", "TW-44", "US-18", "US-19")


class Network:
    """A hub in a process of its own and four seats; `database` as for `songtor-hub init`."""

    def __init__(self, folder: Path, database: str) -> None:
        self.hub = HubProcess(folder, database)
        self._console = console = open_hub(self.hub.hub.data, PASSPHRASES.__getitem__, Role.DESKS)
        self.desk = desk(console, "TH-00/dwf")
        self.desks = TakeIn(console.engine, console.policy, console.clock, console.random, None)
        self.seats = [Seat.enrolled(self.hub, name) for name in SEATS]
        self.writers = [Correspondent(seat.keys, utc_now) for seat in self.seats]
        self.letters = [Letters(one, self.desk, number) for number, one in enumerate(self.writers, start=1)]
        self.targets = [self.target(seat, self.hub.ready.exchange) for seat in self.seats]

    def target(self, seat: Seat, port: int) -> Target:
        root = der_to_pem(seat.invitation.root)
        credentials = grpc.ssl_channel_credentials(root, key_to_pem(seat.tls), seat.chain)
        return Target(f"127.0.0.1:{port}", credentials, self.hub.process.pid)

    def close(self) -> None:
        self._console.close()
        self.hub.stop()
