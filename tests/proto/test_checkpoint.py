"""The log's signed head, rules T4 and T5: C2SP signed-note, tlog-checkpoint and tlog-cosignature."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey as Sodium

from songtor_proto.errors import PeerError
from songtor_proto.identity.keys import SigningKey
from songtor_proto.translog.checkpoint import Checkpoint, cosign, sign, verify, verify_cosignature

ORIGIN, WITNESS = "songtor.example/log", "songtor.example/node/DE-02"
HUB, NODE = SigningKey.from_bytes(bytes(range(32))), SigningKey.from_bytes(bytes(range(32, 64)))
HEAD = Checkpoint(ORIGIN, 20852163, hashlib.sha256(b"root").digest())
NOTE = sign(HEAD, HUB)
AT = datetime(2026, 11, 20, 8, 30, 15, 999_999, tzinfo=UTC)


def refused(note: str, origin: str = ORIGIN, public: bytes = HUB.public) -> bool:
    try:
        verify(note, origin, public)
    except PeerError as error:
        return error.code == "peer.checkpoint"
    return False


def test_a_checkpoint_is_a_signed_note() -> None:
    """T4: three lines, a blank one, and a signature line that another library makes just so."""
    text, signature = NOTE.split("\n\n")
    assert text == f"{ORIGIN}\n20852163\n{b64encode(HEAD.root).decode()}"
    key_id = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + HUB.public).digest()[:4]
    raw = Sodium(bytes(range(32))).sign((text + "\n").encode()).signature
    assert signature == f"— {ORIGIN} {b64encode(key_id + raw).decode()}\n"
    assert verify(NOTE, ORIGIN, HUB.public) == HEAD


def test_a_cosignature_says_when() -> None:
    """T5: key id of type 4, eight bytes of seconds, a signature over two lines and the checkpoint's text."""
    line = cosign(HEAD, WITNESS, NODE, AT)
    start, name, value = line.split(" ")
    seconds = int(AT.timestamp())
    message = f"cosignature/v1\ntime {seconds}\n{HEAD.text()}".encode()
    key_id = hashlib.sha256(WITNESS.encode() + b"\n\x04" + NODE.public).digest()[:4]
    raw = Sodium(bytes(range(32, 64))).sign(message).signature
    assert (start, name) == ("—", WITNESS)
    assert b64decode(value) == key_id + seconds.to_bytes(8, "big") + raw
    assert verify_cosignature(line, HEAD, WITNESS, NODE.public) == AT.replace(microsecond=0)


def test_cosignatures_of_others_do_not_disturb() -> None:
    """T4: lines of unknown keys are ignored, before and after the log's own."""
    text, own = NOTE.split("\n\n")
    other = cosign(HEAD, WITNESS, NODE, AT) + "\n"
    for signatures in (own + other, other + own, other * 16 + own):
        assert verify(f"{text}\n\n{signatures}", ORIGIN, HUB.public) == HEAD
    assert refused(f"{text}\n\n{other}")


def test_another_key_or_log_is_refused() -> None:
    """T4: only the log's own name and key count; a key of the same name and id must fit as well."""
    assert refused(NOTE, origin="songtor.example/other")
    assert refused(NOTE, public=NODE.public)
    assert refused(sign(HEAD, NODE))
    text, own = NOTE.split("\n\n")
    forged = bytearray(b64decode(own.split(" ")[2]))
    forged[-1] ^= 1
    assert refused(f"{text}\n\n— {ORIGIN} {b64encode(forged).decode()}\n{own}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("20852163", "20852164"),
        ("20852163", "020852163"),
        ("20852163", "-1"),
        ("20852163", "๒"),
        ("20852163", "9" * 20),
        ("20852163\n", "20852163\n\n"),
        ("=\n\n", "=\nextension\n\n"),
        ("=\n\n", "\n\n"),
        ("\n\n", "\n"),
        ("— ", "- "),
        ("— songtor", "—  songtor"),
        (ORIGIN, "songtor.example/log "),
        (ORIGIN, ""),
    ],
)
def test_a_changed_note_is_refused(old: str, new: str) -> None:
    """T4: no other number, form, line or name passes."""
    assert old in NOTE
    assert refused(NOTE.replace(old, new, 1))
    assert refused(NOTE.replace(old, new))


def test_a_note_without_its_end_or_beyond_all_size_is_refused() -> None:
    """T4: the last newline belongs to it, and 64 KiB are enough for anyone."""
    assert refused(NOTE.rstrip("\n"))
    assert refused(NOTE + "\n")
    assert refused(NOTE + "— x AAAA\n" * 10_000)
    assert refused("")


@given(st.integers(0, len(NOTE) - 1), st.characters())
def test_any_single_change_is_refused(place: int, symbol: str) -> None:
    """T4: wherever a character is changed, the head is not believed."""
    changed = NOTE[:place] + symbol + NOTE[place + 1 :]
    assert changed == NOTE or refused(changed)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_a_head_or_refused(note: str, line: str) -> None:
    """T4, T5: only the declared errors come out."""
    assert refused(note)
    with pytest.raises(PeerError, match=r"peer\.cosignature"):
        verify_cosignature(line, HEAD, WITNESS, NODE.public)


@pytest.mark.parametrize(
    ("head", "name", "public"),
    [
        (Checkpoint(ORIGIN, 20852164, HEAD.root), WITNESS, NODE.public),
        (Checkpoint(ORIGIN, 20852163, hashlib.sha256(b"other").digest()), WITNESS, NODE.public),
        (Checkpoint("songtor.example/other", 20852163, HEAD.root), WITNESS, NODE.public),
        (HEAD, "songtor.example/node/TW-44", NODE.public),
        (HEAD, WITNESS, HUB.public),
    ],
)
def test_a_cosignature_of_something_else_is_refused(head: Checkpoint, name: str, public: bytes) -> None:
    """T5: another head, cosigner or key."""
    with pytest.raises(PeerError, match=r"peer\.cosignature"):
        verify_cosignature(cosign(HEAD, WITNESS, NODE, AT), head, name, public)


@pytest.mark.parametrize("seconds", [2**63 - 1, 2**64 - 1, 253_402_300_800])
def test_a_cosignature_at_no_time_there_is_is_refused(seconds: int) -> None:
    """T5: a signed time beyond the year 9999 is no time."""
    raw = NODE.sign_raw(f"cosignature/v1\ntime {seconds}\n{HEAD.text()}".encode())
    key_id = hashlib.sha256(WITNESS.encode() + b"\n\x04" + NODE.public).digest()[:4]
    line = f"— {WITNESS} {b64encode(key_id + seconds.to_bytes(8, 'big') + raw).decode()}"
    with pytest.raises(PeerError, match=r"peer\.cosignature"):
        verify_cosignature(line, HEAD, WITNESS, NODE.public)
