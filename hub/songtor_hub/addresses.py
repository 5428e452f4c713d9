"""Where the hub listens and how it is reached: four ports in a row."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from songtor_hub.store import settings
from songtor_proto.errors import InputError

HUB = "TH-00"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Listen:
    """`address` is an IP address. From `port` on, in a row: exchange, enrolment, liaisons, and health
    (loopback).

    Port 0: any four that are free, told when the hub is ready.
    """

    address: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Listen:
        """From `IP:PORT`; InputError("listen")."""
        address, _, port = text.rpartition(":")
        if not address or not (port.isascii() and port.isdigit()) or int(port) > 65_532:
            raise InputError("listen", field=text[:60])
        return cls(address, int(port))

    @classmethod
    def load(cls, connection: Connection) -> Listen:
        return cls.parse(settings.get(connection, "listen"))

    def save(self, connection: Connection, host: str) -> None:
        settings.put(connection, "listen", f"{self.address}:{self.port}")
        settings.put(connection, "host", host)
        tell(connection, host, exchange=self.port, enrolment=self.port + 1)

    @property
    def ports(self) -> tuple[int, int, int, int]:
        return (0, 0, 0, 0) if self.port == 0 else (self.port, self.port + 1, self.port + 2, self.port + 3)


def tell(connection: Connection, host: str, *, exchange: int, enrolment: int) -> None:
    """What invitations say from now on."""
    settings.put(connection, "exchange_address", f"{host}:{exchange}")
    settings.put(connection, "enrolment_address", f"{host}:{enrolment}")
