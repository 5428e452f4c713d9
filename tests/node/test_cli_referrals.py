"""Referrals on the command line: what a worker sees before sending, and one clear line for all that is
wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from songtor_node.cli.app import run
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.store.base import metadata
from songtor_node.store.engine import reading
from songtor_proto.errors import catalogue
from songtor_proto.reference import new as new_reference
from tests.support.linked import CASE, FAMILY, LinkedNetwork, LinkedNode
from tests.support.node import PASSPHRASE

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def berlin(network: LinkedNetwork) -> LinkedNode:
    return network.node("DE-02")


@pytest.fixture
def command(berlin: LinkedNode, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs one command at Berlin's node; gives exit code, standard output and standard error."""
    passphrase = berlin.node.data.parent / "passphrase"
    passphrase.write_text(PASSPHRASE, encoding="utf-8")

    def call(*words: str, worker: str = "malee", lang: str = "en") -> tuple[int, str, str]:
        given = ["--data", str(berlin.node.data), "--passphrase-file", str(passphrase)]
        code = run([*given, "--lang", lang, "--as", worker, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def made(command: Command, *words: str, worker: str = "malee") -> Any:
    code, out, err = command(*words, "--json", worker=worker)
    assert (code, err) == (0, "")
    return json.loads(out)


REFER = ("--to", "TH-00/dwf", "--purpose", "domestic_violence")


@pytest.fixture
def case(berlin: LinkedNode) -> str:
    code = berlin.case(CASE.replace("ถูกทำร้าย", "ถูกทำร้าย โทร 030 901820"))
    berlin.consent(code)
    return code


def test_a_dry_run_shows_both_columns_with_why_and_sends_nothing(
    command: Command, case: str, berlin: LinkedNode
) -> None:
    """M5: field by field, what leaves the country and what stays, each with its reason; and the sum."""
    shown = made(command, "refer", case, *REFER, "--dry-run")
    leaves = {line["category"]: line for line in shown["leaves"]}
    stays = {line["category"]: line for line in shown["stays"]}
    assert set(leaves) == {"case_code", "request", "demographics", "place", "problems", "threat"}
    assert leaves["place"]["why"] == "needed_by_recipient"
    assert stays["name"]["why"] == "not_ticked"
    assert stays["address"]["why"] == "not_for_this_purpose"
    assert shown["warnings"] == ["contact"]
    assert (shown["facts_leaving"], shown["facts_staying"]) == (len(leaves), len(stays))
    assert shown["bytes"] > 1000
    assert not berlin.rows(Outbox)
    assert not berlin.rows(Referral)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["leaves the country (DE)", "stays in", "The worker did not choose it", "may be withdrawn"]),
        ("th", ["ออกจากประเทศ (DE)", "อยู่ที่", "ผู้ปฏิบัติงานไม่ได้เลือก", "ถอนได้ทุกเมื่อ"]),
    ],
)
def test_a_person_reads_it_in_their_language(
    command: Command, case: str, lang: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two columns, in Thai and in English."""
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = command("refer", case, *REFER, "--dry-run", lang=lang)
    assert code == 0
    for word in words:
        assert word in out


def test_a_family_that_would_leave_is_read_in_sentences(command: Command, berlin: LinkedNode) -> None:
    """M9: who there is and what is between them, without names; how many, to a program."""
    case = berlin.case(FAMILY)
    berlin.consent(case, categories=("genogram", "timeline"))
    code, out, _ = command("refer", case, *REFER, "--tick", "genogram", "--dry-run")
    assert code == 0
    for words in ("3 people, no names", "mother", "Violent"):
        assert words in out
    assert "Max Beispiel ที่วัด" not in out
    shown = made(command, "refer", case, *REFER, "--tick", "genogram", "--dry-run")
    leaves = {line["category"]: line["value"] for line in shown["leaves"]}
    assert leaves["genogram"] == "3 people, no names"


def test_each_finding_must_be_cleared_by_its_id(command: Command, case: str) -> None:
    """Row 17, M7: the number in the narrative is shown, and only its id lets it go."""
    asked = ("refer", case, *REFER, "--tick", "narrative")
    (finding,) = made(command, *asked, "--dry-run")["findings"]
    assert (finding["path"], finding["cleared"]) == ("narrative", False)
    assert "901820" in finding["text"]
    code, _, err = command(*asked)
    assert (code, finding["id"] in err, "901820" in err) == (3, True, False)
    assert made(command, *asked, "--clear", finding["id"])["state"] == "requested"


def test_what_was_queued_is_listed_and_shown(command: Command, case: str, berlin: LinkedNode) -> None:
    """A referral can be followed by its reference from the moment of the act."""
    reference = made(command, "refer", case, *REFER, "--tick", "contact")["reference"]
    (listed,) = made(command, "referral", "list")
    assert (listed["reference"], listed["state"], listed["stage"]) == (reference, "requested", "register")
    (version,) = made(command, "referral", "show", reference.lower().replace("-", " "))["versions"]
    assert (version["standing"], version["leaves"]) == ("waiting", 7)
    berlin.sync()
    (version,) = made(command, "referral", "show", reference)["versions"]
    assert (version["standing"], version["state"]) == ("sent", "received")
    assert version["bytes_sent"] > 1000
    assert made(command, "openings", reference) == []
    assert made(command, "openings", case) == []


def test_what_left_is_told_and_can_be_read_again(command: Command, case: str, berlin: LinkedNode) -> None:
    """M5: what was sent with its values, what stayed with its reason; nothing of it once it is destroyed."""
    done = made(command, "refer", case, *REFER, "--tick", "name")
    left = {line["category"]: line["value"] for line in done["lines"] if line["leaves"]}
    assert left["name"].startswith("ดาวเรือง สมมติ")
    (version,) = made(command, "referral", "show", done["reference"])["versions"]
    assert version["lines"] == done["lines"]
    _, out, _ = command("referral", "show", done["reference"])
    sent, stayed = out.split("kept here")
    assert ("ดาวเรือง สมมติ" in sent, "The worker did not choose it" in stayed) == (True, True)
    berlin.sync()
    made(command, "withdraw", done["reference"])
    (version,) = made(command, "referral", "show", done["reference"])["versions"]
    assert {line["value"] for line in version["lines"]} == {""}


def test_a_new_version_is_as_the_one_before_but_for_what_is_said(
    command: Command, case: str, berlin: LinkedNode
) -> None:
    """Ticks, what was held back and what was cleared hold on; a word changes its own thing alone."""
    telling = ("--tick", "name,narrative", "--untick", "place", "--urgency", "red")
    found = made(command, "refer", case, *REFER, *telling, "--dry-run")["findings"]
    cleared = ("--clear", ",".join(one["id"] for one in found))
    reference = made(command, "refer", case, *REFER, *telling, *cleared)["reference"]

    def left(done: Any) -> set[str]:
        return {line["category"] for line in done["lines"] if line["leaves"]}

    second = made(command, "again", reference, "--tick", "contact")
    assert second["urgency"] == "red"
    assert {"name", "narrative", "contact"} <= left(second)
    assert "place" not in left(second)
    third = made(command, "again", reference, "--untick", "name", "--tick", "place", "--urgency", "yellow")
    assert third["urgency"] == "yellow"
    assert left(third) == left(second) - {"name"} | {"place"}


def test_people_read_words_and_not_codes(command: Command, case: str, berlin: LinkedNode) -> None:
    """Of what was said about a referral, and of its copies."""
    reference = made(command, "refer", case, *REFER)["reference"]
    berlin.sync()
    made(command, "cancel", reference, "--reason", "no_longer_needed")
    for lang, said in {
        "th": "→ แจ้งสถานะ (รออินเทอร์เน็ต)  ยกเลิกแล้ว",
        "en": "→ Status (waits for the internet)  Cancelled",
    }.items():
        _, out, _ = command("referral", "show", reference, lang=lang)
        assert said in out
    made(command, "withdraw", reference)
    _, out, _ = command("recall", reference, lang="th")
    assert ("ที่หน่วยงาน" in out, "desk" in out) == (True, False)


def test_a_withdrawal_is_one_command(command: Command, case: str, berlin: LinkedNode) -> None:
    """W1: as easy as consent; what became of the copies can be read."""
    reference = made(command, "refer", case, *REFER)["reference"]
    berlin.sync()
    (done,) = made(command, "withdraw", reference)
    assert (done["state"], done["withdrawn"]) == ("cancelled", True)
    (copy,) = made(command, "recall", reference)
    assert (copy["place"], copy["result"]) == ("desk", "not_reached")


def test_a_consent_that_ends_takes_back_all_that_rests_on_it(
    command: Command, case: str, berlin: LinkedNode
) -> None:
    """W1: one command, every referral."""
    first = made(command, "refer", case, *REFER)
    second = made(command, "refer", case, *REFER)
    taken = made(command, "consent", "withdraw", first["consent"], "--by", "client")
    assert set(taken["recalled"]) == {first["reference"], second["reference"]}
    code, _, err = command("refer", case, *REFER)
    assert (code, err.strip()) == (3, catalogue()["consent.withdrawn"].en)


WRONG = [
    (("refer", "C-ZZZZZ", *REFER), "input.not_here"),
    (("refer", "CASE", "--to", "Berlin", "--purpose", "domestic_violence"), "input.address"),
    (("refer", "CASE", "--to", "TH-00/dwf", "--purpose", "nosuch"), "input.unknown_code"),
    (("refer", "CASE", *REFER, "--tick", "nosuch"), "input.unknown_code"),
    (("refer", "CASE", *REFER, "--urgency", "purple"), "input.missing"),
    (("refer", "CASE", *REFER, "--consent", "K-ZZZZZ"), "input.not_here"),
    (("refer", "CASE", *REFER, "--sight"), "consent.sight"),
    (("refer", "CASE", "--to", "TH-00/tsda", "--purpose", "domestic_violence"), "consent.recipient"),
    (("refer", "CASE", "--to", "TH-00/dwf", "--purpose", "legal_help"), "consent.missing"),
    (("refer", "CASE", "--to", "TH-00/dwf"), "input.usage"),
    (("referral", "show", "DE02-7K3M-Q9XA"), "input.reference"),
    (("referral", "show", "DE02"), "input.reference"),
    (("referral", "show", "OTHER"), "input.not_here"),
    (("answer", "REF", "ตอบ"), "envelope.transition"),
    (("answer", "REF", " "), "envelope.transition"),
    (("cancel", "REF", "--reason", "nosuch"), "input.unknown_code"),
    (("cancel", "REF", "--reason", "withdrawn"), "input.unknown_code"),
    (("withdraw",), "input.usage"),
    (("withdraw", "REF", "--by", "nobody"), "input.not_here"),
    (("again", "REF", "--to", "TH-00/tsda"), "consent.recipient"),
    (("accept", "REF"), "envelope.actor"),
    (("decline", "REF", "--reason", "nosuch"), "input.unknown_code"),
    (("start", "REF"), "envelope.actor"),
    (("ask", "REF", "ถาม"), "envelope.actor"),
    (("complete", "REF", "--outcome", "nosuch"), "input.unknown_code"),
    (("fail", "REF", "--reason", "nosuch"), "input.unknown_code"),
    (("hold", "REF", "--duty", "nosuch"), "input.unknown_code"),
    (("keys", "--trust", "TW-44", "12345"), "peer.unknown"),
    (("keys", "--trust", "TH-00/dwf", "12345"), "peer.fingerprint"),
    (("seen", "peer.unknown", "TW-44"), "input.not_here"),
    (("enrol", "songtor1:abc"), "input.invitation"),
]


def test_what_is_wrong_is_one_clear_line_and_changes_nothing(
    command: Command, case: str, berlin: LinkedNode
) -> None:
    """Wrong code, state, reference, address or permission: the catalogue's text and exit code, in both
    languages."""
    reference = made(command, "refer", case, *REFER)["reference"]
    known = {"CASE": case, "REF": reference, "OTHER": new_reference("TH-00", os.urandom)}
    before = everything(berlin)
    for words, code in WRONG:
        typed = [known.get(word, word) for word in words]
        exit_code, out, err = command(*typed, "--json")
        assert json.loads(err)["error"] == code, words
        assert (exit_code, out) == (catalogue()[code].exit_code, ""), words
        _, _, thai = command(*typed, lang="th")
        assert thai.startswith(catalogue()[code].th), words
        assert len(thai.splitlines()) == 1
        assert everything(berlin) == before, words


@pytest.mark.parametrize(
    ("worker", "code"), [("", "peer.worker"), ("nobody", "peer.worker"), ("admin", "peer.not_allowed"),
                         ("somsri", "peer.not_allowed")],
)  # fmt: skip
def test_only_who_may_see_a_case_refers_it(
    command: Command, case: str, worker: str, code: str, berlin: LinkedNode
) -> None:
    """Nobody, a stranger, the administrator, a volunteer who was not assigned."""
    reference = made(command, "refer", case, *REFER)["reference"]
    for words in (("refer", case, *REFER), ("referral", "show", reference), ("withdraw", reference)):
        exit_code, _, err = command(*words, "--json", worker=worker)
        assert (exit_code, json.loads(err)["error"]) == (5, code)
    assert len(berlin.rows(Outbox)) == 1


def test_a_volunteer_who_is_assigned_may(command: Command, case: str) -> None:
    made(command, "case", "assign", case, "somsri")
    assert made(command, "refer", case, *REFER, worker="somsri")["state"] == "requested"
    assert len(made(command, "referral", "list", worker="somsri")) == 1


def test_own_fingerprint_and_others_can_be_read_aloud(command: Command) -> None:
    """K4: eight groups of five digits each."""
    listed = made(command, "keys")
    assert {one["owner"] for one in listed} >= {"DE-02", "TH-00", "TH-00/dwf"}
    for one in listed:
        groups = one["fingerprint"].split()
        assert [len(group) for group in groups] == [5] * 8
    assert [one["owner"] for one in listed if one["own"]] == ["DE-02"]


def test_the_status_is_for_people_and_programs(command: Command, case: str) -> None:
    made(command, "refer", case, *REFER)
    status = made(command, "status")
    assert (status["seat"], status["backlog"], status["alerts"]) == ("DE-02", 1, [])
    code, out, _ = command("status")
    assert (code, "DE-02" in out) == (0, True)


def everything(node: LinkedNode) -> list[Any]:
    with reading(node.node.engine) as session:
        return [session.connection().execute(table.select()).all() for table in metadata.sorted_tables]
