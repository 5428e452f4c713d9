"""What was referred to this node: who waits for a decision, and what is decided with one tap."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.referrals import find, replies
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.pages.referring.referrals import standing, words
from songtor_node.web.visit import Visit
from songtor_proto.errors import EnvelopeError


def undecided(visit: Visit) -> Response:
    with visit.reading() as session:
        rows = [standing(visit, one) for one in find.undecided(session)]
        return visit.show("referral/incoming.html", **words(visit), rows=rows)


def accept(visit: Visit) -> Response:
    """A case of ours is made of it, which knows where it came from."""
    text = visit.params["reference"]
    try:
        with visit.act() as act:
            _, case = replies.accept(act, text)
            return visit.go(f"/cases/{case.code}", done="referral_accept")
    except EnvelopeError as error:
        return _moved_on(visit, error)


def start(visit: Visit) -> Response:
    try:
        with visit.act() as act:
            replies.start(act, visit.params["reference"])
    except EnvelopeError as error:
        return _moved_on(visit, error)
    return visit.go(f"/referrals/{visit.params['reference']}", done="referral_start")


def release(visit: Visit) -> Response:
    try:
        with visit.act() as act:
            replies.release(act, visit.params["reference"])
    except EnvelopeError as error:
        return _moved_on(visit, error)
    return visit.go(f"/referrals/{visit.params['reference']}", done="referral_release")


def _moved_on(visit: Visit, error: EnvelopeError) -> Response:
    """Pressed twice, or somebody else was first: its page says where it is."""
    if error.code != "envelope.transition":
        raise error
    return visit.go(f"/referrals/{visit.params['reference']}", done="moved_on")


PAGES = (
    Page(path="/referrals/incoming", may=May.ALL_CASES, get=undecided),
    Page(path="/referrals/{reference}/accept", may=May.CASEWORK, post=accept),
    Page(path="/referrals/{reference}/start", may=May.CASEWORK, post=start),
    Page(path="/referrals/{reference}/release", may=May.CASEWORK, post=release),
)
