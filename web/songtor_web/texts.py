"""The words of the pages: one line a phrase, Thai beside English, in a YAML file for each room.

    waiting: ["{n} เรื่องรออินเทอร์เน็ต", "{n} referrals wait for the line", "1 referral waits for the line"]

The third text, where there is one, is the English one for `n` = 1. What is put into a phrase is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Protocol

import yaml
from markupsafe import Markup

LANGUAGES = ("th", "en")


class Say(Protocol):
    """`t("shell.draft_kept", time="14:05")`, in the language of whoever looks."""

    def __call__(self, key: str, **values: object) -> Markup: ...


class Texts:
    """Phrases by `file.key`; ValueError where a line has not both languages."""

    def __init__(self, folders: Iterable[Traversable]) -> None:
        self.phrases: dict[str, Sequence[str]] = {}
        for folder in folders:
            for file in sorted(folder.iterdir(), key=lambda one: one.name):
                if file.name.endswith(".yaml"):
                    self._add(
                        file.name.removesuffix(".yaml"), yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
                    )

    def _add(self, room: str, lines: Mapping[str, Sequence[str]]) -> None:
        for key, phrase in lines.items():
            if not (
                isinstance(phrase, list)
                and len(phrase) in (2, 3)
                and all(isinstance(one, str) for one in phrase)
            ):
                raise ValueError(f"{room}.{key}: not a Thai and an English text")
            self.phrases[f"{room}.{key}"] = phrase

    def __contains__(self, key: str) -> bool:
        return key in self.phrases

    def say(self, lang: str, key: str, **values: object) -> Markup:
        phrase = self.phrases[key]
        if lang == "th":
            text = phrase[0]
        else:
            text = phrase[2] if len(phrase) == 3 and values.get("n") == 1 else phrase[1]
        said = Markup(text)  # noqa: S704 — ours; what comes from elsewhere is put in by `format`, escaped
        return said.format(**values) if values else said

    def speaking(self, lang: str) -> Say:
        return partial(self.say, lang)


def shared(lang: str) -> Say:
    """The words that both sides share, where there is no page: what stands in this distribution alone."""
    return _shared().speaking(lang)


@cache
def keys_by_text(like: str) -> Mapping[str, str]:
    """Of the shared phrases whose keys begin like that, by what they say in either language."""
    shared_ones = _shared().phrases.items()
    return {text: key for key, phrase in shared_ones if key.startswith(like) for text in phrase[:2]}


@cache
def _shared() -> Texts:
    return Texts([files("songtor_web") / "texts"])
