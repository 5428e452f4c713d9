"""The registry, its seats and the hub's command for them. Rules I4, I10 and X1; fault 35."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from sqlalchemy import select

from songtor_hub import founding
from songtor_hub.bootstrap import Hub, Role, open_hub
from songtor_hub.cli.app import run
from songtor_hub.seats import desk_keys, directory, invitations, registry
from songtor_hub.store.engine import open_sqlite, reading, writing
from songtor_hub.store.tables import log_leaf
from songtor_proto.errors import InputError, StoreError, catalogue
from songtor_proto.identity.certificates import key_to_bytes, make_root, to_der
from songtor_proto.identity.invitation import parse
from songtor_proto.keyring import Keyring
from songtor_proto.keyslot import CHEAP
from songtor_proto.times import to_ms, utc_now
from songtor_proto.vocabulary import organisations, parse_organisations, vocabulary
from tests.support.hub import NETWORK, PASSPHRASES, MovableClock, NewHub, Serve
from tests.support.keys import seeded
from tests.support.refusal import refused
from tests.support.seat import Seat

PASSPHRASE = "ลับมาก very secret"


def invite(hub: Hub, seat: str) -> str:
    with writing(hub.engine) as connection:
        return invitations.invite(connection, NETWORK, hub.root, seat, hub.clock(), hub.random)


def test_all_52_seats_stand_in_the_registry_from_init(new_hub: NewHub, database: str) -> None:
    """Four of them vacant, none enrolled, every one with its names."""
    with reading(new_hub(database=database).engine) as connection:
        rows = registry.all_seats(connection)
    assert [row.id for row in rows] == [organisation.seat for organisation in organisations()]
    assert len(rows) == 52
    assert [row.id for row in rows if row.vacant] == ["ZZ-31", "ZZ-32", "ZZ-33", "ZZ-34"]
    assert all(row.name_th and row.name_en for row in rows if not row.vacant)
    assert not any(row.enrolled_ms or row.revoked_ms for row in rows)


def test_an_organisation_more_is_one_line_of_data(new_hub: NewHub) -> None:
    """It gets its seat when the hub next starts; those that stand keep what they have."""
    hub = new_hub()
    header = "seat,iso_country,name_th,name_en,registered_public_benefit,source_note\n"
    added = parse_organisations(header + "53,DE,สมาคมทดสอบ,Test Association,no,\n", {"DE"})
    with writing(hub.engine) as connection:
        registry.revoke(connection, "DE-02", 1, hub.random)
        registry.fill(connection, [*organisations(), *added])
        assert len(registry.all_seats(connection)) == 53
        assert registry.find(connection, "DE-53").name_en == "Test Association"
        assert registry.find(connection, "DE-02").revoked_ms == 1


@pytest.mark.parametrize(
    ("seat", "code"), [("ZZ-31", "vacant"), ("DE-99", "not_here"), ("TH-00", "not_here"), ("x", "not_here")]
)
def test_only_a_seat_that_somebody_holds_is_invited(new_hub: NewHub, seat: str, code: str) -> None:
    """I4: a vacant or unknown seat gets no code."""
    with pytest.raises(InputError) as caught:
        invite(new_hub(), seat)
    assert caught.value.code == f"input.{code}"


def test_a_code_says_network_seat_root_addresses_and_the_next_version(new_hub: NewHub) -> None:
    """I4: all that a node needs to find the hub and to trust it."""
    hub = new_hub()
    said = parse(invite(hub, "DE-02"))
    assert (said.network, said.seat, said.root) == (NETWORK, "DE-02", hub.root)
    assert (said.exchange_address, said.enrolment_address) == ("127.0.0.1:1", "127.0.0.1:2")
    assert said.statement_version == 1
    assert len(said.secret) == 32


def test_revoking_a_seat_ends_its_open_code_too(served_hub: Serve, database: str) -> None:
    """I10: whoever holds a code of a revoked seat holds nothing; until it is reinstated none is made."""
    served = served_hub(database=database)
    hub, seat = served.hub, Seat.invited(served, "DE-02")
    with writing(hub.engine) as connection:
        registry.revoke(connection, "DE-02", to_ms(hub.clock()), hub.random)
    with refused("peer.invitation_burnt"):
        seat.enrol()
    with pytest.raises(InputError, match=r"input\.revoked"):
        invite(hub, "DE-02")
    with writing(hub.engine) as connection:
        registry.reinstate(connection, "DE-02", to_ms(hub.clock()), hub.random)
        kinds = connection.scalars(select(log_leaf.c.kind).order_by(log_leaf.c.index)).all()
    assert kinds[-2:] == ["revoked", "reinstated"]
    with refused("peer.invitation_burnt"):
        seat.enrol()
    Seat.enrolled(served, "DE-02").call_once()


def test_when_a_seat_last_called_is_known_to_ten_minutes(served_hub: Serve) -> None:
    """An operator sees who has gone silent; a seat's calls do not cost a write each."""
    clock = MovableClock()
    served = served_hub(clock=clock)
    seat = Seat.enrolled(served, "DE-02")

    def contact() -> int:
        with reading(served.hub.engine) as connection:
            return int(registry.find(connection, "DE-02").last_contact_ms or 0)

    with seat.channel() as channel:
        assert contact() == 0
        seat.call(channel)
        first = contact()
        clock.ahead = timedelta(minutes=9)
        seat.call(channel)
        assert contact() == first
        clock.ahead = timedelta(minutes=11)
        seat.call(channel)
        assert contact() > first


