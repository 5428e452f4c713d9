"""`make demo`: one evening of the network, told as it happens, and the proof at its end.

Exit code 0 only if all is as told. `--keep` leaves everything running until Ctrl-C and says where.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from tests.demo import around
from tests.demo.ledger import Ledger
from tests.demo.play import Play
from tests.demo.program import Failed
from tests.demo.prologue import MISSION
from tests.demo.proof import Proof
from tests.demo.stage import Stage
from tests.demo.story import play_all, prove
from tests.demo.teller import WIDTH, Teller

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HERE = Path(__file__).resolve().parents[2] / ".demo"


async def perform(lang: str, keep: bool, console: Console) -> int:
    stage = Stage(HERE / time.strftime("%Y%m%d-%H%M%S"), lang)
    ledger = Ledger()
    play = Play(stage, ledger, Proof(stage, ledger, MISSION))
    teller = Teller(console, lang)
    console.print(around.beginning(lang), markup=False)
    wrong: list[str] = ["…"]  # until it is known: what ends unforeseen is left to be looked at
    try:
        try:
            wrong = await play_all(play, teller) or await prove(play, teller)
        except Failed as failed:
            wrong = [str(failed)]
        except asyncio.CancelledError:
            wrong = []
            raise
        console.print()
        console.print(around.verdict(wrong, play, time.monotonic() - teller.began, lang), markup=False)
        if keep and not wrong:
            console.print(await around.keeping(play, lang), markup=False, soft_wrap=True)
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
    finally:
        await asyncio.shield(stage.close())
        if wrong:
            console.print(around.left_behind(stage, lang), markup=False, soft_wrap=True)
        else:
            shutil.rmtree(stage.folder)
    return 1 if wrong else 0


async def interruptible(lang: str, keep: bool, console: Console) -> int:
    """A first Ctrl-C (or a closed window) ends it all, within seconds; a second changes nothing."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None

    def stop() -> None:
        for number in ENDS:
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in ENDS:
        loop.add_signal_handler(number, stop)
    return await perform(lang, keep, console)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--lang", choices=("en", "th"), default="en")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    with suppress(asyncio.CancelledError):
        return asyncio.run(interruptible(given.lang, given.keep, console))
    return 130


if __name__ == "__main__":
    sys.exit(main())
