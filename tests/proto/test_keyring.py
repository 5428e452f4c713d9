"""The keyring: three ways in, no way round, and a file that is always whole."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songtor_proto import keyring, recovery
from songtor_proto.errors import InputError, StoreError
from songtor_proto.keyring import Keyring
from songtor_proto.keyslot import CHEAP, STRONG, Cost
from tests.support.keys import seeded

SECRETS = {"store": bytes(range(32)), "signing": b"\xff" * 32}
PASSPHRASE = "ส่งต่ออย่างปลอดภัย"
RAW_KEY = seeded("tpm")(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring"


def make(path: Path, **ways: Any) -> Keyring:
    return Keyring.create(path, SECRETS, **ways or {"passphrase": PASSPHRASE}, cost=CHEAP, random=seeded(0))


def contents(ring: Keyring) -> dict[str, bytes]:
    return {name: ring.get(name) for name in ring.names}


def refused(path: Path, code: str, **ways: Any) -> None:
    """The file stays as it was, whatever was tried."""
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(StoreError) as caught:
        Keyring.open(path, **ways or {"passphrase": PASSPHRASE})
    assert caught.value.code == f"store.{code}"
    assert (path.read_bytes() if path.exists() else None) == before


def test_each_way_in_opens_the_same_secrets(path: Path) -> None:
    """Passphrase, printed code and raw key are three slots of one file."""
    ring = make(path, passphrase=PASSPHRASE, raw_key=RAW_KEY)
    code = ring.set_recovery()
    ring.save()
    for ways in ({"passphrase": PASSPHRASE}, {"recovery_code": code}, {"raw_key": RAW_KEY}):
        opened = Keyring.open(path, **ways)
        assert contents(opened) == SECRETS
        assert opened.slots == {"passphrase", "recovery", "raw_key"}


def test_what_does_not_open_a_slot_is_refused_and_the_file_untouched(path: Path) -> None:
    """A wrong passphrase, code or key says so, and is not a damaged file."""
    make(path, passphrase=PASSPHRASE, raw_key=RAW_KEY)
    other_code = recovery.new(seeded(9))[0]
    refused(path, "passphrase", passphrase=PASSPHRASE + " ")
    refused(path, "passphrase", passphrase="")
    refused(path, "passphrase", raw_key=bytes(32))
    refused(path, "passphrase", recovery_code=other_code)
    with pytest.raises(StoreError, match="passphrase"):
        Keyring.open(path)
    ring = Keyring.open(path, passphrase=PASSPHRASE, cost=CHEAP)
    ring.set_recovery()
    ring.save()
    refused(path, "passphrase", recovery_code=other_code)


def test_a_passphrase_is_the_same_however_the_keyboard_composes_it(path: Path) -> None:
    """Two code points or one for the same letter: the same passphrase."""
    make(path, passphrase="Müller ๆ ำ")
    assert contents(Keyring.open(path, passphrase="Mu\u0308ller ๆ \u0e4d\u0e32")) == SECRETS


def test_new_passphrase_and_new_code_replace_the_old(path: Path) -> None:
    """Once changed and saved, the old way in is shut."""
    ring = make(path)
    first = ring.set_recovery()
    ring.set_passphrase("new")
    second = ring.set_recovery()
    ring.save()
    refused(path, "passphrase")
    refused(path, "passphrase", recovery_code=first)
    assert contents(Keyring.open(path, passphrase="new")) == SECRETS
    assert contents(Keyring.open(path, recovery_code=second)) == SECRETS


def test_secrets_are_put_and_removed_only_by_saving(path: Path) -> None:
    """What is not saved is not there next time; a name that is not there is a declared error."""
    ring = make(path)
    ring.put("sealing", b"key")
    ring.remove("signing")
    ring.remove("signing")
    assert contents(Keyring.open(path, passphrase=PASSPHRASE)) == SECRETS
    ring.save()
    opened = Keyring.open(path, passphrase=PASSPHRASE)
    assert opened.names == {"store", "sealing"}
    with pytest.raises(StoreError, match="no_key"):
        opened.get("signing")


def test_two_processes_lose_nothing_of_each_other_s(path: Path) -> None:
    """I2, K1: a desk's key that one console made is there after another console saved what it pinned."""
    make(path).save()
    one, two = (Keyring.open(path, passphrase=PASSPHRASE) for _ in range(2))
    one.put("desk", b"private")
    one.set_passphrase("new")
    one.save()
    two.put("pinned", b"public")
    two.remove("signing")
    two.save()
    assert two.get("desk") == b"private"
    assert contents(Keyring.open(path, passphrase="new")) == {
        "store": SECRETS["store"],
        "desk": b"private",
        "pinned": b"public",
    }


