"""The command line of a node: what it says to people and programs, one clear line for all that is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from songtor_node.bootstrap import Node, open_node
from songtor_node.cases import service
from songtor_node.cases.casefile import read_case
from songtor_node.cli.app import run
from songtor_node.consents import acts
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House
from songtor_node.forms import load
from songtor_node.store.base import metadata
from songtor_node.store.engine import reading, writing
from songtor_node.unlock import KEY_FILE, Unlock
from songtor_node.workers import acting
from songtor_proto.errors import catalogue
from songtor_proto.vocabulary import jurisdictions, policy, vocabulary
from tests.support.node import NOW, PASSPHRASE, new_node

SONGTOR = Path(sys.executable).with_name("songtor-node")
CASE = """
target_group: thai_abroad
channel: line
client: {name_thai: นวล ตัวอย่าง, birth_date: 2531-04}
problems: [{code: domestic_violence}]
facts: [{text: ถูกขังในบ้าน}]
follow_ups: [{method: phone_call, due: 2026-12-01}]
"""
CONSENT = """
basis: consent
purpose: domestic_violence
categories: demographics, place, problems, threat, name
recipients: TH-00/dwf
"""
Command = Callable[..., tuple[int, str, str]]


def prepare(folder: Path) -> Path:
    """A node's data in `data`, its passphrase in `passphrase`, a case and a consent to import."""
    new_node(folder / "data").close()
    (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "consent.yaml").write_text(CONSENT, encoding="utf-8")
    return folder


