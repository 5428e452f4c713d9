"""The numbered rules of docs/protocol.md: what is cited is there, and what is there is held by a test."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_DEFINED = re.compile(r"^(?:- |\| )\*\*([A-Z][0-9]+)\*\*", re.MULTILINE)
# "E8", "L1 to L10": a letter of the page's sections. (A release of FHIR is no rule.)
_CITED = re.compile(r"(?<!FHIR )(?<![\w-])([ACDEIKLMPRSTWX])([0-9]{1,2})(?: to \1([0-9]{1,2}))?(?![\w-])")


@cache
def rules() -> set[str]:
    return set(_DEFINED.findall((ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")))


def cited(text: str) -> set[str]:
    return {
        f"{letter}{number}"
        for letter, first, last in _CITED.findall(text)
        for number in range(int(first), int(last or first) + 1)
    }


def docstrings(file: Path) -> Iterator[tuple[str, str]]:
    """Of a Python file: the name of what each speaks of, and what it says."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "name", ""), ast.get_docstring(node) or ""


def said(file: Path) -> Iterator[str]:
    """Docstrings and comments of a Python file; the whole of another."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield text
        return
    yield from (said for _, said in docstrings(file))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def test_every_rule_that_is_cited_is_there() -> None:
    """No code, test, schema or decision speaks of a rule that the page does not have."""
    sources = [f"{side}/**/*.py" for side in ("proto", "web", "node", "hub", "tests")]
    files = [
        file
        for one in (*sources, "proto/songtor/v1/*.proto", "docs/adr/*.md", "*.md")
        for file in ROOT.glob(one)
    ]
    unknown = {
        f"{rule} in {file.relative_to(ROOT)}"
        for file in files
        if "wire" not in file.parts
        for text in said(file)
        for rule in cited(text) - rules()
    }
    assert not unknown


def test_every_rule_is_held_by_a_test() -> None:
    """Each rule of the page is cited by the docstring of a test, or shown by a vector."""
    held = {
        rule
        for file in ROOT.glob("tests/**/test_*.py")
        for name, text in docstrings(file)
        if name.startswith("test_")
        for rule in cited(text)
    }
    for file in (ROOT / "tests" / "vectors").glob("*.json"):
        held |= {vector["rule"] for vector in json.loads(file.read_text(encoding="utf-8")).get("vectors", [])}
    assert not sorted(rules() - held)
