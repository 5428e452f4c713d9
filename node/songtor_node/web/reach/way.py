"""How browsers come to this node, as its operator chose: from this machine alone, over TLS from the house, or
through a proxy. Without TLS nobody comes from further away than this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from songtor_proto.errors import InputError

PORT = 8470
HERE = f"127.0.0.1:{PORT}"
_HTTPS = 443
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`house`: also over TLS at the house's addresses, by the node's own authority. `certificate` and
    `key`: files for TLS at `host`:`port` itself, as `name`. `name` alone: a proxy here does TLS."""

    host: str = "127.0.0.1"
    port: int = PORT
    house: bool = False
    certificate: Path | None = None
    key: Path | None = None
    name: str = ""

    @property
    def origins(self) -> frozenset[str]:
        """Under which the pages are reached where this machine listens at `port`."""
        if self.certificate:
            return frozenset({f"https://{self.name}" + (f":{self.port}" if self.port != _HTTPS else "")})
        if self.name:
            return frozenset({f"https://{self.name}"})
        return frozenset({f"http://{bracketed(self.host)}:{self.port}", f"http://localhost:{self.port}"})

    @property
    def address(self) -> str:
        """What a person is told to open."""
        return max(self.origins, key=lambda origin: "localhost" not in origin)


def choose(
    listen: str = HERE,
    *,
    house: bool = False,
    certificate: Path | None = None,
    key: Path | None = None,
    host: str = "",
    proxy: str = "",
) -> Way:
    """InputError: listen, plain_http (an address beyond this machine without TLS), missing (`certificate`,
    `key` or `host`), usage (options that do not go together), host."""
    address, port = _listen(listen)
    given = {"certificate": certificate, "key": key, "host": host}
    if any(given.values()) and not all(given.values()):
        raise InputError("missing", field=next(name for name, value in given.items() if not value))
    if sum((house, bool(certificate), bool(proxy))) > 1:
        raise InputError("usage", field="behind-proxy" if proxy else "lan")
    if not certificate and not ip_address(address).is_loopback:
        raise InputError("plain_http", field="listen")
    name = (host or proxy).lower()
    if name and not _HOST.fullmatch(name):
        raise InputError("host", field="host" if host else "behind-proxy")
    return Way(host=address, port=port, house=house, certificate=certificate, key=key, name=name)


def bracketed(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        ip_address(host)
    except ValueError:
        raise InputError("listen", field="listen") from None
    if not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise InputError("listen", field="listen")
    return host, int(port)
