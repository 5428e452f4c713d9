"""A closed loop: so many calls in flight, each followed by the next, over one connection for each seat."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import grpc
import psutil

IN_FLIGHT = 64

Call = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


@dataclass(frozen=True)
class Target:
    """Where to call: one channel's address and credentials, and the process that answers."""

    address: str
    credentials: grpc.ChannelCredentials
    pid: int


@dataclass(frozen=True)
class Measured:
    """`p99` in seconds; `work`: processor time of who answers, seconds a call; `answers` in order."""

    calls: int
    seconds: float
    p99: float
    work: float
    answers: list[bytes]

    @property
    def rate(self) -> float:
        return self.calls / self.seconds


async def run(
    targets: Sequence[Target], method: str, messages: Sequence[Iterator[bytes]], seconds: float
) -> Measured:
    """Calls for that long, or until a target's messages end. Raises what a call raises: none may fail."""
    channels = [grpc.aio.secure_channel(target.address, target.credentials) for target in targets]
    calls: list[Call] = [channel.unary_unary(method) for channel in channels]
    took: list[float] = []
    answers: list[bytes] = []

    async def worker(call: Call, mine: Iterator[bytes], until: float) -> None:
        while (begun := perf_counter()) < until and (message := next(mine, None)):
            answers.append(await call(message))
            took.append(perf_counter() - begun)

    try:
        await asyncio.gather(*(channel.channel_ready() for channel in channels))
        start, before = perf_counter(), _processor_seconds(targets[0].pid)
        share = IN_FLIGHT // len(targets)
        await asyncio.gather(
            *(
                worker(call, mine, start + seconds)
                for call, mine in zip(calls, messages, strict=True)
                for _ in range(share)
            )
        )
        spent = perf_counter() - start
        work = _processor_seconds(targets[0].pid) - before
    finally:
        await asyncio.gather(*(channel.close() for channel in channels))
    took.sort()
    return Measured(len(took), spent, took[int(len(took) * 0.99)], work / len(took), answers)


def _processor_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
