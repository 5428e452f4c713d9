"""The desks' commands as an officer types them: what they answer, and one clear line for every mistake."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from songtor_hub.bootstrap import Hub
from songtor_hub.cli import desk_view
from songtor_hub.cli.app import run
from songtor_proto.errors import catalogue
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import (
    ABSENT_REASON_UNKNOWN,
    ABSENT_REASON_UNSAFE,
    Absent,
    Answer,
    Facts,
    Genogram,
    GenogramPerson,
    LifeEvent,
    PartResult,
    Payload,
    Request,
    Threat,
)
from tests.hub.test_refer_to_node import CASE
from tests.support.desks import CANARY, NEEDS, Partner, state_of
from tests.support.hub import PASSPHRASES, NewHub

THREATS = [Threat(subject="client", dimension="health", level="red")]


class Console:
    """The command line of one hub. `ok` gives the JSON answer, `wrong` code, field, exit code and output."""

    def __init__(self, hub: Hub, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.hub, self.folder, self._capsys = hub, folder, capsys
        self.berlin = Partner(hub, "DE-02")
        for name, passphrase in PASSPHRASES.items():
            (folder / name).write_text(passphrase, encoding="utf-8")

    def type(
        self, *words: str, who: str = "", lang: str = "th", keyring: str = "desks"
    ) -> tuple[int, str, str]:
        options = ["--data", str(self.hub.data), "--passphrase-file", str(self.folder / keyring)]
        code = run([*options, "--lang", lang, "--as", who, *words])
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def ok(self, *words: str, who: str = "", keyring: str = "desks") -> Any:
        code, out, err = self.type("--json", *words, who=who, keyring=keyring)
        assert (code, err) == (0, "")
        return json.loads(out)

    def wrong(self, *words: str, who: str = "") -> tuple[str, str]:
        """Code and field; whatever is wrong is one line in either language, and the code's exit code."""
        code, out, err = self.type("--json", *words, who=who)
        told = json.loads(err)
        assert out == ""
        assert code == catalogue()[told["error"]].exit_code
        lines = [self.type(*words, who=who, lang=lang) for lang in ("th", "en")]
        for _, out, err in lines:
            assert out == ""
            assert err.count("\n") == 1
            assert not told["field"] or err.rstrip().endswith(f"[{told['field']}]")
        assert lines[0][2] != lines[1][2]
        return told["error"], told["field"]


