"""Key statements, pins, the directory and fingerprints: nobody swaps a key quietly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto.errors import PeerError
from songtor_proto.identity.directory import check_directory, check_own, sign_directory
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SigningKey
from songtor_proto.identity.statement import (
    PAYLOAD_TYPE,
    Accepted,
    NeedsVoice,
    Pin,
    check_entry,
    make_entry,
    next_pin,
)
from songtor_proto.wire.directory_pb2 import Directory, DirectoryEntry
from tests.support.keys import NETWORK, owner, seeded

NOW = 1_795_143_600_000
SEAT, HUB = owner("DE-02"), owner("TH-00")
OLD, NEW, FALSE = (SigningKey.generate(seeded(name)) for name in ("old", "new", "false"))
SEALING = SEAT.sealing.public


def entry(
    version: int = 1, key: SigningKey = OLD, previous: SigningKey | None = None, **changed: Any
) -> DirectoryEntry:
    said: dict[str, Any] = {"network": NETWORK, "owner": "DE-02", "sealing_key": SEALING, "now_ms": NOW}
    return make_entry(version=version, signing_key=key, previous=previous, **said | changed)


def field_of(broken: DirectoryEntry, previous: bytes | None = None) -> str:
    with pytest.raises(PeerError) as caught:
        check_entry(broken, NETWORK, previous)
    assert caught.value.code == "peer.statement"
    return caught.value.field


def test_statement_says_its_owner_s_keys() -> None:
    """A statement that keeps the rules is read; the hub itself has no sealing key (K1, K2)."""
    statement = check_entry(entry(), NETWORK)
    assert (statement.owner, statement.signing_key, statement.sealing_key) == ("DE-02", OLD.public, SEALING)
    assert check_entry(entry(owner="TH-00", sealing_key=b""), NETWORK).owner == "TH-00"
    assert check_entry(entry(owner="TH-00/province-10"), NETWORK).owner == "TH-00/province-10"


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("network", {"network": "other.test"}),
        ("owner", {"owner": "DE-2"}),
        ("version", {"version": 0}),
        ("sealing_key", {"sealing_key": SEALING[:-1]}),
        ("sealing_key", {"sealing_key": b""}),
        ("sealing_key", {"owner": "TH-00"}),
        ("created_ms", {"now_ms": 0}),
    ],
)
def test_statement_that_breaks_a_rule_is_refused(field: str, changed: dict[str, Any]) -> None:
    """Every field is checked, and the refusal names it (K1)."""
    assert field_of(entry(**changed)) == field


def test_sealing_key_that_cannot_be_used_is_refused() -> None:
    """A key that nobody can seal to is found when it is published, not when it is needed (K1)."""
    with pytest.raises(PeerError, match="sealing_key"):
        check_entry(entry(sealing_key=SEALING[:-32] + bytes(32)), NETWORK)


def test_statement_must_be_signed_by_its_owner_and_after_a_change_by_the_key_before() -> None:
    """Nobody else can state an owner's key, and no new key without the old one's word (K2, K3)."""
    by_other = entry()
    by_other.owner_signature = FALSE.sign(PAYLOAD_TYPE, by_other.statement)
    assert field_of(by_other) == "owner_signature"
    changed = entry(2, NEW, OLD)
    assert check_entry(changed, NETWORK, OLD.public).version == 2
    assert field_of(entry(2, NEW), OLD.public) == "previous_signature"
    assert field_of(entry(2, NEW, FALSE), OLD.public) == "previous_signature"
    # The same signing key with another sealing key: the one signature is the old key's too.
    assert check_entry(entry(2, OLD), NETWORK, OLD.public).version == 2


def test_first_key_is_pinned_and_a_signed_change_moves_the_pin() -> None:
    """Keys rotate without a telephone as long as each one signs the next (K4)."""
    first = next_pin(None, entry(), NETWORK)
    assert isinstance(first, Accepted)
    assert first.pin == Pin(1, OLD.public)
    second = next_pin(first.pin, entry(2, NEW, OLD), NETWORK)
    assert isinstance(second, Accepted)
    assert second.pin == Pin(2, NEW.public)
    assert isinstance(next_pin(second.pin, entry(2, NEW, OLD), NETWORK), Accepted)


def test_unsigned_change_needs_two_people_s_voices() -> None:
    """Whoever hands keys out cannot swap one: an unsigned change waits for the telephone (K4)."""
    pin = Pin(1, OLD.public)
    for swapped in (entry(2, FALSE), entry(2, FALSE, FALSE), entry(9, NEW)):
        assert isinstance(next_pin(pin, swapped, NETWORK), NeedsVoice)


def test_versions_never_go_back_nor_change_under_the_same_number() -> None:
    """An old statement replayed, or another key under the pinned version, is refused outright (K4)."""
    pin = Pin(2, NEW.public)
    for replayed in (entry(1, OLD), entry(1, NEW), entry(2, FALSE), entry(2, FALSE, NEW)):
        with pytest.raises(PeerError) as caught:
            next_pin(pin, replayed, NETWORK)
        assert (caught.value.code, caught.value.field) == ("peer.statement", "version")


@given(st.binary(max_size=200), st.binary(max_size=80))
def test_no_bytes_break_the_statement_reader(statement: bytes, signature: bytes) -> None:
    """Whatever the directory hands out, only declared errors come out (X1)."""
    with pytest.raises(PeerError):
        next_pin(None, DirectoryEntry(statement=statement, owner_signature=signature), NETWORK)
    with pytest.raises(PeerError):
        check_entry(DirectoryEntry(statement=bytes(3000)), NETWORK)


@given(at=st.floats(0, 1, exclude_max=True))
def test_any_flipped_bit_of_a_statement_is_refused(at: float) -> None:
    """One bit of a statement: its owner did not sign that (K2)."""
    good = entry()
    data = bytearray(good.statement)
    bit = int(at * len(data) * 8)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PeerError):
        check_entry(DirectoryEntry(statement=bytes(data), owner_signature=good.owner_signature), NETWORK)


def directory(**changed: Any) -> Directory:
    one = entry()
    one.changed = 4
    said: dict[str, Any] = {"network": NETWORK, "since": 3, "version": 5, "issued_ms": NOW, "entries": [one]}
    return Directory(**said | changed)


def test_directory_is_the_hub_s_word_as_a_whole() -> None:
    """Signed by the hub, for this network, in answer to this question, and never older (K5)."""
    assert check_directory(sign_directory(directory(), HUB.signing), NETWORK, HUB.signing.public, 3) == (
        directory()
    )
    early = entry()
    early.changed = 3
    for field, broken in (
        ("network", directory(network="other.test")),
        ("since", directory(since=2)),
        ("version", directory(version=2, entries=[])),
        ("changed", directory(version=3)),
        ("changed", directory(entries=[early])),
    ):
        with pytest.raises(PeerError) as caught:
            check_directory(sign_directory(broken, HUB.signing), NETWORK, HUB.signing.public, 3)
        assert (caught.value.code, caught.value.field) == ("peer.directory", field)
    with pytest.raises(PeerError, match="directory signature"):
        check_directory(sign_directory(directory(), FALSE), NETWORK, HUB.signing.public, 3)


def test_another_key_in_one_s_own_name_is_found() -> None:
    """Each node sees at every sync what the hub shows of it; a strange statement is an alarm (K6)."""
    mine = entry()
    strange = entry(2, FALSE)
    other = entry(1, FALSE, owner="US-01")
    published = {mine.statement}
    check_own(directory(entries=[mine, other, DirectoryEntry(statement=b"\xff")]), "DE-02", published)
    with pytest.raises(PeerError, match="own_keys"):
        check_own(directory(entries=[mine, strange]), "DE-02", published)


def test_fingerprint_is_forty_digits_bound_to_network_owner_and_key() -> None:
    """Two people read the same digits for the same key, and others for anything else (K4)."""
    said = fingerprint(NETWORK, "DE-02", OLD.public)
    assert said == fingerprint(NETWORK, "DE-02", OLD.public)
    groups = said.split(" ")
    assert len(groups) == 8
    assert all(len(group) == 5 and group.isdecimal() for group in groups)
    others = {
        fingerprint("other.test", "DE-02", OLD.public),
        fingerprint(NETWORK, "DE-03", OLD.public),
        fingerprint(NETWORK, "DE-02", NEW.public),
        fingerprint(NETWORK + "D", "E-02", OLD.public),
    }
    assert said not in others
    assert len(others) == 4


def test_fingerprint_never_changes_between_releases() -> None:
    """Digits written on paper years ago still compare."""
    assert fingerprint("songtor.test", "DE-02", bytes(range(32))) == (
        "84903 74639 43139 81342 35640 21906 36242 47666"
    )


def test_statement_of_an_unknown_newer_field_is_kept() -> None:
    """A newer side's field in a signed statement does not break the signature or the reader (E11, K2)."""
    data = entry().statement + b"\xfa\x3f\x03new"
    newer = DirectoryEntry(statement=data, owner_signature=OLD.sign(PAYLOAD_TYPE, data))
    assert b"new" in check_entry(newer, NETWORK).SerializeToString()
