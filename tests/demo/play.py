"""What a scene acts with: the stage, the ledger, the people, and the moves that most scenes make."""

from __future__ import annotations

from collections.abc import Awaitable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from songtor_proto.plain_yaml import read
from tests.demo.ledger import Ledger
from tests.demo.program import Answer, Failed, Program, Refused
from tests.demo.proof import Proof
from tests.demo.stage import Stage
from tests.demo.table import Row, columns
from tests.demo.teller import Scene

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Person:
    """A worker of a node, or an officer at a desk: who acts is part of every act."""

    program: Program
    code: str

    async def do(self, *words: str) -> Answer:
        return await self.program.run(*words, by=self.code)

    async def once(self, *words: str, **how: Any) -> Answer:
        """As soon as what it is about has arrived."""
        return await self.program.arrived(*words, by=self.code, **how)


@dataclass
class Play:
    """One evening. `rows`: the closing table, by number; `references`: what other scenes need, by name."""

    stage: Stage
    ledger: Ledger
    proof: Proof
    ports: dict[str, Any] = field(default_factory=dict)
    invitations: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)

    def worker(self, seat: str, code: str) -> Person:
        return Person(self.stage.nodes[seat], code)

    def officer(self, code: str) -> Person:
        return Person(self.stage.hub, code)

    async def take_in(self, scene: Scene, worker: Person, name: str, *grounds: str) -> str:
        """Imports a case file and records its grounds; gives the case's code."""
        path = CASES / f"{name}.yaml"
        self.ledger.file(path)
        case = str((await worker.do("case", "import", str(path)))["case"])
        scene.quote(
            scene.choose("asked for", "ขอความช่วยเหลือ"), read(path.read_bytes()).value["request"]["text"]
        )
        for ground in grounds or (f"{name}.consent",):
            await self.ground(worker, case, ground)
        return case

    async def ground(self, worker: Person, case: str, name: str) -> Answer:
        path = CASES / f"{name}.yaml"
        self.ledger.file(path)
        return await worker.do("consent", "record", case, "--file", str(path))

    async def preview(self, scene: Scene, worker: Person, *words: str, show: bool = False) -> Answer:
        """What would leave: told to the ledger where the centre will read it, and shown side by side."""
        draft = await worker.do(*words, "--dry-run")
        if draft["to"].startswith("TH-00"):
            self.ledger.tell(line["value"] for line in draft["leaves"])
        if show:
            scene.show(columns(draft, scene))
        return draft

    async def refer(
        self,
        scene: Scene,
        worker: Person,
        case: str,
        to: str,
        purpose: str,
        tick: str = "",
        clear: Collection[str] = (),
    ) -> str:
        """Looks at what would leave, clears findings of the kinds in `clear`, sends; gives the reference."""
        words = ["refer", case, "--to", to, "--purpose", purpose, *(("--tick", tick) if tick else ())]
        draft = await self.preview(scene, worker, *words)
        cleared = [
            word for one in draft["findings"] if one["kind"] in clear for word in ("--clear", one["id"])
        ]
        return str((await worker.do(*words, *cleared))["reference"])

    async def write(self, person: Person, *words: str, text: str) -> Answer:
        """What somebody writes goes to the centre, by standard input: a list of processes is everybody's."""
        self.ledger.tell([text])
        return await person.program.run(*words, "-", by=person.code, said=text)

    async def report(self, officer: Person, reference: str, outcome: str, text: str) -> Answer:
        """A desk takes on what has come, works on it, and says what came of it."""
        opened = await self.handle(officer, reference, ("accept",), ("start",))
        await self.write(officer, "complete", reference, "--outcome", outcome, "--say", text=text)
        return opened

    async def handle(self, officer: Person, reference: str, *acts: tuple[str, ...]) -> Answer:
        """Opens what comes to the desk, then acts on it, act after act."""
        opened = await officer.once("open", reference)
        for verb, *rest in acts:
            await officer.do(verb, reference, *rest)
        return opened

    async def until(self, worker: Person, reference: str, *states: str) -> Answer:
        """The referral as the node shows it, once it stands in one of these states."""
        shown = await worker.once(
            "referral", "show", reference, until=lambda answer: answer["versions"][-1]["state"] in states
        )
        return shown["versions"]

    async def ends(
        self, number: int, title: str, worker: Person, reference: str, *states: str
    ) -> dict[str, Any]:
        """As `until`; writes the row of the closing table, and gives the last version."""
        versions = await self.until(worker, reference, *states)
        self.rows[number] = Row.of(number, title, worker.program.data.name, versions)
        return dict(versions[-1])


def expect(holds: object, what: str) -> None:
    """Raises Failed where the story would not be true."""
    if not holds:
        raise Failed(what)


async def refused(act: Awaitable[Answer], code: str) -> Refused:
    """The refusal that the act must meet."""
    try:
        await act
    except Refused as refusal:
        expect(refusal.code == code, f"{refusal.code} in place of {code}")
        return refusal
    raise Failed(f"nothing refused it, where {code} must")


def said(version: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The messages of that kind that came from the other side."""
    return [message for message in version["messages"] if message["kind"] == kind and not message["ours"]]