@pytest.fixture
def console(new_hub: NewHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    console = Console(new_hub(), tmp_path, capsys)
    console.ok("officer", "add", "malee", "--desk", "tsda", "--role", "intake_officer")
    console.ok("officer", "add", "wan", "--desk", "dwf", "--role", "desk_officer")
    console.ok("officer", "add", "anan", "--role", "auditor")
    return console


def test_a_referral_from_inbox_to_report(console: Console) -> None:
    """Inbox, show, open, accept, ask, answer, route, complete: each answers a program with what it needs."""
    ref = console.berlin.refer("TH-00/tsda", categories=(*NEEDS, "narrative"), further=["TH-00/dwf"])
    (item,) = console.ok("inbox", who="malee")
    assert (item["reference"], item["urgency"], item["news"]) == (ref, "yellow", 1)
    opened = console.ok("open", ref, who="malee")
    assert CANARY in opened["messages"][0]["said"]["referral"]["facts"]["narrative"]
    assert console.ok("accept", ref, who="malee")["state"] == "accepted"
    assert console.ok("ask", ref, "บ้านเลขที่เท่าไร", who="malee")["state"] == "on-hold"
    assert console.berlin.mail(wire.KIND_QUESTION)[0][1].question.text == "บ้านเลขที่เท่าไร"
    console.berlin.send(ref, wire.KIND_ANSWER, Payload(answer=Answer(text="ไม่ทราบ")))
    shown = console.ok("route", ref, "--to", "dwf", "--dry-run", who="malee")
    assert shown["sent"] is False
    routed = console.ok("route", ref, "--to", "dwf", who="malee")
    assert console.wrong("route", ref, "--to", "dwf", who="malee") == ("input.routed", "dwf")
    part = routed["parts"][0]["reference"]
    assert [one["reference"] for one in console.ok("inbox", who="wan")] == [part]
    console.ok("reject", part, "--reason", "not_our_remit", who="wan")
    console.ok("start", ref, who="malee")
    done = console.ok("complete", ref, "--outcome", "assisted", "--say", "เรียบร้อย", who="malee")
    assert (done["state"], done["stage"]) == ("completed", "report")
    told = console.ok("show", ref, who="malee")
    assert told["parts"][0]["state"] == "rejected"
    assert {act["officer"] for act in told["acts"]} == {"malee"}
    assert CANARY not in json.dumps(told, ensure_ascii=False)


def test_an_officer_reads_words_and_not_codes(console: Console) -> None:
    """Whole words in lines of 80 columns, in Thai as in English; a program reads codes."""
    ref = console.berlin.refer("TH-00/tsda")
    for lang, said in {
        "th": ("ซับซ้อน  ตอบภายใน", "ใหม่ 1", "  ช่วยเหลือผู้ถูกกระทำความรุนแรง · ส่งถึงแล้ว รอตอบรับ"),
        "en": (
            "Complex service  Respond by",
            "New 1",
            "  Help after domestic violence · Arrived, not yet answered",
        ),
    }.items():
        _, inbox, _ = console.type("inbox", who="malee", lang=lang)
        assert all(words in inbox for words in said)
        assert max(cell_len(line) for line in inbox.splitlines()) <= 80
    assert "malee  เจ้าหน้าที่รับเรื่อง ศส.ตปท.\n  tsda  ศูนย์ส่งเสริม" in console.type("officer", "list")[1]
    console.ok("ask", ref, "บ้านเลขที่เท่าไร", who="malee")
    _, shown, _ = console.type("show", ref, who="malee")
    assert "สถานะ: มีคำถาม รอคำตอบ" in shown
    assert "tsda/malee (เจ้าหน้าที่รับเรื่อง ศส.ตปท.)  ถาม" in shown


def test_what_was_not_sent_reads_as_words(console: Console) -> None:
    """Which category, and whether it may be asked for; how a part ended; no dot without a purpose."""
    unknown, unsafe = (
        Absent(category="place", reason=reason) for reason in (ABSENT_REASON_UNKNOWN, ABSENT_REASON_UNSAFE)
    )
    said = desk_view._text("absent", [unknown, unsafe], console.hub, "en")
    place = console.hub.policy.categories["place"].label("en")
    assert said == f"{place} (they do not know it yet); {place} (not safe to send; please do not ask)"
    assert "อย่าถามต่อ" in desk_view._text("absent", [unsafe], console.hub, "th")
    part = PartResult(state=wire.STATE_COMPLETED, outcome="assisted")
    assert "STATE" not in desk_view._text("parts", [part], console.hub, "en")
    item = {"reference": "X", "urgency": "red", "respond_by": "", "overdue": False, "news": 0}
    _, second = desk_view.inbox_lines([{**item, "purpose": "", "state": "accepted"}], "en")
    assert second == "  Accepted"


def test_a_picture_is_read_in_sentences_and_drawn_only_where_an_officer_says(console: Console) -> None:
    """M9: the same that a node shows; a file is for this user alone, or nothing is opened."""
    family = Genogram(people=[GenogramPerson(id=1, index=True), GenogramPerson(id=2, birth_year="1960")])
    bond = family.ties.add(to=1, kind="violent")
    setattr(bond, "from", 2)
    said = Facts(genogram=family, timeline=[LifeEvent(when="2019~", text="ย้ายมา\x1b[2J")], threats=THREATS)
    ref = console.berlin.refer("TH-00/dwf", said=said, categories=("genogram", "timeline", "threat"))
    shown = console.folder / "shown"
    shown.mkdir(mode=0o755)
    assert console.wrong("open", ref, "--pictures", str(shown), who="wan") == ("input.file", "--pictures")
    assert console.berlin.mail(wire.KIND_OPENING) == []
    _, out, _ = console.type("open", ref, who="wan", lang="en")
    for words in ("2 people, no names", "1 event, no names", "about 2019", "Violent", "Health: Urgent"):
        assert words in out
    assert "\x1b" not in out
    drawn = console.folder / "drawn"
    files = console.ok("open", ref, "--pictures", str(drawn), who="wan")["files"]
    assert files == [f"{ref}-{category}-1.svg" for category in ("threat", "genogram", "timeline")]
    assert drawn.stat().st_mode & 0o777 == 0o700
    for name in files:
        assert (drawn / name).stat().st_mode & 0o777 == 0o600
        assert ElementTree.parse(drawn / name).getroot().tag.endswith("svg")
    _, out, _ = console.type("open", ref, "--pictures", str(drawn), who="wan", lang="en")
    assert "a withdrawal does not reach them" in out


def test_words_may_come_from_standard_input(console: Console) -> None:
    """What is asked stays out of the list of processes and the shell's history, in the installed program."""
    ref = console.berlin.refer("TH-00/dwf")
    program = str(Path(sys.executable).with_name("songtor-hub"))
    options = ["--data", str(console.hub.data), "--passphrase-file", str(console.folder / "desks")]
    asked = subprocess.run(
        [program, *options, "--as", "wan", "--json", "ask", ref, "-"],
        input="ชื่อจริง".encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (asked.returncode, asked.stderr) == (0, b"")
    assert json.loads(asked.stdout)["state"] == "on-hold"
    assert console.berlin.mail(wire.KIND_QUESTION)[0][1].question.text == "ชื่อจริง"


def test_a_report_from_a_file(console: Console) -> None:
    """Facts to send back are written as in the protocol; a wrong file reports nothing."""
    ref = console.berlin.refer("TH-00/dwf")
    for word in ("accept", "start"):
        console.ok(word, ref, who="wan")
    report = console.folder / "report.yaml"
    report.write_text("services: [{kind: welfare, date: 2026-11-20}]\nshoe_size: 7\n", encoding="utf-8")
    command = ("complete", ref, "--outcome", "assisted", "--report", str(report))
    assert console.wrong(*command, who="wan") == ("input.unknown_field", "facts")
    assert state_of(console.hub, ref) == "in_progress"
    report.write_text("services: [{kind: welfare, date: 2026-11-20}]\n", encoding="utf-8")
    console.ok(*command, who="wan")
    told = console.berlin.mail(wire.KIND_STATUS)[-1][1].status
    assert told.facts.services[0].date == "2026-11-20"


def test_a_case_of_the_centres_to_a_node(console: Console) -> None:
    """Shown first, then sent; afterwards withdrawn."""
    file = console.folder / "case.yaml"
    file.write_text(CASE, encoding="utf-8")
    shown = console.ok("refer-to-node", str(file), "--to", "DE-02", "--dry-run", who="malee")
    assert {line["category"] for line in shown["stays"]} == {"birth_date", "family"}
    assert console.berlin.mail() == []
    ref = console.ok("refer-to-node", str(file), "--to", "DE-02", who="malee")["reference"]
    assert console.ok("withdraw", ref, who="malee")["state"] == "cancelled"


def test_findings_are_shown_and_cleared_by_their_ids(console: Console) -> None:
    """M7: in the dry run, to a program and to a person; and whatever else an officer writes."""
    file = console.folder / "case.yaml"
    file.write_text(CASE.replace("ขอให้ไปเยี่ยม", "โทร 081-234-5678"), encoding="utf-8")
    command = ("refer-to-node", str(file), "--to", "DE-02")
    (one,) = console.ok(*command, "--dry-run", who="malee")["findings"]
    assert (one["path"], one["text"], one["cleared"]) == ("request.text", "081-234-5678", False)
    _, out, _ = console.type(*command, "--dry-run", who="malee", lang="en")
    assert f"--clear {one['id']}  request.text: 081-234-5678  [Telephone number]" in out
    assert console.wrong(*command, who="malee") == ("consent.findings", f"request.text:phone:{one['id']}")
    assert console.ok(*command, "--clear", one["id"], who="malee")["findings"][0]["cleared"] is True
    ref = console.berlin.refer("TH-00/tsda")
    asked = ("ask", ref, "081-234-5678 ใช่หรือไม่")
    error, field = console.wrong(*asked, who="malee")
    assert error == "consent.findings"
    assert console.ok(*asked, "--clear", field.rpartition(":")[2], who="malee")["state"] == "on-hold"


def test_red_at_night_confirmed_and_a_hold(console: Console) -> None:
    """The duty officer confirms; the desk names its duty to keep."""
    ref = console.berlin.refer("TH-00/dwf", urgency=wire.URGENCY_RED, categories=("place",), alone=True)
    assert console.wrong("confirm", ref, who="wan")[0] == "peer.role"
    assert console.ok("confirm", ref, who="malee")["confirmed"] is True
    assert console.ok("hold", ref, "--duty", "court_order", who="wan")["legal_hold"] == "court_order"
    assert console.ok("release", ref, who="wan")["legal_hold"] == ""
    assert console.wrong("release", ref, who="wan") == ("envelope.transition", ref)


def test_what_a_person_reads(console: Console) -> None:
    """Labels in the reader's language; both sides of a routing with their reasons."""
    ref = console.berlin.refer("TH-00/tsda", categories=(*NEEDS, "narrative"), further=["TH-00/shelter-50"])
    code, out, _ = console.type("open", ref, who="malee", lang="en")
    assert (code, "City or province: Berlin" in out, "GDPR Art. 49(1)(a)" in out) == (0, True, True)
    code, out, _ = console.type("open", ref, who="malee")
    assert "เมือง/จังหวัด: Berlin" in out
    assert re.search(r"^20\d\d-\d\d-\d\d \d\d:\d\d UTC  DE-02  ส่งต่อ", out, re.MULTILINE)
    console.ok("accept", ref, who="malee")
    console.ok("desk", "add", "shelter-50")
    code, out, _ = console.type("route", ref, "--to", "shelter-50", "--dry-run", who="malee", lang="en")
    assert "This recipient needs less" in out
    assert out.rstrip().endswith("Nothing was sent.")
    code, out, _ = console.type("inbox", who="malee", lang="en")
    assert ref in out


@pytest.mark.parametrize(
    ("words", "who", "code", "field"),
    [
        ("inbox", "", "peer.officer", "--as"),
        ("inbox", "nobody", "peer.officer", "--as"),
        ("inbox", "anan", "peer.role", "auditor"),
        ("open REF", "anan", "peer.role", "auditor"),
        ("open REF", "wan", "input.not_here", "REF"),
        ("open DE02-7K3M-Q9XE", "malee", "input.reference", ""),
        ("open nonsense", "malee", "input.reference", ""),
        ("start REF", "malee", "envelope.transition", "state"),
        ("complete REF --outcome assisted", "malee", "envelope.transition", "state"),
        ("complete REF --outcome perfect", "malee", "input.unknown_code", "--outcome"),
        ("complete REF --outcome assisted --report nowhere.yaml", "malee", "input.file", "nowhere.yaml"),
        ("reject REF --reason dislike", "malee", "input.unknown_code", "--reason"),
        ("reject REF", "malee", "input.usage", None),
        ("hold REF --duty habit", "malee", "input.unknown_code", "--duty"),
        ("answer REF x", "malee", "envelope.actor", "REF"),
        ("withdraw REF", "malee", "envelope.actor", "REF"),
        ("route REF --to dwf", "malee", "envelope.transition", "REF"),
        ("route REF --to kitchen", "malee", "input.unknown_code", "TH-00/kitchen"),
        ("traced-consent REF", "malee", "input.not_traced", "REF"),
        ("confirm REF", "malee", "envelope.transition", "REF"),
        ("refer-to-node nowhere.yaml --to DE-02", "malee", "input.file", "nowhere.yaml"),
        ("trust DE-02 12345", "malee", "peer.fingerprint", "DE-02"),
        ("trust FR-01 12345", "malee", "peer.unknown", "FR-01"),
        ("officer add malee --desk dwf --role desk_officer", "", "input.exists", "malee"),
        ("officer add x --desk dwf --role desk_officer", "", "input.officer", "x"),
        ("officer add somsri --desk dwf --role intake_officer", "", "input.unknown_code", "--desk"),
        ("officer add somsri --desk dwf --role auditor", "", "input.unknown_code", "--desk"),
        ("officer add somsri --role desk_officer", "", "input.unknown_code", "--desk"),
        ("officer add somsri --role king", "", "input.unknown_code", "--role"),
        ("officer add somsri --desk moon --role desk_officer", "", "input.unknown_code", None),
        ("officer close nobody", "", "input.not_here", "nobody"),
    ],
)
def test_every_mistake_is_one_line_with_its_field_and_exit_code(
    console: Console, words: str, who: str, code: str, field: str | None
) -> None:
    """X1: wrong state, reference, code, officer or permission; in Thai, in English and for programs."""
    ref = console.berlin.refer("TH-00/tsda", further=["TH-00/dwf"])
    told = console.wrong(*(ref if word == "REF" else word for word in words.split()), who=who)
    assert told[0] == code
    if field is not None:
        assert told[1] == field.replace("REF", ref)
    assert state_of(console.hub, ref) == "received"
    assert console.berlin.mail() == []


def test_a_case_of_the_centres_own_never_has_to_lie_on_the_disk(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SECURITY.md: no temporary file; `-` reads it from the standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CASE.encode())))
    told = console.ok("refer-to-node", "-", "--to", "DE-02", "--dry-run", who="malee")
    assert {line["category"] for line in told["leaves"]} >= {"name", "place"}


