"""A node as a process that dies and comes back from its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from songtor_node.bootstrap import Node, open_node
from songtor_node.link.sync import Link
from tests.simulate import statements, template
from tests.simulate.clock import FakeClock
from tests.simulate.faults import Tripwire
from tests.simulate.people import Dossier
from tests.simulate.wire import Line


@dataclass
class Seat:
    """`random` goes on where it stopped, as the machine's would. `code`: an invitation not used yet."""

    name: str
    data: Path
    clock: FakeClock
    random: Random
    tripwire: Tripwire
    line: Line
    dossiers: list[Dossier] = field(default_factory=list)
    revoked: bool = False
    returned: bool = False  # enrolled again after it was revoked
    code: str = ""

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.tripwire.disarm()
        self.node: Node = open_node(
            self.data,
            template.UNLOCK,
            worker=template.WORKERS[0],
            clock=self.clock,
            random=self.random.randbytes,
        )
        self.tripwire.watch(self.node.engine)
        statements.share(self.node.engine)
        self.link = Link(self.node, self.line)

    def restart(self) -> None:
        self.node.close()
        self.start()