def test_the_same_secret_made_twice_is_made_once(path: Path) -> None:
    """K1: of two consoles that make one desk's key at once the second is told, before it is published."""
    make(path).save()
    one, two = (Keyring.open(path, passphrase=PASSPHRASE) for _ in range(2))
    for ring, key in ((one, b"first"), (two, b"second")):
        ring.put("desk", key)
    one.save()
    with pytest.raises(StoreError, match="busy"):
        two.save()
    assert Keyring.open(path, passphrase=PASSPHRASE).get("desk") == b"first"


def test_file_is_its_owner_s_alone_and_shows_no_secret(path: Path) -> None:
    """Mode 0600, whatever the umask; no secret, passphrase or name of a secret in the bytes."""
    before = os.umask(0)
    try:
        make(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    data = path.read_bytes()
    for hidden in (b"signing", PASSPHRASE.encode(), *SECRETS.values()):
        assert hidden not in data
    assert list(path.parent.iterdir()) == [path]


def test_an_existing_file_is_never_overwritten(path: Path) -> None:
    """Not a good keyring, not a damaged one, not anything else."""
    path.write_bytes(b"something else")
    with pytest.raises(StoreError, match="exists"):
        make(path)
    assert path.read_bytes() == b"something else"


def test_missing_and_truncated_files_are_refused(path: Path) -> None:
    """Missing, empty, cut anywhere, or with something behind: damaged, and left as it is."""
    refused(path, "keyring")
    make(path)
    whole = path.read_bytes()
    for size in [*range(0, len(whole), 7), len(whole) - 1]:
        path.write_bytes(whole[:size])
        refused(path, "keyring")
    path.write_bytes(whole + b"\n")
    refused(path, "keyring")
    path.write_bytes(whole + bytes(keyring.MAX_FILE))
    refused(path, "keyring")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True))
def test_any_flipped_bit_is_a_damaged_file(path: Path, at: float) -> None:
    """One bit anywhere: damaged, never mistaken for a wrong passphrase."""
    if path.exists():
        path.unlink()
    make(path)
    data = bytearray(path.read_bytes())
    bit = int(at * len(data) * 8)
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
    refused(path, "keyring")


def forge(path: Path, change: Any) -> None:
    """A file changed by someone who can make the checksum right again."""
    magic, _, body = path.read_bytes().split(b"\n", 2)
    parsed = json.loads(body)
    change(parsed)
    body = json.dumps(parsed, sort_keys=True, separators=(",", ":")).encode()
    path.write_bytes(b"\n".join([magic, hashlib.sha256(body).hexdigest().encode(), body]))


