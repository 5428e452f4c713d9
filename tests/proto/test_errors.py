"""The catalogue of errors: what is raised is in it, and what is in it is raised. Rules X1 and X2."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import grpc
import pytest
import yaml

from songtor_proto.errors import Entry, InputError, SongtorError, catalogue, declared

ROOT = Path(__file__).resolve().parent.parent.parent
FAMILIES = {kind.__name__: kind.family for kind in SongtorError.__subclasses__()}
_THAI = re.compile(r"[\u0e00-\u0e7f]")


class Codes(NamedTuple):
    """`raised`: those that stand in a call; `possible`: also what it may take from elsewhere in its file."""

    raised: set[str]
    possible: set[str]


def literals(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def chosen(node: ast.expr) -> list[str] | None:
    """The texts that an argument may be; None where they come from elsewhere."""
    if isinstance(node, ast.IfExp):
        return [*(chosen(node.body) or []), *(chosen(node.orelse) or [])]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def codes() -> Codes:
    found = Codes(set(), set())
    for side in ("proto", "web", "node", "hub"):
        for file in (ROOT / side).glob("songtor_*/**/*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            texts = set(literals(tree))
            found.possible.update(texts & catalogue().keys())
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
                family = FAMILIES.get(call.func.id) if isinstance(call.func, ast.Name) else None
                if family:
                    names = chosen(call.args[0])
                    found.raised.update(f"{family}.{name}" for name in names or ())
                    found.possible.update(f"{family}.{name}" for name in (texts if names is None else names))
    return found


def test_every_code_that_is_raised_has_a_line() -> None:
    """X1: a person hears what happened and what to do, in both languages, whatever is raised."""
    assert not sorted(codes().raised - catalogue().keys())


def test_no_line_is_unused() -> None:
    """X1: what nobody raises needs no words."""
    assert not sorted(catalogue().keys() - codes().possible)


@pytest.mark.parametrize("entry", catalogue().values(), ids=catalogue().keys())
def test_a_line_speaks_both_languages(entry: Entry) -> None:
    """X1: Thai in Thai, English without; one line each, and a status that gRPC knows."""
    assert re.fullmatch(r"(input|consent|envelope|peer|link|store)\.[a-z0-9_]+", entry.code)
    assert _THAI.search(entry.th)
    assert re.search(r"[A-Za-z]{3}", entry.en)
    assert not _THAI.search(entry.en)
    assert "\n" not in entry.th + entry.en
    assert entry.grpc in grpc.StatusCode.__members__


def test_the_page_lists_the_families() -> None:
    """X1, X2: their statuses and exit codes stand in docs/protocol.md as the catalogue has them."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+)` \| .+ \| `([A-Z_]+)` \| ([0-9]+) \|$", page, re.MULTILINE)
    told = {family: {"grpc": status, "exit_code": int(code)} for family, status, code in rows}
    data = files("songtor_proto").joinpath("data/errors.yaml").read_text(encoding="utf-8")
    assert told == yaml.safe_load(data)["families"]
    assert told.keys() == set(FAMILIES.values())


def test_the_page_speaks_of_no_code_that_is_not_there() -> None:
    """X1: whoever reads the page finds each code in the catalogue."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{'|'.join(FAMILIES.values())})\.[a-z_]+)`", page)
    assert not sorted(set(named) - catalogue().keys())


def test_an_error_of_the_other_side_is_told_by_its_code() -> None:
    """X1: a code that this side knows becomes its error; one that it does not is none."""
    error = declared("input.reference", field="reference")
    assert isinstance(error, InputError)
    assert (error.code, error.field) == ("input.reference", "reference")
    assert error.public("th").endswith("[reference]")
    assert error.public("en") != error.public("th")
    assert declared("input.of_the_future") is None