def command_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs one command as a worker; gives exit code, standard output and standard error."""

    def call(
        *words: str, worker: str = "malee", lang: str = "en", data: str = "data"
    ) -> tuple[int, str, str]:
        given = ["--data", str(folder / data), "--passphrase-file", str(folder / "passphrase")]
        code = run([*given, "--lang", lang, "--as", worker, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def made(command: Command, *words: str) -> Any:
    code, out, err = command(*words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return prepare(tmp_path)


@pytest.fixture
def command(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return command_in(folder, capsys)


@pytest.fixture
def case(command: Command, folder: Path) -> str:
    return str(made(command, "case", "import", str(folder / "case.yaml"))["case"])


@pytest.fixture
def consent(command: Command, folder: Path, case: str) -> str:
    return str(made(command, "consent", "record", case, "--file", str(folder / "consent.yaml"))["consent"])


class Untouched(NamedTuple):
    """A folder that no test changes, because all that it is asked is refused."""

    folder: Path
    node: Node
    case: str
    consent: str

    def rows(self) -> list[Any]:
        """All that is in its store."""
        with reading(self.node.engine) as session:
            return [session.connection().execute(table.select()).all() for table in metadata.sorted_tables]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Untouched]:
    folder = prepare(tmp_path_factory.mktemp("untouched"))
    node = open_node(folder / "data", Unlock(passphrase=PASSPHRASE))
    house = House("DE-01", jurisdictions()["DE"], vocabulary(), policy())
    with writing(node.engine) as session:
        by = acting(session, "malee")
        case = service.create(session, read_case(CASE.encode()), by=by, now=NOW, random=node.random)
        form = load(ConsentForm, CONSENT.encode())
        consent = acts.record(session, case, form, house, by=by, now=NOW, random=node.random)
    yield Untouched(folder, node, case.code, consent.code)
    node.close()


def test_a_case_is_worked_on_from_intake_to_closure(command: Command, case: str) -> None:
    """Every act of a case has its command, and what was said can be read back."""
    for words in (
        ["add", case, "fact", "text=เปิดประตูไม่ได้", "source=เพื่อนบ้าน"],
        ["verify", case, "2", "--how", "โทรวิดีโอ"],
        ["add", case, "work", "kind=counselling", "practice_form=problem_solving", "hours=1.5", "who=มาลี"],
        ["add", case, "threat", "dimension=social", "level=red", "reason=ถูกขัง"],
        ["add", case, "problem", "code=irregular_status"],
        ["add", case, "follow-up", "method=video_call", "due=2026-12-03"],
        [
            "add",
            case,
            "person",
            "relation=สามี",
            "danger=yes",
            'contacts=[{channel: phone, value: "+49 30 23125 001"}]',
        ],
        [
            "add",
            case,
            "goal",
            "dimension=health",
            "text=นอนหลับ",
            "steps=[{what: พบหมอ, days: 10, information: [health]}]",
        ],
        ["add", case, "note", "โทรเฉพาะกลางวัน"],
        [
            "set",
            case,
            "client.city=เบอร์ลิน",
            "client.languages=th,de",
            "unsafe=[{category: address, reason: สามีอยู่}]",
        ],
        ["done", case, "1", "--result", "ปลอดภัย"],
        ["assign", case, "lek"],
        ["step", case, "fact_finding"],
        ["step", case, "closure", "--reason", "กลับไทยแล้ว"],
        ["step", case, "fact_finding", "--reason", "กลับมาขอความช่วยเหลือ"],
    ):
        assert made(command, "case", *words)["case"] == case
    whole = made(command, "case", "show", case)
    assert (whole["step"], whole["urgency"]) == ("fact_finding", "red")
    assert [step["step"] for step in whole["steps"]] == ["intake", "fact_finding", "closure", "fact_finding"]
    file = whole["file"]
    assert file["facts"][1]["verification"] == "verified"
    assert file["client"]["languages"] == ["th", "de"]
    assert (file["people"][0]["danger"], file["follow_ups"][0]["result"]) == (True, "ปลอดภัย")
    assert [note["text"] for note in file["notes"]] == ["โทรเฉพาะกลางวัน"]
    assert (file["goals"][0]["steps"][0]["what"], file["goals"][0]["steps"][0]["days"]) == ("พบหมอ", 10)
    assert "Physical and mental health" in command("case", "show", case)[1]
    looks = made(command, "case", "looks", case)
    assert [look["what"] for look in looks][:3] == ["add fact", "verify", "add work"]


@pytest.mark.parametrize(("lang", "said"), [("th", "ความรุนแรงในครอบครัว"), ("en", "Domestic violence")])
def test_people_read_words_and_not_codes(command: Command, case: str, lang: str, said: str) -> None:
    """In their language, the dates in their era."""
    contacts = "client.contacts=[{channel: phone, value: '1'}, {channel: phone, value: '2'}]"
    numbers = "client.identity_numbers=[{kind: passport, number: '3'}]"
    made(command, "case", "set", case, "client.sex=female", "client.nationality=DE", contacts, numbers)
    made(command, "case", "add", case, "threat", "dimension=social", "level=red")
    made(command, "case", "add", case, "visit", "method=phone_call", "state=missed")
    made(command, "case", "add", case, "connection", "kind=faith", "name=วัด", "strength=weak", "flow=to")
    _, listed, _ = command("case", "list", lang=lang)
    _, out, _ = command("case", "show", case, lang=lang)
    for text in (listed, out):
        assert (said in text, "domestic_violence" in text) == (True, False)
    if lang == "th":
        for said in ("หญิง", "เยอรมนี", "หนังสือเดินทาง", "ผู้รับบริการ", "ไม่ได้พบ", "เบาบาง"):
            assert said in out
        assert not re.findall("[a-z]{3,}", out)
        assert out.count("โทรศัพท์ ") == 2
    assert ("เม.ย. 2531" in out) is (lang == "th")
    assert ("Apr 1988" in out) is (lang == "en")


def test_what_is_shown_can_be_imported_again(command: Command, case: str, folder: Path) -> None:
    """A case as JSON is a case file."""
    before = made(command, "case", "show", case)["file"]
    (folder / "again.json").write_text(json.dumps(before), encoding="utf-8")
    again = made(command, "case", "import", str(folder / "again.json"))["case"]
    assert made(command, "case", "show", again)["file"] == before


@pytest.mark.parametrize("lang", ["th", "en"])
def test_templates_are_printed(command: Command, lang: str) -> None:
    """Without a node, a passphrase or a worker."""
    for name in ("case", "consent"):
        code, out, _ = command(name, "template", lang=lang, worker="", data="nowhere")
        assert (code, out.startswith("# ")) == (0, True)


def test_a_consent_is_read_out_recorded_confirmed_and_withdrawn(
    command: Command, folder: Path, case: str, consent: str
) -> None:
    """Every act of a ground has its command."""
    words = [
        "basis=vital_interest", "purpose=emergency_protection", "categories=demographics,threat",
        "recipients=TH-00/tsda", "harm=ถูกขู่ฆ่า", "incapacity=ติดต่อไม่ได้",
    ]  # fmt: skip
    shown = made(command, "consent", "text", case, "--file", str(folder / "consent.yaml"))["text"]
    assert "กรมกิจการสตรีและสถาบันครอบครัว" in shown
    vital = made(command, "consent", "record", case, *words)
    assert vital["confirm_by"]
    code, out, _ = command("consent", "confirm", vital["consent"], worker="anong")
    assert code == 0
    shown = made(command, "consent", "show", vital["consent"])
    assert (shown["confirmed"], shown["confirmed_by"]) == (True, "anong")
    taken = made(command, "consent", "withdraw", consent.lower(), "--by", "client")
    assert taken == {"consent": consent, "recalled": []}
    listed = made(command, "consent", "list", case)
    assert [bool(one["withdrawn_at"]) for one in listed] == [True, False]
    code, out, _ = command("consent", "show", consent, lang="th")
    assert (code, "ถอนแล้วเมื่อ" in out, "กรมกิจการสตรี" in out) == (0, True, True)


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (["case", "show", "C-00000"], "input.not_here", "case"),
        (["case", "step", "{case}", "closure"], "input.reason_missing", "reason"),
        (["case", "step", "{case}", "intake", "--reason", "x"], "input.step", "step"),
        (["case", "step", "{case}", "begin"], "input.unknown_code", "step"),
        (["case", "add", "{case}", "rumour", "x"], "input.unknown_code", "kind"),
        (["case", "add", "{case}", "fact"], "input.missing", "text"),
        (["case", "add", "{case}", "fact", "text=x", "colour=red"], "input.unknown_field", ""),
        (
            ["case", "add", "{case}", "threat", "dimension=social", "level=blue"],
            "input.unknown_code",
            "level",
        ),
        (["case", "add", "{case}", "follow-up", "method=phone_call", "due=soon"], "input.date", "due"),
        (["case", "add", "{case}", "note", "text=a", "text=b"], "input.usage", "text"),
        (["case", "set", "{case}", "client"], "input.usage", ""),
        (["case", "set", "{case}", "client.sex=man"], "input.unknown_code", "client.sex"),
        (["case", "set", "{case}", "code=C-1"], "input.unknown_field", ""),
        (["case", "set", "{case}", "narrative.x=1"], "input.usage", "narrative.x"),
        (
            ["case", "set", "{case}", "unsafe=[{category: x, reason: y}]"],
            "input.unknown_code",
            "unsafe[0].category",
        ),
        (["case", "set", "{case}", "unsafe=[{"], "input.value", "unsafe"),
        (["case", "verify", "{case}", "9", "--how", "x"], "input.not_here", "number"),
        (["case", "verify", "{case}", "one", "--how", "x"], "input.usage", "number"),
        (["case", "done", "{case}", "1", "--result", " "], "input.reason_missing", "result"),
        (["case", "assign", "{case}", "nobody"], "peer.worker", "as"),
        (["case", "import", "{folder}/none.yaml"], "input.file", "file"),
        (["case", "import", "{folder}"], "input.file", "file"),
        (["case", "import", "{folder}/consent.yaml"], "input.unknown_field", ":2"),
        (["case", "import"], "input.usage", "file"),
        (["case", "fly"], "input.usage", ""),
        (["case", "show", "{case}", "--fast"], "input.usage", "fast"),
        (["worker", "add", "malee", "--role", "monk"], "input.exists", "code"),
        (["worker", "add", "new", "--role", "boss"], "input.unknown_code", "role"),
        (["worker", "add", "N W", "--role", "monk"], "input.worker", "code"),
        (["consent", "record", "{case}"], "input.missing", "basis"),
        (
            ["consent", "record", "{case}", "basis=consent", "--file", "{folder}/consent.yaml"],
            "input.usage",
            "file",
        ),
        (["consent", "record", "{case}", "--file", "{folder}/case.yaml"], "input.missing", "basis:2"),
        (["consent", "show", "K-00000"], "input.not_here", "consent"),
        (["consent", "withdraw", "{consent}", "--by", "นายอำเภอ"], "input.not_here", "by"),
        (["init"], "store.exists", ""),
    ],
)
def test_each_wrong_input_gives_one_line_a_field_and_an_exit_code(
    untouched: Untouched, capsys: pytest.CaptureFixture[str], words: list[str], code: str, field: str
) -> None:
    """In Thai and English, as text and as JSON; nothing goes to standard output, and nothing changes."""
    folder, _, case, consent = untouched
    command, entry, before = command_in(folder, capsys), catalogue()[code], untouched.rows()
    given = [
        word.replace("{case}", case).replace("{consent}", consent).replace("{folder}", str(folder))
        for word in words
    ]
    exit_code, out, err = command(*given, lang="th")
    assert (exit_code, out) == (entry.exit_code, "")
    assert err == entry.th + (f" [{field}]" if field else "") + "\n"
    exit_code, out, err = command(*given, "--json")
    assert (exit_code, out) == (entry.exit_code, "")
    message = entry.en + (f" [{field}]" if field else "")
    assert json.loads(err) == {"error": code, "field": field, "message": message}
    assert untouched.rows() == before


@pytest.mark.parametrize(
    ("worker", "code"),
    [("", "worker"), ("nobody", "worker"), ("admin", "not_allowed"), ("lek", "not_allowed")],
)
def test_who_may_not_is_refused_at_every_command(
    untouched: Untouched, capsys: pytest.CaptureFixture[str], worker: str, code: str
) -> None:
    """Missing permission: one line, exit code of the family, nothing shown."""
    folder, _, case, consent = untouched
    command = command_in(folder, capsys)
    for words in (
        ["case", "show", case],
        ["case", "step", case, "fact_finding"],
        ["case", "add", case, "note", "x"],
        ["case", "set", case, "narrative=x"],
        ["case", "verify", case, "1", "--how", "x"],
        ["case", "done", case, "1", "--result", "x"],
        ["case", "assign", case, "lek"],
        ["case", "looks", case],
        ["consent", "text", case, "--file", str(folder / "consent.yaml")],
        ["consent", "record", case, "--file", str(folder / "consent.yaml")],
        ["consent", "list", case],
        ["consent", "show", consent],
        ["consent", "confirm", consent],
        ["consent", "withdraw", consent, "--by", "client"],
    ):
        exit_code, out, err = command(*words, "--json", worker=worker)
        assert (exit_code, out, json.loads(err)["error"]) == (5, "", f"peer.{code}"), words


def test_a_half_good_file_imports_nothing(command: Command, folder: Path, case: str) -> None:
    """All or nothing, however late the fault is."""
    text = CASE + "urgency: {level: green, reason: x}\nthreats: [{dimension: social, level: red}]\n"
    (folder / "half.yaml").write_text(text, encoding="utf-8")
    code, out, err = command("case", "import", str(folder / "half.yaml"))
    assert (code, out, "[urgency.level]" in err) == (2, "", True)
    assert [one["case"] for one in made(command, "case", "list")] == [case]


@pytest.mark.parametrize(
    ("data", "passphrase", "code"),
    [
        ("nowhere", PASSPHRASE, "store.missing"),
        ("data", "another one", "store.passphrase"),
        ("data", "", "store.passphrase"),
        ("data", None, "input.file"),
    ],
)
def test_what_does_not_open_says_why(
    command: Command, folder: Path, data: str, passphrase: str | None, code: str
) -> None:
    """Wrong folder, wrong passphrase, no passphrase file (row 35)."""
    if passphrase is None:
        (folder / "passphrase").unlink()
    else:
        (folder / "passphrase").write_text(passphrase, encoding="utf-8")
    exit_code, out, err = command("case", "list", "--json", data=data)
    assert (exit_code, out, json.loads(err)["error"]) == (catalogue()[code].exit_code, "", code)


def program(*words: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The installed program, in a process of its own, with nothing in its environment but what is given."""
    return subprocess.run(
        [SONGTOR, "--lang", "en", *words],
        input=typed,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_node_is_made_with_a_passphrase_and_recovered_with_the_printed_code(tmp_path: Path) -> None:
    """Who forgets the passphrase has the sheet."""
    data, old, new = tmp_path / "data", tmp_path / "old", tmp_path / "new"
    old.write_text("a passphrase of my own", encoding="utf-8")
    new.write_text("another of my own choice", encoding="utf-8")
    here = {"SONGTOR_NODE_DATA": str(data)}
    init = program("--passphrase-file", str(old), "--json", "init", **here)
    assert init.returncode == 0, init.stderr
    recovery = json.loads(init.stdout)["recovery_code"]
    assert program("init", **here).returncode == 7  # said before anybody is asked for a passphrase
    slip = program("recover", "--new-passphrase-file", str(new), typed=recovery[:-1] + "?", **here)
    assert (slip.returncode, "[10]" in slip.stderr) == (2, True)
    done = program("recover", "--new-passphrase-file", str(new), typed=recovery.lower(), **here)
    assert done.returncode == 0, done.stderr
    assert run(["--data", str(data), "--passphrase-file", str(old), "worker", "list"]) == 7
    assert program("worker", "list", SONGTOR_PASSPHRASE_FILE=str(new), **here).returncode == 0


def test_a_bare_key_file_is_made_only_after_a_typed_acknowledgement(tmp_path: Path) -> None:
    """A thief then has everything: said, and typed, or nothing is made."""
    here = {"SONGTOR_NODE_DATA": str(tmp_path / "data")}
    for typed in ("", "a thief then has nothing"):
        refused = program("init", "--unlock", "keyfile", typed=typed, **here)
        assert (refused.returncode, (tmp_path / "data").exists()) == (2, False)
    made = program("init", "--unlock", "keyfile", typed="a thief then has everything\n", **here)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "data" / KEY_FILE).stat().st_mode & 0o077 == 0
    listing = ["--data", str(tmp_path / "data"), "worker", "list"]
    assert run(listing) == 0
    (tmp_path / "data" / KEY_FILE).write_text("songtor-key-1:00", encoding="ascii")
    assert run(listing) == 7


