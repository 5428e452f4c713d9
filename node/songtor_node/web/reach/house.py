"""The house's network: by which addresses phones in it reach this machine. Public ones are never among
them."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

Address = IPv4Address | IPv6Address

HOUSES = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
"""Addresses that no router carries out of a house: RFC 1918 and RFC 4193."""

_V4, _V6 = Path("/proc/net/fib_trie"), Path("/proc/net/if_inet6")
_LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
_PASSING = 0x01 | 0x20 | 0x40  # IFA_F_TEMPORARY, DEPRECATED, TENTATIVE
_LABEL = re.compile(r"[^a-z0-9-]+")


def addresses() -> list[Address]:
    """This machine's own in the house's network, the one towards the rest of the world first."""
    outward = _outward()
    found = {*_own_v4(), *_own_v6()} | ({outward} if outward else set())
    house = [one for one in found if in_a_house(one)]
    return sorted(house, key=lambda one: (one != outward, one.version, int(one)))


def in_a_house(address: Address) -> bool:
    return any(address in house for house in HOUSES if house.version == address.version)


def name() -> str:
    """By which a network that knows names (mDNS) finds this machine: `songtor.local`."""
    label = _LABEL.sub("-", socket.gethostname().split(".")[0].lower()).strip("-")[:63]
    return f"{label or 'songtor'}.local"


def _own_v4() -> list[Address]:
    with suppress(OSError):
        return [ip_address(text) for text in _LOCAL.findall(_V4.read_text(encoding="ascii"))]
    return []


def _own_v6() -> list[Address]:
    found: list[Address] = []
    with suppress(OSError):
        for line in _V6.read_text(encoding="ascii").splitlines():
            digits, _, _, _, flags, _ = line.split()
            if not int(flags, 16) & _PASSING:
                found.append(IPv6Address(int(digits, 16)))
    return found


def _outward() -> Address | None:
    """Which address the machine would call out from. (Nothing is sent.)"""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("192.0.2.1", 9))
        return ip_address(asking.getsockname()[0])
    return None
