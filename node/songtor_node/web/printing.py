"""What goes to paper from a case: its sheet, and the answer that a browser opens as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from sqlmodel import Session
from starlette.responses import Response

from songtor_node import workers
from songtor_node.settings import kept
from songtor_node.web.referral.parties import party
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError
from songtor_web.dates import time_text
from songtor_web.paper.press import PaperError, pdf
from songtor_web.paper.sheets import Block, Heading, Picture, Prose, Sheet

Words = Sequence[tuple[str, Sequence[str]]]
"""A picture in words: (heading, sentences)."""


def sheet_of(
    visit: Visit,
    title: str,
    blocks: Sequence[Block],
    *,
    code: str = "",
    subtitle: str = "",
    confidential: bool = True,
    wide: bool = False,
) -> Sheet:
    """In the visitor's language, with who we are above it, and below it the code, when and where it was
    printed."""
    with visit.reading() as session:
        seat = kept(session, "seat")
    printed = visit.t("paper.printed", when=time_text(visit.now, visit.lang))
    return Sheet(
        lang=visit.lang,
        title=title,
        blocks=blocks,
        head=party(seat, visit.lang) if seat else "",
        subtitle=subtitle,
        mark=str(visit.t("paper.confidential")) if confidential else "",
        foot=" · ".join(filter(None, (code, str(printed), seat))),
        wide=wide,
    )


def printed(*sheets: Sheet, name: str) -> Response:
    """Outside a transaction: it takes a moment. `name`: of the file, which says nothing of a case but its
    code. InputError("paper")."""
    try:
        content = pdf(*sheets)
    except PaperError:
        raise InputError("paper") from None
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, headers=headers, media_type="application/pdf")


class Drawn(NamedTuple):
    """A picture for paper: its parts, each on a page (SVG), what it is, and the same in words."""

    parts: Sequence[str]
    title: str
    words: Words
    wide: bool = False


Draw = Callable[[Visit, At, bool], Drawn]
"""Of the path's case; True: with names."""


def picture_page(what: str, draw: Draw) -> Callable[[Visit], Response]:
    """The page that gives that picture as a PDF, `?names=no` without names; `what`: the look's name."""

    def page(visit: Visit) -> Response:
        names = visit.asked("names") != "no"
        with visit.at(what) as at:
            code, drawn = at.case.code, draw(visit, at, names)
        return printed(picture_sheet(visit, drawn, code, names=names), name=code)

    return page


def staff(visit: Visit, session: Session) -> Mapping[str, Collection[str]]:
    """The names of all who work here or did, by the word that stands for them where names are hidden."""
    return {str(visit.t("paper.worker")): workers.names(session).values()}


def picture_sheet(visit: Visit, drawn: Drawn, code: str, *, names: bool) -> Sheet:
    subtitle = " · ".join([code, *([] if names else [str(visit.t("paper.without_names"))])])
    blocks = picture_blocks(drawn.parts, drawn.title, drawn.words)
    return sheet_of(visit, drawn.title, blocks, code=code, subtitle=subtitle, wide=drawn.wide)


def picture_blocks(parts: Sequence[str], title: str, words: Words) -> list[Block]:
    blocks: list[Block] = [Picture(svg, title) for svg in parts]
    for heading, sentences in filter(lambda one: one[1], words):
        blocks += [Heading(str(heading))] if heading else []
        blocks.append(Prose("\n".join(f"- {one}" for one in sentences), small=True))
    return blocks
