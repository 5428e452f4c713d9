"""The pictures on the pages, from what the program really says.

`python -m tests.docs.pictures` draws them anew, with `demo` also that of the demo, with `pages` also those of
the pages. They fetch no font. Thai is set at its own width: letters stretched to a grid fall apart.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from songtor_node.cases import service
from songtor_node.cases.casefile import read_case
from songtor_node.consents import acts as consents
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House
from songtor_node.forms import load
from songtor_node.referrals import preview
from songtor_node.referrals.act import act
from songtor_node.referrals.acts import Wish, prepare
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from tests.demo.run import perform
from tests.docs import photographs
from tests.docs.pages import ROOT
from tests.support.node import NOW, new_node

PICTURES = ROOT / "docs" / "pictures"
CASES = ROOT / "tests" / "demo" / "cases"
WIDTH = 110
WISH = Wish(to="TH-00/dwf", purpose="domestic_violence", tick=frozenset({"contact", "name", "narrative"}))
TITLES = {"en": "What leaves and what stays, before anything is sent", "th": "อะไรออกไป อะไรอยู่ ก่อนส่งจริง"}
COMMAND = (
    "$ songtor-node --as malee refer {case} --to TH-00/dwf --purpose domestic_violence \\\n"
    "    --tick contact,name,narrative --dry-run\n"
)
PAPER = TerminalTheme(
    (251, 247, 240),
    (43, 38, 34),
    [
        (43, 38, 34),
        (160, 40, 40),
        (46, 110, 60),
        (150, 95, 0),
        (20, 90, 110),
        (120, 50, 110),
        (10, 100, 100),
        (90, 84, 78),
    ],
)
_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font: {char_height}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", THAI, monospace;
}}
.{unique_id}-title {{ font: bold 18px THAI, sans-serif; }}
{styles}
</style>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
""".replace("THAI", 'Sarabun, "Noto Sans Thai", Thonburi, Loma')


def dry_run(lang: str) -> str:
    """What a worker sees before a confined wife's case leaves Berlin."""
    with tempfile.TemporaryDirectory() as folder:
        node = new_node(Path(folder) / "picture")
        with writing(node.engine) as session:
            by = acting(session, "malee")
            form = read_case((CASES / "de-confined-wife.yaml").read_bytes())
            case = service.create(session, form, by=by, now=NOW, random=node.random)
            agreed = load(ConsentForm, (CASES / "de-confined-wife.consent.yaml").read_bytes())
            house = House(node.seat, node.jurisdiction, node.vocabulary, node.policy)
            consents.record(session, case, agreed, house, by=by, now=NOW, random=node.random)
        with act(replace(node, worker="malee")) as now:
            lines = list(preview.as_lines(prepare(now, case.code, WISH, lang=lang), lang, now.now.date()))
        node.close()
    return svg(TITLES[lang], [Text(COMMAND.format(case=case.code), "bold"), *lines])


def svg(title: str, lines: Iterable[Any], width: int = WIDTH) -> str:
    screen = Console(record=True, width=width, file=StringIO(), highlight=False)
    for line in lines:
        screen.print(line)
    drawn = screen.export_svg(
        title=title, theme=PAPER, code_format=_SVG, unique_id="t", font_aspect_ratio=0.602
    )
    drawn = re.sub(r' clip-path="[^"]*"', "", drawn)  # it would cut the marks above Thai letters
    drawn = re.sub(r"<circle[^>]*>", "", drawn)
    # Bars as high as a line, so that they meet.
    drawn = re.sub(r"<text (?=[^>]*>[│┃├┤┼┡┩╇┏┓└┘┳┴]+<)", '<text font-size="21.2" ', drawn)
    return re.sub(r' textLength="[^"]*"(?=[^<]*[\u0e00-\u0e7f])', "", drawn)


def demo(lang: str = "en") -> str:
    """How the demo's evening ends: plays all of it."""
    screen = Console(record=True, width=WIDTH, file=StringIO(), highlight=False)
    if asyncio.run(perform(lang, keep=False, console=screen)):
        raise SystemExit(screen.export_text())
    told = screen.export_text(styles=True)
    end = told[told.index("How they stand") : told.rindex("✓")].rstrip()
    return svg("make demo", [Text.from_ansi(line) for line in end.splitlines()[1:]])


DRAWN = {"refer-dry-run.svg": partial(dry_run, "en"), "refer-dry-run.th.svg": partial(dry_run, "th")}

if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name, draw in (DRAWN | ({"demo.svg": demo} if "demo" in sys.argv else {})).items():
        (PICTURES / name).write_text(draw(), encoding="utf-8")
    for name, picture in photographs.taken() if "pages" in sys.argv else ():
        (PICTURES / name).write_bytes(picture)
