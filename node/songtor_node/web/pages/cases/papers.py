"""A case's papers: photographs, documents, recordings."""

from __future__ import annotations

import re

from starlette.responses import Response

from songtor_node.cases import papers
from songtor_node.cases.papers import MAX_BYTES, Paper
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError

_MEGABYTES = MAX_BYTES / 1024**2 + 0.1
_RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})", re.ASCII)
_ALONE = {
    # Whatever a file holds, a browser may do nothing with it but show it.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Encoding": "identity",  # it is packed already
    "Accept-Ranges": "bytes",
}


def listing(visit: Visit) -> Response:
    with visit.at("papers") as at:
        return _listing(visit, at)


def add(visit: Visit) -> Response:
    chosen = visit.upload("photo") or visit.upload("file")
    try:
        file = papers.checked(chosen.file.read() if chosen else b"")
        with visit.at("papers") as at:
            if not papers.has(at.session, at.case, visit.said("name"), file):  # a thumb taps twice
                papers.keep(
                    at.session, at.case, name=visit.said("name"), file=file, kind="", by=at.by, now=at.now
                )
    except InputError as error:
        with visit.at("papers") as at:
            return _listing(visit, at, error)
    return visit.go(f"/cases/{at.case.code}/papers", done="paper_added")


def one(visit: Visit) -> Response:
    with visit.at("papers") as at:
        return visit.show("paper.html", **frame(at), paper=_paper(visit, at))


def rename(visit: Visit) -> Response:
    with visit.at("papers") as at:
        papers.rename(_paper(visit, at), visit.said("name"))
    return visit.go(f"/cases/{at.case.code}/papers", done="saved")


def content(visit: Visit) -> Response:
    """The file; a part of it where one is asked for, as some players do. A PDF is taken along, not shown."""
    with visit.at("papers") as at:
        paper = _paper(visit, at)
        whole = papers.content_of(at.session, paper)
    how = "attachment" if paper.media_type == "application/pdf" else "inline"
    headers = {**_ALONE, "Content-Disposition": f'{how}; filename="{paper.file_name}"'}
    asked = _RANGE.fullmatch(visit.request.headers.get("range", ""))
    first = int(asked[1]) if asked else 0
    if asked is None or first >= len(whole):
        return Response(whole, headers=headers, media_type=paper.media_type)
    last = min(int(asked[2] or len(whole)), len(whole) - 1)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(whole)}"
    return Response(whole[first : last + 1], 206, headers=headers, media_type=paper.media_type)


def ask_to_remove(visit: Visit) -> Response:
    with visit.at("papers") as at:
        return visit.show("paper_remove.html", **frame(at), paper=_paper(visit, at))


def remove(visit: Visit) -> Response:
    """Only the very one that was asked about; it can be put back."""
    with visit.at("take out paper") as at:
        paper = _paper(visit, at)
        if paper.loose and visit.said("was") != paper.sha256:
            raise InputError("not_here", field="paper")
        taken = papers.take_out(at.session, paper, by=at.by, now=at.now)
        return visit.go(f"/cases/{at.case.code}/papers", done="removed", undo=str(taken.id))


def _paper(visit: Visit, at: At) -> Paper:
    return papers.find(at.session, at.case, visit.params["paper"])


def _listing(visit: Visit, at: At, error: InputError | None = None) -> Response:
    kept = papers.listing(at.session, at.case)
    return visit.show(
        "papers.html",
        422 if error else 200,
        **frame(at),
        papers=kept,
        megabytes_left=papers.left(at.session, at.case)[1] // 1024**2,
        message=error.words(visit.lang) if error else "",
        name=papers.spoken(visit.said("name")),
    )


PAGES = (
    Page(path="/cases/{case}/papers", may=May.CASEWORK, get=listing, post=add, megabytes=_MEGABYTES),
    Page(path="/cases/{case}/papers/{paper}", may=May.CASEWORK, get=one, post=rename),
    Page(path="/cases/{case}/papers/{paper}/content", may=May.CASEWORK, get=content),
    Page(path="/cases/{case}/papers/{paper}/remove", may=May.CASEWORK, get=ask_to_remove, post=remove),
)
