"""The demo's search finds a value however it is written, and does not cry out where there is none."""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.demo.ledger import Ledger
from tests.demo.search import fragments, search, wanted

NAME = "คำผาย นามสมมติ"
LATIN = "Jürgen Beispiel"
NUMBER = "080-000-0205"


def spread(value: str) -> dict[str, bytes]:
    text = value.encode()
    return {
        "as it is": text,
        "decomposed": unicodedata.normalize("NFD", value).encode(),
        "capital": value.upper().encode(),
        "UTF-16": value.encode("utf-16-le"),
        "hexadecimal": text.hex().encode(),
        "JSON": json.dumps({"said": value}).encode(),
        "in an address": quote(value).encode(),
        **{f"base64, {before} before": b64encode(bytes(before) + text + b"tail") for before in range(3)},
    }


@pytest.mark.parametrize("value", [NAME, LATIN, NUMBER])
def test_a_value_is_found_however_it_is_written(value: str) -> None:
    """Each way of writing it, in the midst of other bytes."""
    for way, written in spread(value).items():
        assert search(b"\x00before " + written + b" after\xff", wanted([value])), way


@pytest.mark.parametrize("written", ["0800000205", "080 000 0205", "(080) 000.0205"])
def test_a_number_is_found_without_its_separators(written: str) -> None:
    """And with others."""
    assert search(f"call {written} now".encode(), wanted([NUMBER])) == {NUMBER: b"0800000205"}


def test_what_is_not_there_is_not_found() -> None:
    """A neighbour's number, half a name, noise."""
    noise = bytes(range(256)) * 64
    hay = noise + "คำผาย 080-000-0206".encode()
    assert search(hay, wanted([NAME, NUMBER, LATIN])) == {}


def test_a_text_is_looked_for_clause_by_clause() -> None:
    """So that half a story that leaked is seen."""
    text = "หนีออกมาได้เมื่อสามวันก่อน พักอยู่กับอาสาสมัคร\nHe has kept her passport, and her keys."
    assert {"พักอยู่กับอาสาสมัคร", "He has kept her passport", text} <= set(fragments(text))


def test_what_was_told_and_what_is_everybodys_is_not_withheld(tmp_path: Path) -> None:
    """Of a file all that was not sent is withheld, but for words of the network's own vocabulary."""
    path = tmp_path / "case.yaml"
    path.write_text(
        f"client:\n  name_thai: {NAME}\n  birth_date: 2515-02-03\n  city: เบอร์ลิน\nnarrative: {LATIN}\n"
    )
    ledger = Ledger()
    ledger.file(path)
    ledger.tell([f"ผู้รับบริการ · {LATIN}"])
    told = Ledger(["3 Feb 1972"], ledger.at)
    assert ("1972-02-03" in told.withheld(), told.sent()) == (False, {"1972-02-03"})
    assert set(ledger.withheld()) == {NAME, *NAME.split(), "1972-02-03"}
    assert ledger.sent() == {LATIN}


@pytest.mark.parametrize("told", ["21 Nov 2026", "11 พ.ย. 2569"])
def test_the_first_of_a_month_is_not_told_by_its_eleventh(told: str) -> None:
    """Another day whose number ends alike tells nothing of it."""
    ledger = Ledger([told], {"2026-11-01": "case: client.started"})
    assert (set(ledger.withheld()), ledger.sent()) == ({"2026-11-01"}, set())
