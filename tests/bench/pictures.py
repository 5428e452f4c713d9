"""What drawing costs: python -m tests.bench.pictures [--write]. Takes about a minute.

One case as large as cases come. For each picture the processor time of the drawing with its words, and of the
whole page around it, from the request to the last byte; of this process alone, whatever else is running.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from songtor_node.bootstrap import Node
from songtor_node.cases import entries, service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.facts import facts
from songtor_node.cases.pictures import ecomap, flower, genogram, journey, timeline
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.referrals.pictures import pictures
from songtor_node.store.engine import reading, writing
from songtor_node.workers import acting
from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.ecomap import draw as ecomap_draw
from songtor_web.pictures.ecomap import words as ecomap_words
from songtor_web.pictures.flower import draw as flower_draw
from songtor_web.pictures.genogram import draw as genogram_draw
from songtor_web.pictures.genogram import words as genogram_words
from songtor_web.pictures.journey import draw as journey_draw
from songtor_web.pictures.journey import words as journey_words
from songtor_web.pictures.journey.layout import layout as journey_layout
from songtor_web.pictures.timeline import draw as timeline_draw
from songtor_web.pictures.timeline import words as timeline_words
from songtor_web.pictures.timeline.layout import layout as timeline_layout
from songtor_web.texts import shared
from tests.bench.report import PAGE, machine
from tests.support.node import NOW, new_node
from tests.support.visitor import visitor

PEOPLE, EVENTS, GOALS, STATIONS, FLOWERS, AROUND = 300, 500, 10, 30, 12, 40
ROUNDS, TARGET = 15, 200
BEGIN, END = "<!-- made by the bench of pictures -->", "<!-- end of what the bench of pictures made -->"
LANG = "th"


@dataclass(frozen=True)
class Measured:
    """Milliseconds of processor time, one a round; `page` is empty where the picture has none of its own."""

    what: str
    drawing: Sequence[float]
    page: Sequence[float]
    size: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pictures", description="What drawing costs.")
    parser.add_argument("--write", action="store_true", help="keep it in docs/measured.md")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        node = new_node(Path(folder, "node"))
        found = [*measure(node, made(node))]
        node.close()
    print("\n".join(lines(found)))
    if wanted.write:
        write(found)


def measure(node: Node, code: str) -> Iterator[Measured]:
    with reading(node.engine) as session:
        case, _ = service.find(session, code, "malee", what="bench", now=NOW)
        record = read_record(session, case)
    malee, today, t = visitor(node, "malee", lang=LANG), NOW.date(), shared(LANG)
    received = pictures(facts(record, today), t, LANG, today)
    drawn: list[tuple[str, Callable[[], object], str]] = [
        (f"genogram, {PEOPLE} people", lambda: _genogram(record), "genogram"),
        (f"timeline, {EVENTS} events", lambda: _timeline(record), "timeline"),
        (f"journey, {GOALS * STATIONS} stations", lambda: _journey(record), "plan"),
        (f"flower of eight petals, {FLOWERS} before it", lambda: _flower(record), "flower"),
        (f"ecomap, {AROUND} connections", lambda: _ecomap(record), "ecomap"),
        ("what a referral's receiver draws", lambda: [(one.draw(), one.words()) for one in received], ""),
        ("what leaves of family and life, without names", lambda: facts(record, today), "refer/pictures"),
    ]
    for what, draw, page in drawn:
        draw()
        if not page:
            yield Measured(what, _each(draw), (), 0)
            continue
        ask = partial(malee.get, f"/cases/{code}/{page}")
        size = len(ask().content)
        yield Measured(what, _each(draw), _each(ask), size)


def _each(act: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        before = time.process_time()
        act()
        found.append((time.process_time() - before) * 1000)
    return found


def _genogram(record: CaseRecord) -> object:
    family, t = genogram.picture(record, NOW.date(), lang=LANG), shared(LANG)
    return genogram_draw.draw(family, t, LANG), genogram_words.words(family, t, LANG)


def _timeline(record: CaseRecord) -> object:
    life, t = timeline.picture(record), shared(LANG)
    placed = timeline_layout(life, t=t, lang=LANG)
    return timeline_draw.draw(placed, t=t, lang=LANG), timeline_words.words(life, t=t, lang=LANG)


def _journey(record: CaseRecord) -> object:
    found, t = journey.picture(record, {}, NOW.date(), lang=LANG), shared(LANG)
    placed = journey_layout(found, t, LANG)
    return journey_draw.draw(placed, t, LANG).svg(), journey_words.words(found, t, LANG)


def _flower(record: CaseRecord) -> object:
    t = shared(LANG)
    *before, now = flower.history(record, NOW.date())
    small = [flower_draw.draw_small(one, t, name=f"flower-{n}").svg() for n, one in enumerate(before)]
    return flower_draw.draw(now, t).svg(), small


def _ecomap(record: CaseRecord) -> object:
    found, t = ecomap.picture(record, lang=LANG), shared(LANG)
    return ecomap_draw.draw(found, t, LANG).svg(), ecomap_words.words(found, t, LANG)


def made(node: Node) -> str:
    """The case; its people are made up."""
    with writing(node.engine) as session:
        by = acting(session, "malee")
        form = CaseFile.model_validate({"target_group": "thai_abroad", "channel": "temple", **_said()})
        case = service.create(session, form, by=by, now=NOW - timedelta(days=FLOWERS), random=node.random)
        levels, petals = list(vocabulary().threat_levels)[:3], list(_petals())
        for day in range(FLOWERS):
            for number, (subject, dimension) in enumerate(petals):
                judged = {"subject": subject, "dimension": dimension, "level": levels[(day + number) % 3]}
                service.add(
                    session,
                    case,
                    "threat",
                    entries.Threat.model_validate(judged),
                    by=by,
                    now=NOW - timedelta(days=FLOWERS - day),
                )
        return case.code


def _said() -> dict[str, Any]:
    chance = Random(1)
    people = [
        {
            "key": f"p{number}",
            "relation": "ญาติ",
            "name_thai": f"สมมติ{number} ตัวอย่าง",
            "sex": chance.choice(["female", "male"]),
            "birth_date": str(1900 + number // 3),
        }
        for number in range(1, PEOPLE)
    ]
    return {
        "people": people,
        "ties": [*_ties()],
        "events": [*_events(chance)],
        "goals": [*_goals()],
        "connections": [*_around(chance)],
    }


def _ties() -> Iterator[dict[str, str]]:
    """Couples, each with three children of whom one founds the next; the client is the last one's child."""
    couple, following = ("p1", "p2"), 3
    for _ in range(40):
        yield {"one": couple[0], "other": couple[1], "kind": "married"}
        children = [f"p{following + place}" for place in range(3)]
        for child in children:
            for parent in couple:
                yield {"one": parent, "other": child, "kind": "birth"}
        couple, following = (children[1], f"p{following + 3}"), following + 4
    yield {"one": couple[0], "other": "client", "kind": "birth"}
    yield {"one": couple[0], "other": "client", "kind": "close"}


