"""Tables of the story: what leaves and what stays, and the twelve cases at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.dates import date_text
from tests.demo.teller import Scene

CELL = 60


@dataclass(frozen=True)
class Row:
    """How one case ended. `bytes`: of all envelopes that left the country; fields that left and stayed."""

    number: int
    title: str
    reference: str
    way: str
    stage: str
    state: str
    bytes: int
    sent: int
    withheld: int

    @classmethod
    def of(cls, number: int, title: str, seat: str, versions: Sequence[dict[str, Any]]) -> Row:
        """As the node of that seat tells it, all versions together."""
        last = versions[-1]
        ends = (seat, last["peer"]) if last["outgoing"] else (last["peer"], seat)
        return cls(
            number,
            title,
            last["reference"],
            " → ".join(end.removeprefix("TH-00/") for end in ends),
            last["stage"],
            last["state"],
            sum(version["bytes_sent"] for version in versions),
            max(version["leaves"] for version in versions),
            last["stays"],
        )


def columns(draft: dict[str, Any], scene: Scene) -> Table:
    """Side by side, line for line with why."""
    table = Table(
        scene.choose("leaves the country", "ออกนอกประเทศ"),
        scene.choose("stays here", "อยู่ที่นี่"),
        box=box.SIMPLE,
        pad_edge=False,
    )
    stays = [line for line in draft["stays"] if line["value"]]
    leave, stay, size = len(draft["leaves"]), len(stays), draft["bytes"]
    until = date_text(date.fromisoformat(draft["until"][:10]), scene.lang)
    table.caption_justify = "left"
    table.caption = scene.choose(
        f"{leave} facts leave, {stay} stay · {size:,} bytes sealed · {draft['citation']} · until {until}",
        f"ส่งออก {leave} ข้อมูล เก็บไว้ {stay} ข้อมูล · ผนึกแล้ว {size:,} ไบต์ · {draft['citation']} · ถึง {until}",
    )
    for leaving, staying in zip_longest(draft["leaves"], stays):
        table.add_row(_cell(leaving, "green", scene.lang), _cell(staying, "yellow", scene.lang))
    return table


def closing(rows: Iterable[Row], scene: Scene) -> Table:
    stages = vocabulary().referral_stages
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, right in (
        ("", True),
        (scene.choose("case", "เรื่อง"), False),
        (scene.choose("reference", "เลขอ้างอิง"), False),
        (scene.choose("way", "จาก → ถึง"), False),
        ("4R", False),
        (scene.choose("state", "สถานะ"), False),
        (scene.choose("bytes", "ไบต์"), True),
        (scene.choose("sent", "ส่ง"), True),
        (scene.choose("kept", "ไม่ส่ง"), True),
    ):
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for row in rows:
        stage = stages[row.stage].label(scene.lang)
        values = (
            row.title,
            row.reference,
            row.way,
            stage,
            row.state,
            f"{row.bytes:,}",
            row.sent,
            row.withheld,
        )
        table.add_row(str(row.number), *(Text(str(value)) for value in values))
    return table


def _cell(line: dict[str, Any] | None, style: str, lang: str) -> Text:
    if line is None:
        return Text()
    value = line["value"].replace("\n", " ")
    short = value if len(value) <= CELL else f"{value[:CELL]}…"
    label = policy().categories[line["category"]].label(lang)
    return Text.assemble((label, f"bold {style}"), f"  {short}", "\n", (f"  {line['why_text']}", "dim"))
