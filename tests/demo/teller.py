"""Tells the story in its order, though its scenes run side by side: one live, the others in their turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

WIDTH = 110


class Scene:
    """What is told of one part of the story."""

    def __init__(self, title: str, lang: str) -> None:
        self.title, self.lang = title, lang
        self._told: asyncio.Queue[RenderableType | None] = asyncio.Queue()

    def choose(self, en: str, th: str) -> str:
        return th if self.lang == "th" else en

    def say(self, en: str, th: str) -> None:
        """A sentence or two. Case data may stand in it: nothing is read as markup."""
        self._told.put_nowait(Padding(Text(self.choose(en, th)), (0, 0, 0, 2), expand=False))

    def quote(self, who: str, words: str) -> None:
        """What a person in the story said or wrote."""
        self._told.put_nowait(
            Padding(Text.assemble((f"{who}: ", "bold"), f"“{words}”"), (0, 0, 0, 6), expand=False)
        )

    def show(self, table: RenderableType) -> None:
        self._told.put_nowait(Padding(table, (0, 0, 0, 2), expand=False))

    def close(self) -> None:
        self._told.put_nowait(None)

    async def next(self) -> RenderableType | None:
        return await self._told.get()


class Teller:
    """Writes to the console; a bar at the foot shows how far it is, where there is a terminal."""

    def __init__(self, console: Console, lang: str) -> None:
        self.console, self.lang = console, lang
        self.began = time.monotonic()

    def scene(self, en: str, th: str) -> Scene:
        return Scene(th if self.lang == "th" else en, self.lang)

    async def tell(self, scenes: Sequence[Scene]) -> None:
        """Until the last is closed."""
        bar = Progress(
            TextColumn("[cyan]{task.description}"),
            BarColumn(30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        with bar:
            task = bar.add_task("", total=len(scenes))
            for scene in scenes:
                bar.update(task, description=escape(scene.title))
                self.console.print()
                self.console.print(Text(scene.title, "bold cyan"))
                while (told := await scene.next()) is not None:
                    self.console.print(told)
                bar.advance(task)