def _events(chance: Random) -> Iterator[dict[str, Any]]:
    for number in range(EVENTS):
        year = 1960 + number * 66 // EVENTS
        yield {
            "key": f"e{number}",
            "when": f"{year}-{chance.randint(1, 12):02}" if number % 3 else f"{year}~",
            "until": str(year + chance.randint(0, 9)) if number % 7 == 0 else "",
            "theme": chance.choice(["ครอบครัว", "งาน", "สุขภาพ", "การศึกษา", "การย้ายถิ่น"]),
            "text": chance.choice(["ย้ายไปทำงานที่เมืองอื่นกับพี่สาว", "ตกงานและป่วยอยู่หลายเดือน", "แต่งงาน"]),
            "led_to": [f"e{number + 1}"] if number % 5 == 0 else [],
        }


def _goals() -> Iterator[dict[str, Any]]:
    petals = [*_petals()]
    for number in range(GOALS):
        subject, dimension = petals[number % len(petals)]
        steps = [
            {"what": f"พบเจ้าหน้าที่ครั้งที่ {step + 1}", "agency": "หน่วยงานตัวอย่าง", "days": 10, "bring": "บัตร"}
            for step in range(STATIONS)
        ]
        yield {
            "subject": subject,
            "dimension": dimension,
            "text": "เป้าหมายตัวอย่าง",
            "steps": steps,
            "due": "2027-06-30",
        }


def _around(chance: Random) -> Iterator[dict[str, str]]:
    known = vocabulary()
    for number in range(AROUND):
        yield {
            "name": f"ที่ช่วยเหลือแห่งที่ {number + 1}",
            "kind": chance.choice(list(known.around)),
            "strength": chance.choice(list(known.tie_strengths)),
            "flow": chance.choice(list(known.tie_flows)),
        }


def _petals() -> Iterator[tuple[str, str]]:
    return ((subject, code) for subject in ("child", "guardian") for code in vocabulary().dimensions)


def lines(found: Sequence[Measured]) -> Iterator[str]:
    """As Markdown."""
    yield f"`python -m tests.bench.pictures`, {datetime.now(UTC):%Y-%m-%d}, {machine()};"
    yield f"milliseconds of processor time, median (95th percentile) of {ROUNDS}; a drawing has {TARGET}."
    yield ""
    yield "| What | Drawing and its words | The whole page | kB of the page, before packing |"
    yield "|---|---|---|---|"
    for one in found:
        size = f"{one.size / 1000:,.0f}" if one.size else ""
        yield f"| {one.what} | {_figures(one.drawing)} | {_figures(one.page)} | {size} |"


def _figures(values: Sequence[float]) -> str:
    if not values:
        return ""
    high = sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]
    return f"{median(values):.0f} ({high:.0f})"


def write(found: Sequence[Measured]) -> None:
    """Puts the findings between their two marks; the rest of the page is people's."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    made = "\n".join(lines(found))
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