def test_revoking_twice_is_once_and_reinstating_needs_it(new_hub: NewHub) -> None:
    """T1: one leaf for one act."""
    hub = new_hub()
    with writing(hub.engine) as connection:
        registry.revoke(connection, "DE-02", 1, hub.random)
        registry.revoke(connection, "DE-02", 2, hub.random)
        assert registry.find(connection, "DE-02").revoked_ms == 1
        with pytest.raises(InputError, match=r"input\.not_revoked"):
            registry.reinstate(connection, "DE-05", 3, hub.random)


def test_the_exchange_never_holds_a_desks_keys(new_hub: NewHub, new_console: Callable[[Hub], Hub]) -> None:
    """I2: they lie in the console's keyring alone, and the exchange works where that file is not."""
    hub = new_hub()
    console = new_console(hub)
    for code in vocabulary().standing_desks:
        owner = f"TH-00/{code}"
        desk_keys.signing_key(console.keyring, owner)
        with pytest.raises(StoreError, match=r"store\.no_key"):
            desk_keys.signing_key(hub.keyring, owner)
        with pytest.raises(StoreError, match=r"store\.no_key"):
            desk_keys.sealing_key(hub.keyring, owner)
    with pytest.raises(StoreError, match=r"store\.no_key"):
        console.signing_key()
    (hub.data / "desks.keyring").unlink()
    (hub.data / "root.keyring").rename(hub.data.parent / "root.keyring")
    open_hub(hub.data, PASSPHRASES.__getitem__, Role.EXCHANGE).close()


def test_the_roots_key_is_in_no_keyring_that_stays(new_hub: NewHub) -> None:
    """I7: what is online can issue leaves, and no intermediate."""
    data = new_hub().data
    names = {
        name: Keyring.open(data / f"{name}.keyring", passphrase=PASSPHRASES[name]).names
        for name in PASSPHRASES
    }
    assert "root_key" in names["root"]
    assert not {"root_key"} & (names["exchange"] | names["desks"])
    assert "intermediate_key" not in names["desks"]


def test_each_keyring_has_its_own_passphrase(new_hub: NewHub) -> None:
    """The desks' does not open the exchange's."""
    data = new_hub().data
    with pytest.raises(StoreError, match=r"store\.passphrase"):
        open_hub(data, lambda name: PASSPHRASES["desks"], Role.EXCHANGE)


def test_a_provinces_desk_is_added_when_it_is_needed(
    new_hub: NewHub, new_console: Callable[[Hub], Hub]
) -> None:
    """K1: with keys of its own in the directory; a second time changes nothing."""
    hub = new_hub()
    console = new_console(hub)
    owner = desk_keys.address_of("province-50", vocabulary())
    versions = set()
    for _ in range(2):
        desk_keys.make(console.keyring, owner, hub.random)
        with writing(hub.engine) as connection:
            desk_keys.publish(connection, console.keyring, NETWORK, owner, 1, hub.random)
            versions.add(directory.version(connection))
    assert len(versions) == 1
    for wrong in ("province", "province-99", "dwf-50", "kitchen", "../x", ""):
        with pytest.raises(InputError):
            desk_keys.address_of(wrong, vocabulary())


INIT = ("init", "--network", NETWORK, "--address", "hub.example", "--listen", "127.0.0.1:7443")