@pytest.mark.parametrize(
    "change",
    [
        lambda parsed: parsed["slots"].pop(),
        lambda parsed: parsed["slots"].append(parsed["slots"][1] | {"kind": "recovery"}),
        lambda parsed: parsed["slots"].reverse(),
        lambda parsed: parsed["slots"][1].update(argon2id=[1, 32, 1]),
        lambda parsed: parsed.update(secrets=parsed["secrets"][:-8] + "AAAAAAA="),
        lambda parsed: parsed.update(nonce="AAAA"),
        lambda parsed: parsed.update(nonce=7),
        lambda parsed: parsed.pop("secrets"),
        lambda parsed: parsed.pop("slots"),
        lambda parsed: parsed.update(slots=[1]),
        lambda parsed: parsed.update(slots={}),
        lambda parsed: parsed["slots"][0].update(argon2id=[3, 1 << 30, 4]),
        lambda parsed: parsed["slots"][0].update(argon2id=[0, 32, 1]),
        lambda parsed: parsed["slots"][0].update(argon2id=[1, 32, 16]),
        lambda parsed: parsed["slots"][0].update(argon2id="x"),
        lambda parsed: parsed["slots"][0].update(nonce="AAAA"),
        lambda parsed: parsed["slots"][0].update(salt="*"),
    ],
)
def test_forged_file_does_not_open(path: Path, change: Any) -> None:
    """Slots taken out, put in, weakened or made to exhaust memory, with the checksum mended: refused."""
    make(path, passphrase=PASSPHRASE, raw_key=RAW_KEY)
    forge(path, change)
    with pytest.raises(StoreError) as caught:
        Keyring.open(path, passphrase=PASSPHRASE)
    assert caught.value.code in {"store.keyring", "store.passphrase"}


def test_what_a_crash_left_beside_the_file_is_in_nobody_s_way(path: Path) -> None:
    """A half-written new file is not read, and the next save takes its place."""
    ring = make(path)
    path.with_name("keyring.new").write_bytes(b"half")
    assert contents(Keyring.open(path, passphrase=PASSPHRASE)) == SECRETS
    ring.save()
    assert list(path.parent.iterdir()) == [path]


def test_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    """A write error is a declared error, and nothing is left behind."""
    with pytest.raises(StoreError, match="write"):
        make(tmp_path / "missing" / "keyring")


def test_production_cost_is_rfc_9106_s_second_option() -> None:
    """Three passes over 64 MiB in four lanes; beyond the bounds there is no Cost at all."""
    assert Cost(passes=3, memory=65536, lanes=4) == STRONG
    for cost in ((17, 64, 1), (1, (1 << 20) + 1, 1), (1, 1024, 17), (0, 64, 1), (1, 0, 1), (1, 64, -1)):
        with pytest.raises(ValueError):
            Cost(*cost)


@given(st.binary(min_size=25, max_size=25))
def test_recovery_code_comes_back_from_paper(key: bytes) -> None:
    """Ten groups of five; read in any case, with dashes, run together, or with look-alike letters."""
    code, made = recovery.new(lambda size: key[:size])
    assert made == key
    assert [len(group) for group in code.split(" ")] == [5] * 10
    typed = [code, code.lower(), code.replace(" ", "-"), code.replace(" ", ""), f"\n{code}\t"]
    typed += [code.replace("1", "l").replace("0", "o"), code.replace("1", "I").replace("0", "๐")]
    for text in typed:
        assert recovery.parse(text) == key


def test_slip_in_typing_names_its_group() -> None:
    """A wrong symbol, two groups exchanged or one left out is found before any key is tried."""
    code, _ = recovery.new(seeded(1))
    groups = code.split(" ")
    found = 0
    for place, group in enumerate(groups):
        wrong = ("B" if group[0] == "A" else "A") + group[1:]
        try:
            recovery.parse(" ".join([*groups[:place], wrong, *groups[place + 1 :]]))
        except InputError as error:
            found += error.field == str(place + 1)
    assert found >= 9
    with pytest.raises(InputError, match="recovery_code"):
        recovery.parse(" ".join([groups[1], groups[0], *groups[2:]]))
    with pytest.raises(InputError, match="recovery_code"):
        recovery.parse(" ".join(groups[1:]))


@given(
    st.one_of(st.text(max_size=300), st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=50, max_size=50))
)
def test_no_text_breaks_the_recovery_reader(text: str) -> None:
    """Whatever is typed, bytes or the declared error come out (X1)."""
    with suppress(InputError):
        assert len(recovery.parse(text)) == 25
