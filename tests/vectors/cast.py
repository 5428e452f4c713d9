"""Who plays in the vectors: a network, a few seats and desks, and the moment it all happens."""

from __future__ import annotations

from songtor_proto.identity.keys import SealingKey, SigningKey
from songtor_proto.times import to_ms
from tests.support.keys import NETWORK, NOW, owner

NODE, OTHER_NODE, DESK, OTHER_DESK, HUB = "DE-02", "TW-44", "TH-00/dwf", "TH-00/tsda", "TH-00"
PARTIES = (NODE, OTHER_NODE, DESK, OTHER_DESK, HUB)
NOW_MS = to_ms(NOW)
DAY_MS = 86_400_000

__all__ = ["DAY_MS", "DESK", "HUB", "NETWORK", "NODE", "NOW", "NOW_MS", "OTHER_DESK", "OTHER_NODE", "PARTIES"]


def signing_key(address: str, version: int = 1) -> SigningKey:
    return owner(_seed(address, version)).signing


def sealing_key(address: str, version: int = 1) -> SealingKey:
    return owner(_seed(address, version)).sealing


def _seed(address: str, version: int) -> str:
    return address if version == 1 else f"{address} {version}"