@dataclass
class Command:
    """Runs `songtor-hub` in its own folder: what it answers a program, or its error and exit code."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def given(self) -> list[str]:
        return ["--data", str(self.folder / "hub"), "--passphrase-file", str(self.folder / "passphrase")]

    def __call__(self, *words: str) -> Any:
        code = run([*self.given, "--json", *words])
        out, err = self.capture.readouterr()
        return (json.loads(err)["error"], code) if code else json.loads(out)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return Command(tmp_path, capsys)


@pytest.fixture(scope="module")
def founded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One network founded with the real cost of its passphrases, to be copied."""
    folder = tmp_path_factory.mktemp("founded")
    (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    given = ["--data", str(folder / "hub"), "--passphrase-file", str(folder / "passphrase")]
    assert run([*given, *INIT, "--one-passphrase"]) == 0
    return folder / "hub"


@pytest.fixture
def founded(command: Command, founded_once: Path) -> Command:
    shutil.copytree(founded_once, command.folder / "hub")
    return command


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_command_founds_a_network_and_invites_a_seat(founded: Command) -> None:
    """From init to a code that names this hub's ports, and the seat's state all along."""
    assert len(founded("seat", "list")) == 52
    said = parse(founded("seat", "invite", "DE-02")["code"])
    assert (said.exchange_address, said.enrolment_address) == ("hub.example:7443", "hub.example:7444")
    assert founded("seat", "revoke", "DE-02")["state"] == "revoked"
    assert founded("seat", "show", "DE-02")[0]["state"] == "revoked"
    assert founded("seat", "reinstate", "DE-02")["state"] == "waiting"
    assert founded("desk", "add", "province-50")["address"] == "TH-00/province-50"
    assert "TH-00/province-50" in [row["address"] for row in founded("desk", "list")]
    prints = {row["owner"]: row["fingerprint"] for row in founded("keys")}
    assert len(prints["TH-00"].split()) == 8
    assert len(set(prints.values())) == len(prints)


def test_the_root_makes_a_new_intermediate_and_only_its_own(founded: Command, tmp_path: Path) -> None:
    """I7: the root comes back from its safe for that; another network's root is refused."""
    away = tmp_path / "root.keyring"
    (tmp_path / "hub" / "root.keyring").rename(away)
    exchange = tmp_path / "hub" / "exchange.keyring"
    before = Keyring.open(exchange, passphrase=PASSPHRASE)
    founded("renew-intermediate", "--root", str(away))
    after = Keyring.open(exchange, passphrase=PASSPHRASE)
    assert after.get("intermediate_certificate") != before.get("intermediate_certificate")
    made = x509.load_der_x509_certificate(after.get("intermediate_certificate"))
    made.verify_directly_issued_by(x509.load_der_x509_certificate(before.get("root_certificate")))

    foreign = make_root(NETWORK, utc_now(), seeded("foreign"))
    secrets = {"root_certificate": to_der(foreign.certificate), "root_key": key_to_bytes(foreign.key)}
    Keyring.create(tmp_path / "foreign.keyring", secrets, passphrase=PASSPHRASE, cost=CHEAP)
    assert founded("renew-intermediate", "--root", str(tmp_path / "foreign.keyring")) == (
        "peer.certificate",
        5,
    )
    assert founded("renew-intermediate", "--root", "/nowhere") == ("store.keyring", 7)


def test_a_passphrase_comes_from_option_credential_environment_or_terminal_in_that_order(
    founded: Command, tmp_path: Path
) -> None:
    """A credential is named like its keyring, so that each process is given its own alone."""
    right, wrong = str(tmp_path / "passphrase"), str(tmp_path / "wrong")
    Path(wrong).write_text("wrong", encoding="utf-8")
    for folder, file in (("good", right), ("bad", wrong)):
        (tmp_path / folder).mkdir()
        shutil.copy(file, tmp_path / folder / "exchange")

    def exit_code(*option: str, credentials: str = "", environment: str = "") -> int:
        given = {"CREDENTIALS_DIRECTORY": credentials, "SONGTOR_PASSPHRASE_FILE": environment}
        command = [str(Path(sys.executable).parent / "songtor-hub"), "--data", str(tmp_path / "hub"), *option]
        done = subprocess.run(
            [*command, "keys"],
            env=os.environ | given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return done.returncode

    bad, good = str(tmp_path / "bad"), str(tmp_path / "good")
    assert exit_code("--passphrase-file", right, credentials=bad, environment=wrong) == 0
    assert exit_code(credentials=good, environment=wrong) == 0
    assert exit_code(environment=right) == 0
    assert exit_code() == 2


def test_a_seat_from_before_works_under_a_new_intermediate(served_hub: Serve) -> None:
    """I7: certificates of the one before are good to their own end, beside those of the new one."""
    served = served_hub()
    before = Seat.enrolled(served, "DE-02")
    served.stop()
    data = served.hub.data
    founding.renew_intermediate(
        served.hub, Keyring.open(data / "root.keyring", passphrase=PASSPHRASES["root"])
    )
    served.start()
    before.call_once()
    Seat.enrolled(served, "TW-44").call_once()
    before.renew()
    before.call_once()


def test_one_passphrase_for_all_keyrings_is_a_typed_choice(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of one passphrase opens one keyring, unless one says otherwise; however the file is named."""
    assert command(*INIT) == ("input.one_passphrase", 2)
    monkeypatch.setenv("SONGTOR_PASSPHRASE_FILE", str(command.folder / "passphrase"))
    assert run(["--data", str(command.folder / "hub"), *INIT]) == 2
    assert not (command.folder / "hub").exists()


def test_a_new_passphrase_is_not_short(command: Command) -> None:
    """As a node's: whoever takes the file must not guess it."""
    (command.folder / "passphrase").write_text("short", encoding="utf-8")
    assert command(*INIT, "--one-passphrase") == ("input.passphrase_short", 2)
    assert not (command.folder / "hub").exists()


def test_a_network_is_never_founded_over_another(founded: Command, tmp_path: Path) -> None:
    """What is there stays as it is."""
    before = contents(tmp_path / "hub")
    assert founded(*INIT, "--one-passphrase") == ("input.already_initialised", 2)
    assert contents(tmp_path / "hub") == before
    (tmp_path / "passphrase").unlink()  # said before anybody is asked for three new ones
    assert founded(*INIT, "--one-passphrase") == ("input.already_initialised", 2)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        pytest.param(["seat", "show", "DE-99"], ("input.not_here", 2), id="unknown seat"),
        pytest.param(["seat", "invite", "ZZ-31"], ("input.vacant", 2), id="vacant seat"),
        pytest.param(["seat", "reinstate", "DE-02"], ("input.not_revoked", 2), id="not revoked"),
        pytest.param(["desk", "add", "kitchen"], ("input.unknown_code", 2), id="unknown desk"),
        pytest.param(["seat", "frobnicate"], ("input.usage", 2), id="unknown command"),
        pytest.param(["--lang", "fr", "keys"], ("input.unknown_code", 2), id="unknown language"),
        pytest.param(["--passphrase-file", "/nowhere", "keys"], ("store.passphrase_file", 7), id="no file"),
        pytest.param(["--data", "/nowhere", "keys"], ("store.missing", 7), id="no hub"),
        pytest.param(["--database", "mysql://x", "keys"], ("input.database", 2), id="another database"),
    ],
)
def test_a_wrong_word_on_the_command_line_is_one_clear_error(
    founded: Command, words: list[str], error: tuple[str, int]
) -> None:
    """X1: a code of the catalogue and its exit code, and nothing else happens."""
    assert founded(*words) == error


def test_errors_are_told_in_thai_or_english(founded: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """X1: one line on stderr."""
    entry = catalogue()["input.not_here"]
    for lang, text in (("th", entry.th), ("en", entry.en)):
        assert run(["--lang", lang, *founded.given, "seat", "show", "DE-99"]) == 2
        assert capsys.readouterr() == ("", f"{text} [seat]\n")


def hurt_passphrase(data: Path) -> None:
    (data.parent / "passphrase").write_text("wrong", encoding="utf-8")


def hurt_keyring(data: Path) -> None:
    path = data / "exchange.keyring"
    path.write_bytes(path.read_bytes()[:-20] + bytes(20))


def hurt_database(data: Path) -> None:
    (data / "hub.db").write_bytes(bytes(8192))


def lose_keyring(data: Path) -> None:
    (data / "exchange.keyring").unlink()


def lose_database(data: Path) -> None:
    (data / "hub.db").unlink()


def another_database(data: Path) -> None:
    """Encrypted under a key that this keyring does not hold."""
    (data / "hub.db").unlink()
    open_sqlite(data / "hub.db", bytes(32), create=True).dispose()


@pytest.mark.parametrize(
    ("hurt", "error"),
    [
        (hurt_passphrase, "store.passphrase"),
        (hurt_keyring, "store.keyring"),
        (hurt_database, "store.corrupt"),
        (lose_keyring, "store.missing"),
        (lose_database, "store.missing"),
        (another_database, "store.corrupt"),
    ],
)
@pytest.mark.parametrize("words", [["seat", "list"], ["serve"]], ids=["console", "serve"])
def test_wrong_passphrase_missing_key_file_or_corrupt_database_refuses_to_start_and_says_why(
    founded: Command, tmp_path: Path, hurt: Callable[[Path], None], error: str, words: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Fault 35: and the data is untouched."""
    data = tmp_path / "hub"
    hurt(data)
    capsys.readouterr()
    before = contents(data)
    assert founded(*words) == (error, 7)
    assert contents(data) == before
