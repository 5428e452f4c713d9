"""An SVG that is being drawn: shapes, text, links, in the ink and the colours that all pictures share.

The unit is the CSS pixel, y grows downwards. Colours are presentation attributes, because the pages' security
policy refuses styles; a picture is light in a dark page too, and prints as it is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

INK, SOFT, RULE, EDGE, SHEET, GREY = "#20241f", "#555a50", "#ddd2bb", "#8d8468", "#fffdf8", "#efe9db"
TEAL, TEAL_WASH, MARIGOLD, MARIGOLD_WASH = "#0a5a5c", "#e2eeeb", "#eaa221", "#fcefcf"
STRONG = {"red": "#a51f17", "yellow": "#7a5600", "green": "#1c6539", "pink": "#a02c62", "unknown": SOFT}
"""Of each meaning, for lines and words."""
WASH = {"red": "#fbe5e1", "yellow": "#fdf1c4", "green": "#e2f1e4", "pink": "#fbe6ef", "unknown": SHEET}
"""Of each meaning, for areas; with its pattern it is told apart in black and white too."""
_HATCH = {
    "red": '<path d="M-2 2 2-2M0 8 8 0M6 10 10 6" stroke="{c}" stroke-width="2"/>',
    "yellow": '<circle cx="2" cy="2" r="1.3" fill="{c}"/><circle cx="6" cy="6" r="1.3" fill="{c}"/>',
    "pink": '<path d="M0 4H8" stroke="{c}" stroke-width="1.2"/>',
    "green": "",
    "unknown": "",
}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FAMILY = "Sarabun, Noto Sans Thai, Leelawadee UI, Thonburi, sans-serif"

Points = Iterable[tuple[float, float]]


class Drawing:
    """A picture of that size. `title` names it for who cannot see it; `name` keeps its inner ids apart from
    those of other pictures in a page. `live`: it has links inside, and is no single image."""

    def __init__(
        self, width: float, height: float, *, title: str, name: str = "picture", live: bool = False
    ) -> None:
        self.width, self.height, self.title, self.name, self.live = width, height, title, name, live
        self._parts: list[str] = []
        self._patterns: dict[str, str] = {}

    def rect(
        self, x: float, y: float, width: float, height: float, *, radius: float = 0, **look: object
    ) -> None:
        round_off = f' rx="{_n(radius)}"' if radius else ""
        box = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
        self._add(f"<rect {box}{round_off}{_look(look)}/>")

    def circle(self, x: float, y: float, radius: float, **look: object) -> None:
        self._add(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"{_look(look)}/>')

    def line(self, points: Points, **look: object) -> None:
        """Through all the points, open."""
        self._add(f'<polyline points="{_points(points)}"{_look({"fill": "none", **look})}/>')

    def polygon(self, points: Points, **look: object) -> None:
        self._add(f'<polygon points="{_points(points)}"{_look(look)}/>')

    def path(self, d: str, **look: object) -> None:
        """`d` as in SVG; numbers come from `number`."""
        self._add(f'<path d="{d}"{_look({"fill": "none", **look})}/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 14,
        bold: bool = False,
        anchor: str = "start",
        fill: str = INK,
    ) -> None:
        """One line, its baseline at y."""
        weight = ' font-weight="600"' if bold else ""
        at = "" if anchor == "start" else f' text-anchor="{anchor}"'
        place = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"'
        self._add(f'<text {place}{weight}{at} fill="{fill}">{_plain(words)}</text>')

    def lines(
        self,
        x: float,
        y: float,
        words: Sequence[str],
        *,
        size: float = 14,
        leading: float = 1.45,
        bold: bool = False,
        anchor: str = "start",
        fill: str = INK,
    ) -> None:
        """One beneath the other, the first baseline at y."""
        for number, one in enumerate(words):
            self.text(x, y + number * size * leading, one, size=size, bold=bold, anchor=anchor, fill=fill)

    def pattern(self, meaning: str) -> str:
        """How an area of that meaning is filled (`fill=`): its wash with its pattern on it."""
        if not _HATCH[meaning]:
            return WASH[meaning]
        made = f"{self.name}-{meaning}"
        hatch = _HATCH[meaning].format(c=STRONG[meaning])
        self._patterns[meaning] = (
            f'<pattern id="{made}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{WASH[meaning]}"/>{hatch}</pattern>'
        )
        return f"url(#{made})"

    @contextmanager
    def group(self, **marks: str) -> Iterator[None]:
        """What belongs together; `marks` become data- attributes, by which tests and readers find it."""
        self._add("<g" + "".join(f" data-{key}={_quoted(value)}" for key, value in marks.items()) + ">")
        yield
        self._add("</g>")

    @contextmanager
    def link(self, href: str, says: str, anchor: str = "", *, focus: bool = False) -> Iterator[None]:
        """What is drawn inside can be followed, by keyboard too; `says`: where it leads. `anchor`: by which a
        page's address points here; `focus`: it has the focus when the page opens."""
        here = f" id={_quoted(anchor)}" if anchor else ""
        here += ' data-focus=""' if focus else ""
        self._add(f"<a href={_quoted(href)}{here} aria-label={_quoted(says)}>")
        yield
        self._add("</a>")

    def svg(self) -> Markup:
        """The whole picture; `xml:lang` and font are those of the page around it."""
        patterns = "".join(self._patterns.values())
        defs = f"<defs>{patterns}</defs>" if patterns else ""
        role = "group" if self.live else "img"
        return Markup(  # noqa: S704 — whatever was typed is escaped where it was drawn
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self.width)} {_n(self.height)}" '
            f'width="{_n(self.width)}" height="{_n(self.height)}" role="{role}" '
            f'aria-label={_quoted(self.title)} font-family="{FAMILY}">{defs}{"".join(self._parts)}</svg>'
        )

    def __html__(self) -> str:
        """In a template it stands as it is: whatever was typed is escaped already."""
        return self.svg()

    def _add(self, part: str) -> None:
        self._parts.append(part)


def number(value: float) -> str:
    """As SVG takes it, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


_n = number


def _plain(words: str) -> str:
    return escape(_NO_XML.sub("", words))


def _quoted(words: str) -> str:
    return quoteattr(_NO_XML.sub("", words))


def _points(points: Points) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _look(look: dict[str, object]) -> str:
    """`stroke_width=2` is `stroke-width="2"`; None is left out."""
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_n(value) if isinstance(value, float) else value}"'
        for key, value in look.items()
        if value is not None
    )
