"""The writer: what waits is done together, each gets their own answer, no crash loses what was answered."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from songtor_hub.exchange.writer import WAITING, Grouped
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import envelope, task
from songtor_hub.translog.append import frontier
from songtor_proto.errors import LinkError, StoreError
from songtor_proto.wire.exchange_pb2 import SubmitRequest, SubmitResponse
from tests.support.post import Post
from tests.support.submitter import pack

SECONDS = 20


class Work:
    """Doubles numbers. While `hold` is not set the thread waits; `groups` says what it got together."""

    def __init__(self) -> None:
        self.hold = threading.Event()
        self.hold.set()
        self.groups: list[list[int]] = []
        self.error: Exception | None = None
        self.failed = asyncio.Event()

    def __call__(self, numbers: list[int]) -> Sequence[int]:
        self.groups.append(numbers)
        assert self.hold.wait(SECONDS)
        if self.error is not None:
            raise self.error
        return [2 * number for number in numbers]

    def grouped(self, linger: float = 0.0) -> Grouped[int, int]:
        return Grouped(self, self.failed.set, name="work", linger=linger)


async def test_what_waits_is_done_together_and_each_gets_its_own() -> None:
    """D2: in the order in which it came."""
    work = Work()
    writer = work.grouped()
    work.hold.clear()
    calls = [asyncio.create_task(writer.do(number)) for number in range(100)]
    await asyncio.sleep(0)
    work.hold.set()
    assert await asyncio.gather(*calls) == [2 * number for number in range(100)]
    assert [number for group in work.groups for number in group] == list(range(100))
    assert len(work.groups) <= 3
    await writer.stop()


async def test_a_lone_call_does_not_linger() -> None:
    """The linger is for load: with an hour of it, one call after the other is still answered at once."""
    work = Work()
    writer = work.grouped(linger=3600.0)
    async with asyncio.timeout(SECONDS):
        assert [await writer.do(number) for number in range(3)] == [0, 2, 4]
    await writer.stop()


async def test_a_failing_store_fails_its_group_and_the_thread_goes_on() -> None:
    """Row 24: everyone in the group is told, and the next one is served."""
    work = Work()
    writer = work.grouped()
    work.error = StoreError("unavailable")
    with pytest.raises(StoreError):
        await writer.do(1)
    work.error = None
    assert await writer.do(1) == 2
    assert not work.failed.is_set()
    await writer.stop()


async def test_a_fault_of_ours_stops_the_service() -> None:
    """Nobody is answered wrongly: the thread ends, whoever waits is told, and the server learns of it."""
    work = Work()
    writer = work.grouped()
    work.error = ZeroDivisionError()
    with pytest.raises(StoreError):
        await writer.do(1)
    async with asyncio.timeout(SECONDS):
        await work.failed.wait()
    with pytest.raises(LinkError):
        await writer.do(1)


async def test_the_queue_is_bounded() -> None:
    """P5: what comes on top is told to come again, and nothing of it is kept."""
    work = Work()
    writer = work.grouped()
    work.hold.clear()
    full = asyncio.create_task(writer.do(1, WAITING))
    await asyncio.sleep(0)
    with pytest.raises(LinkError, match=r"link\.busy"):
        await writer.do(2)
    work.hold.set()
    assert await full == 2
    assert await writer.do(2) == 4
    await writer.stop()


async def test_a_caller_who_left_disturbs_nobody() -> None:
    """D2: what it sent is done all the same, since it may have been committed by then."""
    work = Work()
    writer = work.grouped()
    work.hold.clear()
    gone, stays = asyncio.create_task(writer.do(1)), asyncio.create_task(writer.do(2))
    await asyncio.sleep(0)
    gone.cancel()
    work.hold.set()
    assert await stays == 4
    assert [number for group in work.groups for number in group] == [1, 2]
    await writer.stop()


def test_killed_between_commit_and_answer(post: Post, tmp_path: Path) -> None:
    """Row 20, 21, D3: what was answered is there, the same receipt comes again, nothing is there twice."""
    sent = [
        SubmitRequest(envelopes=[post.berlin.refer(post.dwf), post.berlin.refer(post.taipei)])
        for _ in range(40)
    ]
    requests = tmp_path / "requests"
    requests.write_bytes(pack(sent))
    command = [sys.executable, "-m", "tests.support.submitter", str(post.hub.data), str(requests)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answers = [process.stdout.readline() for _ in range(17)]
        process.kill()
    answered = [SubmitResponse.FromString(bytes.fromhex(line)) for line in answers]
    before = _stored(post)
    again = [post.submit(*request.envelopes) for request in sent]
    assert again[: len(answered)] == answered
    assert [post.submit(*request.envelopes) for request in sent] == again
    assert before[0] >= 2 * len(answered)
    assert _stored(post)[:2] == (80, 80)


def _stored(post: Post) -> tuple[Any, Any, int]:
    with reading(post.hub.engine) as connection:
        size = frontier(connection).size
        return (
            connection.scalar(select(func.count()).select_from(envelope)),
            connection.scalar(select(func.count()).select_from(task)),
            size,
        )