def test_what_a_node_wrote_drives_no_officers_terminal(console: Console) -> None:
    """E1: it is kept as it came, and read without what would move, hide or name anything on the screen."""
    said = Facts(case_code="B-1", request=Request(text="ก\x1b]0;title\x07\x1b[2J\x9b31m\u202e ข"))
    ref = console.berlin.refer("TH-00/dwf", said=said)
    code, out, _ = console.type("open", ref, who="wan")
    assert code == 0
    assert "ข" in out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out)
    (told,) = console.ok("open", ref, who="wan")["messages"]
    assert told["said"]["referral"]["facts"]["request"]["text"] == said.request.text


def test_a_closed_officer_acts_no_more(console: Console) -> None:
    """What they did stays; the code is not given out again."""
    ref = console.berlin.refer("TH-00/dwf")
    console.ok("accept", ref, who="wan")
    console.ok("officer", "close", "wan")
    assert console.wrong("start", ref, who="wan") == ("peer.officer", "--as")
    assert {one["officer"]: one["closed"] for one in console.ok("officer", "list")}["wan"] is True
    add = ("officer", "add", "wan", "--desk", "dcy", "--role", "desk_officer")
    assert console.wrong(*add) == ("input.exists", "wan")


def test_liaisons_are_kept_by_the_operator(console: Console) -> None:
    """S1: the token is told once; the list has none; a revoked one is marked."""
    keyring = "exchange"
    given = console.ok("liaison", "add", "สอท. ณ กรุงเบอร์ลิน", "--countries", "DE, AT", keyring=keyring)
    assert len(given["token"]) > 40
    (row,) = console.ok("liaison", "list", keyring=keyring)
    assert (row["id"], row["countries"], row["valid"]) == (given["id"], "AT,DE", True)
    assert "token" not in row
    console.ok("liaison", "revoke", given["id"], keyring=keyring)
    assert console.ok("liaison", "list", keyring=keyring)[0]["valid"] is False


def test_the_wrong_passphrase_opens_no_desk(console: Console) -> None:
    """Row 35: the exchange's passphrase is not the desks'."""
    code, out, err = console.type("--json", "inbox", who="malee", keyring="exchange")
    assert (code, out, json.loads(err)["error"]) == (7, "", "store.passphrase")
