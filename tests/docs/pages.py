"""The pages that people read: their blocks of commands, their links, their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md"))
    if path.name != "CHANGELOG.md"
)

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$|^<!-- (console)\n(.*?)^-->$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block, or a `console` block in a comment: what others do meanwhile."""

    page: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, *kinds: str) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        kind, body = found[1] or found[3] or "", found[2] or found[4] or ""
        if kind in kinds:
            yield Block(page, text.count("\n", 0, found.start()) + 1, kind, body)


def links(page: Path) -> list[str]:
    """All that lead to another page, picture or heading of ours."""
    text = re.sub("`[^`]*`", "", page.read_text(encoding="utf-8"))
    found = ("".join(either) for either in _LINK.findall(text))
    return [link for link in found if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The headings as a forge makes anchors of them."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return {_anchor(head) for head in _HEADING.findall(text)}


def _anchor(heading: str) -> str:
    """Thai vowels and tone marks (M…) stay."""
    kept = (one for one in heading.lower() if one.isalnum() or one in "-_ " or category(one)[0] == "M")
    return "".join(kept).replace(" ", "-")
