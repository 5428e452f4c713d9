"""Rates of the hub beside the echo's, measured in turns, so that what else the machine does falls on both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from statistics import median

from songtor_proto.wire.exchange_pb2 import SubmitResponse
from tests.bench import echo
from tests.bench.load import Measured, Target, run
from tests.bench.network import Network

ROUNDS = 3
BATCH = 32
# Calls a second of one seat that no machine exceeds, for which letters are made ready.
MOST_UNARY, MOST_BATCHED = 1200, 80

_SERVICE = "/songtor.v1.ExchangeService"


@dataclass(frozen=True)
class Rates:
    """Medians over the rounds. `echo` in calls a second, its p99 in seconds; others as multiples of these.

    `…_work` is the echo's processor time a call over the hub's, a call or an envelope: what other programs on
    the machine do hardly moves it. (PostgreSQL's own processes are not counted.)
    """

    echo: float
    echo_p99: float
    unary: float
    unary_p99: float
    batched: float
    status: float
    unary_work: float
    batched_work: float
    status_work: float


async def measure(network: Network, bare: Sequence[Target], seconds: float) -> Rates:
    rounds = [await _round(network, bare, seconds) for _ in range(ROUNDS)]
    return Rates(*(median(values) for values in zip(*rounds, strict=True)))


async def _round(network: Network, bare: Sequence[Target], seconds: float) -> tuple[float, ...]:
    letters, targets = network.letters, network.targets
    limit = await run(bare, echo.METHOD, [repeat(letters[0].example())] * len(bare), seconds)

    async def submit(calls: int, batch: int) -> Measured:
        ready = [one.requests(int(calls * seconds), batch) for one in letters]
        return _taken_in(await run(targets, f"{_SERVICE}/Submit", ready, seconds))

    unary, batched = await submit(MOST_UNARY, 1), await submit(MOST_BATCHED, BATCH)
    asked: list[Iterator[bytes]] = [one.status_requests() for one in letters]
    status = await run(targets, f"{_SERVICE}/GetStatus", asked, seconds)
    return (
        limit.rate,
        limit.p99,
        unary.rate / limit.rate,
        unary.p99 / limit.p99,
        batched.rate * BATCH / limit.rate,
        status.rate / limit.rate,
        limit.work / unary.work,
        limit.work / batched.work * BATCH,
        limit.work / status.work,
    )


def _taken_in(measured: Measured) -> Measured:
    """A rate of refusals would be worth nothing."""
    for answer in measured.answers:
        assert all(result.receipt for result in SubmitResponse.FromString(answer).results)
    return measured
