"""The house's network, as this machine has it.

    def test_x(at_home): …      # its addresses there, the outward one first; never none

A machine that stands in none is given one at its loopback, where it may be: root's ioctl, as `ip address add
10.83.0.1/32 dev lo` would do. It stays there; nothing beyond the machine sees it.
"""

from __future__ import annotations

import fcntl
import socket
import struct

import pytest

from songtor_node.web.reach import house

_OWN = "10.83.0.1"
_ALIAS = b"lo:songtor"
_SIOCSIFADDR, _SIOCSIFNETMASK = 0x8916, 0x891C  # linux/sockios.h


@pytest.fixture(scope="session")
def at_home() -> list[house.Address]:
    return house.addresses() or _given()


def _given() -> list[house.Address]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for act, value in ((_SIOCSIFADDR, _OWN), (_SIOCSIFNETMASK, "255.255.255.255")):
            request = struct.pack("16sHH4s8x", _ALIAS, socket.AF_INET, 0, socket.inet_aton(value))
            try:
                fcntl.ioctl(asking, act, request)
            except OSError:
                pytest.fail(
                    f"This machine stands in no house's network. sudo ip address add {_OWN}/32 dev lo"
                )
    return house.addresses()
