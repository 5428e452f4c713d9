"""The hub as a process: what its ports answer, how it dies and comes back from its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from songtor_hub.bootstrap import Hub, Role, open_hub
from songtor_hub.desks.desk import Desk, at_work
from songtor_hub.exchange.exchange import Exchange
from songtor_hub.seats.admission import Admission
from songtor_hub.seats.enrolment import EnrolmentDesk, nonce_key
from songtor_hub.seats.issuing import Authority
from songtor_proto.errors import LinkError, StoreError
from songtor_proto.times import Clock, Random
from tests.simulate import statements
from tests.simulate.faults import Crashed, Tripwire

PASSPHRASE = "only in a simulation"


class Server:
    """The exchange's process and the desks' console on one store. Each may die by itself."""

    def __init__(self, data: Path, clock: Clock, random: Random) -> None:
        self._data, self._clock, self._random = data, clock, random
        self.tripwire, self.console_tripwire = Tripwire(), Tripwire()
        self.crashes = 0
        self.hub = self._open(Role.EXCHANGE, self.tripwire)
        self.console = self._open(Role.DESKS, self.console_tripwire)
        self._start()

    def _open(self, role: Role, tripwire: Tripwire) -> Hub:
        hub = open_hub(self._data, lambda _: PASSPHRASE, role, clock=self._clock, random=self._random)
        tripwire.watch(hub.engine)
        statements.share(hub.engine)
        return hub

    def _start(self) -> None:
        """As `serve` wires it."""
        hub = self.hub
        secret = nonce_key(hub.keyring.get("signing_key"))
        authority = Authority.of(hub.keyring, hub.network)
        self.exchange = Exchange(hub)
        self.admission = Admission(hub.engine, hub.network, hub.clock)
        self.enrolment = EnrolmentDesk(hub.engine, authority, secret, hub.clock, hub.random)

    def restart(self) -> None:
        """All that the exchange held in memory is gone."""
        self.tripwire.disarm()
        self.admission.close()
        self.hub.close()
        self.hub = self._open(Role.EXCHANGE, self.tripwire)
        self._start()

    def restart_console(self) -> None:
        self.console_tripwire.disarm()
        self.console.close()
        self.console = self._open(Role.DESKS, self.console_tripwire)

    def desk(self, officer: str) -> Desk:
        """As a command of that officer's has it."""
        return at_work(replace(self.console, officer=officer))

    def call(self, pem: bytes, method: str, request: Any) -> Any:
        """What a port answers; `pem` is the caller's certificate, empty at the enrolment port.

        Raises SongtorError as the guard would abort; LinkError where the process died before it had answered.
        """
        try:
            answer = self._port(pem, method)(request)
            self.tripwire.point()
        except Crashed:
            self.crashes += 1
            self.restart()
            raise LinkError("unavailable") from None
        return answer

    def tick(self) -> None:
        """What `serve` does every few seconds."""
        try:
            self.exchange.tick()
            self.tripwire.point()
        except StoreError:
            pass  # `serve` tries again
        except Crashed:
            self.crashes += 1
            self.restart()

    def close(self) -> None:
        self.admission.close()
        self.hub.close()
        self.console.close()

    def _port(self, pem: bytes, method: str) -> Callable[[Any], Any]:
        if not pem:
            port: Callable[[Any], Any] = getattr(self.enrolment, method)
            return port
        seat = self.admission.look(pem)
        answer: Callable[[str, Any], Any] = getattr(self.exchange, method)
        return lambda request: answer(seat, request)
