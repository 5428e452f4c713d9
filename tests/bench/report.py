"""What was measured beside its target, for the terminal and for docs/measured.md."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
import sqlcipher3.dbapi2 as sqlcipher

from tests.bench.rounds import BATCH, Rates
from tests.bench.wire import Wire

PAGE = Path(__file__).resolve().parents[2] / "docs" / "measured.md"
BEGIN, END = "<!-- made by make bench -->", "<!-- end of what make bench made -->"


@dataclass(frozen=True)
class Program:
    """Idle: MiB resident and proportional. Seconds from the command to ready, and of its imports alone."""

    resident: float
    proportional: float
    ready: float
    imports: float


@dataclass(frozen=True)
class Findings:
    """`rates` by database."""

    rates: Mapping[str, Rates]
    wire: Wire
    hub: Program
    node: Program
    postgresql: str


def lines(found: Findings) -> Iterator[str]:
    """As Markdown."""
    yield f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, {machine()};"
    yield f"{_versions(found)}."
    yield ""
    yield "| # | What | Target | " + " | ".join(found.rates) + " |"
    yield "|---|---|---|" + "---|" * len(found.rates)
    for number, what, target, name in _RATES:
        values = " | ".join(f"{getattr(rates, name):.2f}" for rates in found.rates.values())
        yield f"| {number or ''} | {what} | {target} | {values} |"
    wire = found.wire
    yield ""
    yield "| # | What | Target | Measured |"
    yield "|---|---|---|---|"
    yield (
        f"| 7 | bytes on the wire of a referral and its answer / the two envelopes' own "
        f"| ≤ 1.25 | {wire.total / wire.envelopes:.2f} |"
    )
    hub, node = found.hub, found.node
    yield f"| 9 | idle hub, MiB resident (proportional) | 64 and the database's cache | {_mib(hub)} |"
    yield f"| 9 | idle node, MiB resident (proportional) | ≤ 96 | {_mib(node)} |"
    yield f"| 10 | node, seconds from `serve` to ready; of imports | ≤ 1.5; ≤ 0.3 | {_seconds(node)} |"
    yield f"| | hub, seconds from `serve` to ready; of imports | | {_seconds(hub)} |"
    yield ""
    yield (
        f"A referral and its answer on an open connection are {wire.total:,.0f} bytes: "
        f"headers {wire.header:,.0f}, sealed parts {wire.sealed:,.0f}, "
        f"signatures {wire.signature:,.0f}, receipt {wire.receipt:,.0f}, "
        f"TLS, HTTP/2 and gRPC of the three calls {wire.rest:,.0f}. "
        f"Opening the connection costs {wire.handshake:,.0f} once."
    )
    scale = "; ".join(
        f"{name}: echo {rates.echo:,.0f}/s, p99 {rates.echo_p99 * 1000:.0f} ms"
        for name, rates in found.rates.items()
    )
    yield ""
    yield f"Only the ratios carry over to another machine. The scale of this run: {scale}."


def write(found: Findings) -> None:
    """Puts the findings between their two marks; the rest of the page is people's."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    made = "\n".join(lines(found))
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


_RATES = (
    (1, "one envelope a call, durably, its signature checked / echo", "≥ 0.5", "unary"),
    (2, f"{BATCH} envelopes a call, each signature checked, in envelopes / echo", "≥ 0.8", "batched"),
    (4, "p99 of the first / p99 of the echo", "≤ 2.5", "unary_p99"),
    (5, "where a task stands / echo", "≥ 0.8", "status"),
    (0, "processor time of an echo / of the first", "", "unary_work"),
    (0, "processor time of an echo / of the second, an envelope", "", "batched_work"),
    (0, "processor time of an echo / of where a task stands", "", "status_work"),
)


def machine() -> str:
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith(("model name", "CPU part"))
    )
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} × {cpu}, {memory:.0f} GiB, client and server on the same machine"


def _versions(found: Findings) -> str:
    connection = sqlcipher.connect(":memory:")
    (cipher,) = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    names = ("grpcio", "SQLAlchemy", "PyNaCl", "cryptography", "uvloop")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    sqlite = f"SQLCipher {cipher} (SQLite {sqlcipher.sqlite_version})"
    return f"Python {platform.python_version()}, {libraries}, {sqlite}, PostgreSQL {found.postgresql}"


def _mib(program: Program) -> str:
    return f"{program.resident:.0f} ({program.proportional:.0f})"


def _seconds(program: Program) -> str:
    return f"{program.ready:.1f}; {program.imports:.2f}"