def test_a_systemd_credential_unlocks(tmp_path: Path) -> None:
    """The key that `init` wrote for it, where systemd hands it to the service."""
    credentials, here = tmp_path / "credentials", {"SONGTOR_NODE_DATA": str(tmp_path / "data")}
    credentials.mkdir()
    assert run(["--data", str(tmp_path / "data"), "init", "--unlock", "credential"]) == 2
    key = credentials / "songtor-node"
    key.write_text("there already", encoding="ascii")
    assert (
        run(["--data", str(tmp_path / "data"), "init", "--unlock", "credential", "--key-out", str(key)]) == 7
    )
    assert (key.read_text(encoding="ascii"), list((tmp_path / "data").iterdir())) == ("there already", [])
    key.unlink()
    made = program("init", "--unlock", "credential", "--key-out", str(key), **here)
    assert (made.returncode, "systemd-creds encrypt" in made.stderr) == (0, True)
    assert program("worker", "list", CREDENTIALS_DIRECTORY=str(credentials), **here).returncode == 0
    nobody_to_ask = program("worker", "list", **here)
    assert (nobody_to_ask.returncode, len(nobody_to_ask.stderr.splitlines())) == (2, 1)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    """And no node is made with it."""
    (tmp_path / "short").write_text("elevenchars", encoding="utf-8")
    given = ["--passphrase-file", str(tmp_path / "short"), "--data", str(tmp_path / "data")]
    assert (run([*given, "init"]), (tmp_path / "data").exists()) == (2, False)


@pytest.mark.parametrize("words", [["--lang", "de", "worker", "list"], ["--lang"], ["fly"], ["case"]])
def test_a_wrong_start_is_one_line_too(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong option before the command, no such command, none at all."""
    assert run(words) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)


def test_asked_nothing_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Its commands, and no error."""
    assert run([]) == 0
    said = capsys.readouterr()
    assert ("consent" in said.out, said.err) == (True, "")
