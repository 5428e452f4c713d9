"""A closed loop: so many calls in flight, each followed by the next, over one connection for each seat."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import grpc

IN_FLIGHT = 64

Call = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


@dataclass(frozen=True)
class Target:
    """Where to call: one channel's address and credentials."""

    address: str
    credentials: grpc.ChannelCredentials


@dataclass(frozen=True)
class Measured:
    """`p99` in seconds; `answers` as they came."""

    calls: int
    seconds: float
    p99: float
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
        start = perf_counter()
        share = IN_FLIGHT // len(targets)
        await asyncio.gather(
            *(
                worker(call, mine, start + seconds)
                for call, mine in zip(calls, messages, strict=True)
                for _ in range(share)
            )
        )
        spent = perf_counter() - start
    finally:
        await asyncio.gather(*(channel.close() for channel in channels))
    took.sort()
    return Measured(len(took), spent, took[int(len(took) * 0.99)], answers)
