"""The one-time code that brings a seat into the network: rule I4."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from songtor_proto.identity.invitation import parse, to_text
from songtor_proto.wire.directory_pb2 import Invitation
from tests.support.keys import seeded
from tests.vectors.cast import HUB, NETWORK, NODE
from tests.vectors.certificates import network
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
text: the code, as somebody pasted it. The result is what the Invitation says.
"""


def invitation(kept: Kept, **changed: Any) -> Invitation:
    fields: dict[str, Any] = {
        "network": NETWORK,
        "seat": NODE,
        "secret": seeded("secret")(32),
        "root": bytes.fromhex(network(kept)["root"]),
        "enrolment_address": "hub.songtor.test:7002",
        "exchange_address": "hub.songtor.test:7001",
        "statement_version": 1,
    }
    return Invitation(**fields | changed)


def vectors(kept: Kept) -> Iterator[Vector]:
    good = invitation(kept)
    text = to_text(good)
    yield Vector("I4", "as it is shown", {"text": text}, result=_said(good))
    wrapped = "\n  ".join(text[i : i + 64] for i in range(0, len(text), 64)) + "\n"
    yield Vector("I4", "wrapped and indented on its way", {"text": wrapped}, result=_said(good))
    numeric = invitation(kept, enrolment_address="[::1]:7002", exchange_address="127.0.0.1:7001")
    yield Vector("I4", "to numeric addresses", {"text": to_text(numeric)}, result=_said(numeric))

    body = good.SerializeToString(deterministic=True)
    unchecked = "songtor1:" + urlsafe_b64encode(body).decode().rstrip("=")
    wrong = "songtor1:" + urlsafe_b64encode(b"\xff" + hashlib.sha256(b"\xff").digest()[:4]).decode().rstrip(
        "="
    )
    for what, spoilt in [
        ("nothing", ""),
        ("cut short", text[:-1]),
        ("one symbol changed", text[:20] + ("A" if text[20] != "A" else "B") + text[21:]),
        ("another prefix", text.replace("songtor1:", "songtor2:")),
        ("without its checksum", unchecked),
        ("no message inside", wrong),
        ("too long to be looked at", text + " " * 8192),
    ]:
        yield refused("I4", what, {"text": spoilt}, "input.invitation")
    faults: list[tuple[str, str, dict[str, Any]]] = [
        ("for the hub", "seat", {"seat": HUB}),
        ("for no seat", "seat", {"seat": "Berlin"}),
        ("a secret of 31 bytes", "secret", {"secret": bytes(31)}),
        ("no root", "root", {"root": b""}),
        ("a network whose name cannot stand in an id", "network", {"network": "Song Tor"}),
        ("an address without a port", "exchange_address", {"exchange_address": "hub.songtor.test"}),
        ("port 0", "enrolment_address", {"enrolment_address": "hub.songtor.test:0"}),
    ]
    for what, field, changed in faults:
        code = to_text(invitation(kept, **changed))
        yield refused("I4", what, {"text": code}, "input.invitation", field)


def judge(given: Given) -> Result:
    return _said(parse(given["text"]))


def _said(said: Invitation) -> Result:
    return {
        "network": said.network,
        "seat": said.seat,
        "secret": said.secret.hex(),
        "root": said.root.hex(),
        "enrolment_address": said.enrolment_address,
        "exchange_address": said.exchange_address,
        "statement_version": said.statement_version,
    }
