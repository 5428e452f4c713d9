"""What stands on a sheet of paper, block by block, before it is set. Plain data: whatever somebody wrote is
text here and stays text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs; a line is one. Lines that begin with a dash are a list. `whole`: all on one page."""

    text: str
    small: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What must not be overlooked, in a frame."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels, each with what is known."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """`widths`: shares of the line, one a column. Its head stands on each page again."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]


@dataclass(frozen=True, slots=True)
class Picture:
    """`svg`: one of ours, as large as the page allows. `caption`: what it is, for who cannot see it."""

    svg: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ToWrite:
    """Room for so many lines of handwriting. `label` begins with the number that the screen shows too."""

    label: str
    hint: str = ""
    lines: int = 1


@dataclass(frozen=True, slots=True)
class ToTick:
    """`several`: squares; else circles, of which one is crossed."""

    label: str
    options: Sequence[str]
    hint: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class ToDate:
    """Boxes for the digits of a day, a month and a year, each with its word beneath."""

    label: str
    parts: tuple[str, str, str]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Lines to sign on, one a label. `what` is signed stands right above them."""

    labels: Sequence[str]
    what: str = ""


Block = Heading | Prose | Note | Facts | Table | Picture | ToWrite | ToTick | ToDate | Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`head`: whose it is, above the title. `mark`: how it is to be kept ("confidential"). `foot`: a code,
    when and where it was printed. `code`: of a blank form, printed large and as a QR code. `wide`: across.
    `goes_on`: its pages are counted on from the sheet before."""

    lang: str
    title: str
    blocks: Sequence[Block]
    head: str = ""
    subtitle: str = ""
    mark: str = ""
    foot: str = ""
    code: str = ""
    wide: bool = False
    goes_on: bool = False
