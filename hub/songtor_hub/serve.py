"""Runs the hub's servers for good: exchange, enrolment, liaisons, health. One that fails stops them all."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog
import uvloop

from songtor_hub import addresses, health
from songtor_hub.addresses import LOOPBACK, Listen
from songtor_hub.bootstrap import Hub
from songtor_hub.exchange.exchange import Exchange
from songtor_hub.exchange.service import ExchangeService
from songtor_hub.http_server import HttpServer
from songtor_hub.liaison.api import create_app
from songtor_hub.seats import ports, registry
from songtor_hub.seats.admission import Admission
from songtor_hub.seats.enrolment import EnrolmentDesk, nonce_key
from songtor_hub.seats.issuing import Authority
from songtor_hub.seats.server_certificate import ServerCertificate
from songtor_hub.store import settings
from songtor_hub.store.engine import writing
from songtor_proto.errors import SongtorError
from songtor_proto.vocabulary import organisations
from songtor_proto.wire.exchange_pb2_grpc import add_ExchangeServiceServicer_to_server

STOP_SECONDS = 5
REFRESH_SECONDS = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """The ports that are open."""

    exchange: int
    enrolment: int
    liaison: int
    health: int


def run(hub: Hub, ready: Callable[[Ready], None]) -> None:
    """Serves until SIGTERM or SIGINT, then stops within seconds. Raises the error of whatever part failed."""
    # What is loaded stays and calls leave no cycles; to look for them less often saves a tenth of the work.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    stop = asyncio.Event()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for number in (signal.SIGTERM, signal.SIGINT):
            runner.get_loop().add_signal_handler(number, stop.set)
        runner.run(serve(hub, stop, ready))


async def serve(
    hub: Hub,
    stop: asyncio.Event,
    ready: Callable[[Ready], None],
    connection_age: timedelta = ports.CONNECTION_AGE,
) -> None:
    """`run` for a caller that has a loop; `stop` ends it."""
    listen, host = _prepare(hub)
    authority = Authority.of(hub.keyring, hub.network)
    certificate = ServerCertificate(authority, host, hub.clock, hub.random)
    admission = Admission(hub.engine, hub.network, hub.clock)
    secret = nonce_key(hub.keyring.get("signing_key"))
    desk = EnrolmentDesk(hub.engine, authority, secret, hub.clock, hub.random)

    exchange = ports.exchange_server(admission, connection_age)
    service = ExchangeService(Exchange(hub))
    add_ExchangeServiceServicer_to_server(service, exchange)
    enrolment = ports.enrolment_server(desk)
    web: list[HttpServer] = []
    try:
        rpc_ports = (
            ports.bind(exchange, listen.address, listen.ports[0], ports.credentials(certificate, hub.root)),
            ports.bind(enrolment, listen.address, listen.ports[1], ports.credentials(certificate, None)),
        )
        web.append(HttpServer(create_app(hub), listen.address, listen.ports[2], certificate.context()))
        web.append(HttpServer(health.create_app(hub, stop), LOOPBACK, listen.ports[3]))
        opened = Ready(*rpc_ports, *(server.port for server in web))
        if listen.port == 0:
            with writing(hub.engine) as connection:
                addresses.tell(connection, host, exchange=opened.exchange, enrolment=opened.enrolment)
        async with asyncio.TaskGroup() as group:
            work = [group.create_task(_refresh(certificate)), group.create_task(service.work())]
            for server in web:
                group.create_task(server.answer())
            await asyncio.gather(exchange.start(), enrolment.start(), *(server.up.wait() for server in web))
            ready(opened)
            await stop.wait()
            log.info("stopping")
            service.stop_waiting()
            for server in web:
                server.should_exit = True
            await asyncio.gather(exchange.stop(STOP_SECONDS), enrolment.stop(STOP_SECONDS))
            for task in work:
                task.cancel()
    except* Exception as failed:
        raise _first(failed) from failed
    finally:
        await asyncio.gather(exchange.stop(0), enrolment.stop(0))
        for server in web:
            server.close()
        await service.close()
        admission.close()


def _prepare(hub: Hub) -> tuple[Listen, str]:
    with writing(hub.engine) as connection:
        registry.fill(connection, organisations())
        return Listen.load(connection), settings.get(connection, "host")


async def _refresh(certificate: ServerCertificate) -> None:
    """gRPC asks for the certificate at each handshake; HTTPS takes the one that is there."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        await asyncio.to_thread(certificate.refresh)


def _first(group: BaseExceptionGroup[Exception]) -> Exception:
    """The error that stopped the rest; a declared one before others."""
    leaves = list(_leaves(group))
    return next((error for error in leaves if isinstance(error, SongtorError)), leaves[0])


def _leaves(error: BaseException) -> Iterator[Exception]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    elif isinstance(error, Exception):
        yield error
