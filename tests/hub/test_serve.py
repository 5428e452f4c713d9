"""The hub as a process of its own: ready, healthy, stopping cleanly, silent about cases. Faults 35 and X1."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import grpc
import pytest
from sqlalchemy import insert, select

from songtor_hub.addresses import Listen
from songtor_hub.bootstrap import Hub
from songtor_hub.serve import Ready
from songtor_hub.store.engine import writing
from songtor_hub.store.tables import log_head, log_leaf
from songtor_proto.errors import StoreError
from songtor_proto.times import utc_now
from songtor_proto.wire.exchange_pb2 import FetchRequest, SubmitRequest
from tests.support.correspondent import Correspondent
from tests.support.hub import PASSPHRASES, NewHub, Serve, ServedHub
from tests.support.refusal import refused
from tests.support.seat import Seat, call_raw

SECONDS = 20


class Process(ServedHub):
    """`songtor-hub serve` on a hub's folder."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        passphrase = hub.data.parent / "passphrase"
        passphrase.write_text(PASSPHRASES["exchange"], encoding="utf-8")
        command = [str(Path(sys.executable).parent / "songtor-hub"), "--json", "--data", str(hub.data)]
        self.child = subprocess.Popen(
            [*command, "--passphrase-file", str(passphrase), "serve"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_ready(self) -> dict[str, Any]:
        said = json.loads(cast("IO[str]", self.child.stdout).readline())
        self.ready = Ready(**{name: said[name] for name in ("exchange", "enrolment", "liaison", "health")})
        return cast("dict[str, Any]", said)

    def end(self) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and what it logged, once it ended."""
        _, err = self.child.communicate(timeout=SECONDS)
        return self.child.returncode, [json.loads(line) for line in err.splitlines()]


@contextmanager
def process(hub: Hub) -> Iterator[Process]:
    running = Process(hub)
    try:
        yield running
    finally:
        running.child.kill()
        running.child.communicate()


def asked(port: int, path: str) -> tuple[int, dict[str, str]]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        line.request("GET", path)
        response = line.getresponse()
        return response.status, json.loads(response.read())
    finally:
        line.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_answers_for_its_health_and_stops_cleanly(
    new_hub: NewHub, database: str, number: int
) -> None:
    """One line names the ports; an enrolled seat calls; a signal ends it within seconds, exit code 0."""
    with process(new_hub(database=database)) as running:
        assert running.wait_ready()["network"] == "songtor.test"
        assert asked(running.ready.health, "/health") == (200, {"status": "ok"})
        assert asked(running.ready.health, "/ready") == (200, {"status": "ok"})
        Seat.enrolled(running, "DE-02").call_once()
        running.child.send_signal(number)
        code, logged = running.end()
    assert code == 0, logged
    assert logged[-1]["event"] == "stopping"
    assert not [line for line in logged if line["level"] not in ("info", "warning")]


def test_a_seat_that_waits_for_mail_does_not_hold_up_the_stop(new_hub: NewHub) -> None:
    """P4: a long-poll is answered, then the process ends."""
    with process(new_hub()) as running:
        running.wait_ready()
        seat = Seat.enrolled(running, "DE-02")
        with seat.exchange() as stub:
            waiting = stub.Fetch.future(FetchRequest(wait_seconds=50), timeout=60)
            stub.Fetch(FetchRequest(), timeout=SECONDS)
            assert not waiting.done()
            running.child.terminate()
            assert running.end()[0] == 0
            assert not waiting.result(timeout=SECONDS).deliveries


def test_a_port_that_is_taken_is_told_and_nothing_runs(new_hub: NewHub) -> None:
    """X1: one line, the catalogue's exit code."""
    hub = new_hub()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with writing(hub.engine) as connection:
            Listen("127.0.0.1", taken.getsockname()[1]).save(connection, "127.0.0.1")
        with process(hub) as running:
            code, logged = running.end()
    assert code == 2
    assert logged[-1]["error"] == "input.port_taken"


def test_an_error_in_the_background_stops_the_process_and_says_why(served_hub: Serve) -> None:
    """No part dies silently while the others go on: here a row lies where the writer's next one belongs."""
    hub = served_hub()
    berlin, taipei = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    with writing(hub.hub.engine) as connection:
        size = connection.scalar(select(log_head.c.size))
        row = {"index": size, "hash": b"", "kind": "", "salt": b"", "entry": b"", "at_ms": 0}
        connection.execute(insert(log_leaf).values(row))
    envelope = Correspondent(berlin.keys, utc_now).refer(Correspondent(taipei.keys, utc_now))
    with berlin.exchange() as stub, pytest.raises(grpc.RpcError):
        stub.Submit(SubmitRequest(envelopes=[envelope]), timeout=SECONDS)
    hub.join()
    assert isinstance(hub.fault, StoreError)
    hub.fault = None


def test_refusals_are_logged_with_code_and_seat_and_without_what_was_sent(new_hub: NewHub) -> None:
    """X1: what an operator sees of an attack; no secret, no key, no certificate."""
    with process(new_hub()) as running:
        running.wait_ready()
        seat = Seat.enrolled(running, "DE-02")
        with refused("peer.invitation_burnt"):
            seat.again().enrol()
        with seat.channel() as channel, refused("input.message"):
            call_raw(channel, "/songtor.v1.ExchangeService/Submit", b"\xffsecret words")
        running.child.terminate()
        code, logged = running.end()
    assert code == 0
    assert [line["what"] for line in logged if line["event"] == "alert"] == ["invitation_reused"]
    said = [(line["code"], line["seat"]) for line in logged if line["event"] == "refused"]
    assert said == [("peer.invitation_burnt", ""), ("input.message", "DE-02")]
    everything = json.dumps(logged)
    for secret in (seat.invitation.secret.hex(), "secret words", "BEGIN CERTIFICATE"):
        assert secret not in everything


def test_it_is_alive_but_not_ready_while_its_database_is_away(
    new_hub: NewHub, postgresql_server: Any
) -> None:
    """Callers are told that it may work later; when the database is back, it does, by itself."""
    with process(new_hub(database=postgresql_server.get_uri())) as running:
        running.wait_ready()
        seat = Seat.enrolled(running, "DE-02")
        seat.call_once()
        postgresql_server.stop()
        assert asked(running.ready.health, "/health")[0] == 200
        assert asked(running.ready.health, "/ready") == (503, {"status": "store.unavailable"})
        with seat.channel() as channel, refused("store.unavailable"):
            seat.call(channel)
        postgresql_server.start()
        assert asked(running.ready.health, "/ready")[0] == 200
        seat.call_once()
        running.child.terminate()
        assert running.end()[0] == 0
