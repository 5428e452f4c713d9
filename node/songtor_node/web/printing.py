"""What goes to paper from a case: its sheet, and the answer that a browser opens as a PDF."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from songtor_node.settings import kept
from songtor_node.web.referral.parties import party
from songtor_node.web.visit import Visit
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


def picture_pdf(
    visit: Visit, svg: str | Sequence[str], title: str, words: Words, *, wide: bool = False
) -> Response:
    """A picture of the path's case, one part of it to a page where it has several; then the same in words."""
    code = visit.params["case"].upper()
    hidden = [str(visit.t("paper.without_names"))] if visit.asked("names") == "no" else []
    blocks = picture_blocks([svg] if isinstance(svg, str) else svg, title, words)
    subtitle = " · ".join([code, *hidden])
    return printed(sheet_of(visit, title, blocks, code=code, subtitle=subtitle, wide=wide), name=code)


def picture_blocks(parts: Sequence[str], title: str, words: Words) -> list[Block]:
    blocks: list[Block] = [Picture(svg, title) for svg in parts]
    for heading, sentences in filter(lambda one: one[1], words):
        blocks += [Heading(str(heading))] if heading else []
        blocks.append(Prose("\n".join(f"- {one}" for one in sentences)))
    return blocks
