"""What the other side wrote is read on a screen and does nothing there; what is typed leaves no trace."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from songtor_node.cli.console import Screen
from songtor_web.screen import as_json, shown
from tests.node.test_cli_cases import command_in, prepare

HOSTILE = "ก\x1b]0;title\x07\x1b[2J\x9b31m\u202egnp\u2069 ไม่\u200bเป็นไร\n"


def test_nothing_that_comes_in_drives_a_terminal() -> None:
    """E1: bytes are kept as they came; on a screen none of them moves, hides, turns or names anything."""
    out = io.StringIO()
    screen = Screen(file=out, soft_wrap=True, highlight=False, color_system=None)
    table = Table(box=None)
    table.add_row(Text(HOSTILE))
    screen.print(Text(HOSTILE), table)
    for text in (out.getvalue(), shown(HOSTILE)):
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2069"} & set(text)
        assert "ไม่\u200bเป็นไร" in text


def test_a_program_gets_every_letter_and_a_screen_none_that_drives_it() -> None:
    """X1: the JSON of a command is whole, and harmless where a person looks at it."""
    text = as_json({"text": HOSTILE})
    assert json.loads(text) == {"text": HOSTILE}
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)


@pytest.mark.parametrize(
    "words",
    [
        ("case", "add", "{case}", "fact", "-"),
        ("case", "add", "{case}", "note", "text=-"),
        ("case", "set", "{case}", "narrative=-"),
        ("case", "verify", "{case}", "1", "--how", "-"),
        ("case", "done", "{case}", "1", "--result", "-"),
    ],
)
def test_what_is_said_of_a_client_may_come_by_standard_input(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    """SECURITY.md: neither the list of processes nor a shell's history has to hold it."""
    call = command_in(prepare(tmp_path), capsys)
    case = json.loads(call("--json", "case", "import", str(tmp_path / "case.yaml"))[1])["case"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("กุญแจอยู่กับพี่สาว".encode())))
    code, _, wrong = call(*(word.format(case=case) for word in words))
    assert (code, wrong) == (0, "")
    assert "กุญแจอยู่กับพี่สาว" in call("case", "show", case)[1]
