"""Byte layouts that stand under everything else: rules E4, E5, E8 and I9's joining."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from songtor_proto.envelope import layout
from songtor_proto.errors import EnvelopeError
from songtor_proto.identity.keys import SigningKey
from tests.vectors.cast import NODE, NOW_MS, signing_key
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, outcome

ABOUT = """
of: what is laid out. pae: DSSE v1 pre-authentication encoding of body under type. joined: the parts, each
but the last after its length. signature: Ed25519 by the seed's key over pae(type, body). uuid7: from
milliseconds and 80 random bits, of which the lowest 74 are used. padded: bytes of the plaintext that holds
a payload of this size; sealed: bytes of the sealed part. All byte strings are hexadecimal.
"""


def vectors(kept: Kept) -> Iterator[Vector]:
    hello = b"hello world".hex()
    yield _made("E8", "the example of the DSSE specification",
                {"of": "pae", "type": "http://example.com/HelloWorld", "body": hello})  # fmt: skip
    yield _made("E8", "lengths count bytes, not characters", {"of": "pae", "type": "ก", "body": ""})
    for what, parts in [
        ("two parts", [b"header", b"sealed"]),
        ("three parts, one empty", [b"", b"ab", b"c"]),
        ("one part has no length", [b"abc"]),
    ]:
        yield _made("E8", what, {"of": "joined", "parts": [part.hex() for part in parts]})
    seed = signing_key(NODE).to_bytes().hex()
    yield _made(
        "E8",
        "a signature",
        {
            "of": "signature",
            "signing_seed": seed,
            "type": "application/vnd.songtor.envelope.v1",
            "body": hello,
        },
    )
    example = (0xCC3 << 62 | 0x18C4DC0C0C07398F).to_bytes(10, "big").hex()
    yield _made(
        "E4", "the example of RFC 9562, A.6", {"of": "uuid7", "ms": 0x017F22E279B0, "random": example}
    )
    yield _made("E4", "all random bits set", {"of": "uuid7", "ms": NOW_MS, "random": "ff" * 10})
    for size, padded in [
        (0, 1024), (988, 1024), (989, 2048), (2012, 2048), (2013, 4096), (4060, 4096), (4061, 16_384),
        (16_348, 16_384), (16_349, 65_536), (65_500, 65_536),
    ]:  # fmt: skip
        yield Vector(
            "E5", f"a payload of {size} bytes", {"of": "padded", "size": size},
            result={"padded": padded, "sealed": padded + 1136},
        )  # fmt: skip
    yield Vector(
        "E5",
        "one byte too many",
        {"of": "padded", "size": 65_501},
        "envelope.too_large",
        {"field": "payload"},
    )


def judge(given: Given) -> Result:
    return _MAKE[given["of"]](given)


def _made(rule: str, what: str, given: Given) -> Vector:
    return Vector(rule, what, given, *outcome(judge, given))


def _pae(given: Given) -> Result:
    return {"pae": layout.pae(given["type"], bytes.fromhex(given["body"])).hex()}


def _joined(given: Given) -> Result:
    return {"joined": layout.join(*map(bytes.fromhex, given["parts"])).hex()}


def _signature(given: Given) -> Result:
    key = SigningKey.from_bytes(bytes.fromhex(given["signing_seed"]))
    return {"signature": key.sign(given["type"], bytes.fromhex(given["body"])).hex()}


def _uuid7(given: Given) -> Result:
    random = bytes.fromhex(given["random"])
    return {"uuid7": layout.uuid7(given["ms"], lambda size: random[:size]).hex()}


def _padded(given: Given) -> Result:
    padded = layout.padded_size(given["size"])
    if padded is None:
        raise EnvelopeError("too_large", field="payload")
    return {"padded": padded, "sealed": padded + layout.SEAL_OVERHEAD}


_MAKE: dict[str, Callable[[Given], Result]] = {
    "pae": _pae,
    "joined": _joined,
    "signature": _signature,
    "uuid7": _uuid7,
    "padded": _padded,
}
