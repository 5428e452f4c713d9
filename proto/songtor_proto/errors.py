"""Everything that can go wrong, by whose fault it is. Rule X1 of docs/protocol.md.

A code is stable and public; its text comes from data/errors.yaml, in Thai and English. `detail` is for the
log of the side that raises and never holds case data; `field` names the field at fault and may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar

import yaml


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue. `grpc` is the name of a gRPC status code; `exit_code` that of a process."""

    code: str
    th: str
    en: str
    grpc: str
    exit_code: int

    def words(self, lang: str) -> str:
        """What happened and what to do."""
        return self.en if lang == "en" else self.th


@cache
def catalogue() -> dict[str, Entry]:
    """Every error code with its public text."""
    text = files("songtor_proto").joinpath("data/errors.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=yaml.CSafeLoader)
    families = data["families"]
    return {
        code: Entry(
            code=code,
            th=line["th"],
            en=line["en"],
            grpc=line.get("grpc", families[code.split(".")[0]]["grpc"]),
            exit_code=families[code.split(".")[0]]["exit_code"],
        )
        for code, line in data["errors"].items()
    }


class SongtorError(Exception):
    """Base of all declared errors; raise one of the families below."""

    family: ClassVar[str]

    def __init__(self, code: str, *, field: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.code = f"{self.family}.{code}"
        self.field = field
        self.detail = detail

    @property
    def entry(self) -> Entry:
        return catalogue()[self.code]

    def words(self, lang: str) -> str:
        """What happened and what to do, where the field at fault is shown with it."""
        return self.entry.words(lang)

    def public(self, lang: str = "th") -> str:
        """One line for a person: what happened and what to do, and the field at fault."""
        text = self.words(lang)
        return f"{text} [{self.field}]" if self.field else text

    def __str__(self) -> str:
        return " ".join(part for part in (self.code, self.field) if part)


class InputError(SongtorError):
    """What was given cannot be read or is not allowed here."""

    family = "input"


class ConsentError(SongtorError):
    """The disclosure has no valid ground, or says more than its ground."""

    family = "consent"


class EnvelopeError(SongtorError):
    """The message is not what the protocol says."""

    family = "envelope"


class PeerError(SongtorError):
    """The other side is not who it must be, or may not do this."""

    family = "peer"


class LinkError(SongtorError):
    """The line failed; the same call may succeed later."""

    family = "link"


class StoreError(SongtorError):
    """This side's own store or key files failed."""

    family = "store"


def declared(code: str, *, field: str = "") -> SongtorError | None:
    """The error of that full code, as the other side named it; None where our catalogue has no such code."""
    family, _, name = code.partition(".")
    if code not in catalogue():
        return None
    return next(kind(name, field=field) for kind in SongtorError.__subclasses__() if kind.family == family)
