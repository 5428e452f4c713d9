"""Everyone's keys in these files, and how public keys follow from private ones. Rules I2, E7, K4."""

from __future__ import annotations

from collections.abc import Iterator

from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SealingKey, SigningKey
from tests.vectors.cast import HUB, NETWORK, NODE, PARTIES, sealing_key, signing_key
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector

ABOUT = """
The keys that all other files use, named there by owner and version. signing_seed: RFC 8032;
sealing_private: ML-KEM-768 seed (64 bytes), X25519 (32); sealing_key: encapsulation key (1,184), X25519
(32). fingerprint: what two people read to each other. NEVER use these keys for anything else.
"""


def vectors(kept: Kept) -> Iterator[Vector]:
    for address in PARTIES:
        for version in (1, 2) if address == NODE else (1,):
            given = {
                "network": NETWORK,
                "owner": address,
                "version": version,
                "signing_seed": signing_key(address, version).to_bytes().hex(),
            }
            if address != HUB:
                given["sealing_private"] = sealing_key(address, version).to_bytes().hex()
            yield Vector("I2", f"{address}, version {version}", given, result=judge(given))


def judge(given: Given) -> Result:
    signing = SigningKey.from_bytes(bytes.fromhex(given["signing_seed"])).public
    result = {
        "signing_key": signing.hex(),
        "fingerprint": fingerprint(given["network"], given["owner"], signing),
    }
    if "sealing_private" in given:
        result["sealing_key"] = SealingKey.from_bytes(bytes.fromhex(given["sealing_private"])).public.hex()
    return result
