"""The proof: all that the centre can read, and all that passed between it and the nodes, is searched for
every value that was not sent. A search that finds nothing proves nothing: each haystack holds what must be
found."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from rich.table import Table

from tests.demo.at_hub import AtHub
from tests.demo.ledger import Ledger
from tests.demo.line import Line
from tests.demo.search import forms, search, wanted
from tests.demo.stage import PASSPHRASE, Stage
from tests.demo.teller import Scene

CONTROL = "นางสาวควบคุม กำกับดี 089-555-0100"
"""Somebody who is in no case: planted where nothing is to be found, in every form that is searched for."""


@dataclass
class Haystack:
    """`must`: forms that have to be found, else the search is broken. `hits`: values that must not be."""

    name: str
    content: bytes
    must: frozenset[bytes]
    missing: frozenset[bytes] = frozenset()
    hits: dict[str, bytes] = field(default_factory=dict)

    def search(self, never: dict[bytes, str]) -> None:
        found = search(self.content, never | {form: form.hex() for form in self.must})
        self.missing = frozenset(form for form in self.must if form.hex() not in found)
        self.hits = {value: form for value, form in found.items() if value in set(never.values())}


@dataclass
class Proof:
    """`mission`: Thai words that the story itself wrote into the hub's database."""

    stage: Stage
    ledger: Ledger
    mission: str
    texts: dict[str, bytes] = field(default_factory=dict)
    pages: set[bytes] = field(default_factory=set)
    rows: bytes = b""
    tried: tuple[int, int, int] = (0, 0, 0)
    sizes: dict[str, int] = field(default_factory=dict)

    async def look(self) -> None:
        """Reads what the centre can read at this moment; what it destroys later was seen all the same."""
        await asyncio.to_thread(self._look)

    def _look(self) -> None:
        hub = AtHub(self.stage.hub.data, PASSPHRASE)
        try:
            self.texts |= hub.opened()
            self.rows = hub.rows()
            self.tried = max(self.tried, hub.unopened())
            self.sizes |= hub.sizes()
        finally:
            self.pages |= hub.close()

    async def plant(self, line: Line, hub_port: int) -> None:
        """Speaks the control, in all its forms, into a node's line, past all encryption."""
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(f"CONNECT 127.0.0.1:{hub_port} HTTP/1.1\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_planted())
        await writer.drain()
        writer.write_eof()
        await reader.read()
        writer.close()

    async def judge(self, scene: Scene) -> list[str]:
        """Tells what was found; gives what is not as it must be."""
        never = wanted(withheld := self.ledger.withheld())
        haystacks = self._haystacks(scene)
        for haystack in haystacks:
            await asyncio.to_thread(haystack.search, never)
        scene.show(_table(haystacks, len(withheld), scene))
        return [
            *(
                f"{one.name}: not found, though it is there: {form.decode(errors='replace')!r}"
                for one in haystacks
                for form in sorted(one.missing)
            ),
            *(f"{one.name}: {value!r} ({withheld[value]})" for one in haystacks for value in one.hits),
            *(["the centre opened what passed between nodes"] if self.tried[2] or not self.tried[0] else []),
        ]

    def _haystacks(self, scene: Scene) -> list[Haystack]:
        choose, planted = scene.choose, _planted()
        logs = b"".join(path.read_bytes() for path in sorted(self.stage.logs.iterdir()))
        heard = b"".join(bytes(part) for line in self.stage.lines.values() for part in line.heard)
        sent = frozenset(value.encode() for value in self.ledger.sent())
        control, mission = forms(CONTROL), frozenset({self.mission.encode()})
        return [
            Haystack(
                choose(
                    f"what the desks can open: {len(self.texts)} texts",
                    f"ที่โต๊ะเปิดอ่านได้ {len(self.texts)} ข้อความ",
                ),
                b"\n".join([*(text.encode() for text in self.texts), *self.texts.values(), planted]),
                control | sent,
            ),
            Haystack(
                choose("every row of its database", "ทุกแถวของฐานข้อมูล"), self.rows + planted, control | mission
            ),
            Haystack(
                choose("every page of database and WAL", "ทุกหน้าของฐานข้อมูลและ WAL"),
                b"".join(self.pages) + planted,
                control | mission,
            ),
            Haystack(choose("logs, of hub and nodes", "บันทึกของศูนย์และโหนด"), logs + planted, control),
            Haystack(choose("traffic between nodes and hub", "ข้อมูลที่วิ่งระหว่างโหนดกับศูนย์"), heard, control),
        ]


def _planted() -> bytes:
    return b"\n".join(sorted(forms(CONTROL)))


def _table(haystacks: list[Haystack], values: int, scene: Scene) -> Table:
    table = Table(
        scene.choose("where we searched", "ค้นที่ใด"),
        scene.choose("bytes", "ไบต์"),
        scene.choose(f"of {values} withheld values", f"จากค่าที่ไม่ส่ง {values} ค่า"),
        scene.choose("controls found", "ค่าควบคุมที่พบ"),
        box=None,
        pad_edge=False,
    )
    for one in haystacks:
        found = len(one.must) - len(one.missing)
        table.add_row(one.name, f"{len(one.content):,}", str(len(one.hits)), f"{found}/{len(one.must)}")
    return table
