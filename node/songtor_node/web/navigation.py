"""Where one can go from everywhere, by role; and how long a screen may stand idle."""

from __future__ import annotations

import re
from typing import NamedTuple

from songtor_node.workers import ADMIN, SEES_ALL, Worker

IDLE_SECONDS = 15 * 60
_IS_HERE = re.compile(r"/(?![/\\])")


class Place(NamedTuple):
    """`word`: a key of texts/places.yaml. `thumb`: it stands in the foot of a phone too."""

    path: str
    word: str
    icon: str
    current: bool
    thumb: bool


_FOR_ALL_CASES = (
    ("/", "today", "sun", True),
    ("/cases", "cases", "folder", True),
    ("/cases/new", "new_case", "plus", True),
    ("/referrals", "referrals", "send", False),
    ("/resources", "resources", "map-pin", False),
    ("/figures", "figures", "chart", False),
)
_FOR_SOME_CASES = _FOR_ALL_CASES[:5]
_FOR_ADMIN = (
    ("/", "today", "sun", True),
    ("/people", "people", "users", True),
    ("/node", "node", "server", True),
    ("/figures", "figures", "chart", False),
)
_MORE = ("/more", "more", "menu", True)


def places(worker: Worker | None, here: str) -> list[Place]:
    """The places of someone's role; the one that `here` lies in is current."""
    if worker is None:
        return []
    of_role = (
        _FOR_ADMIN if worker.role == ADMIN else _FOR_ALL_CASES if worker.role in SEES_ALL else _FOR_SOME_CASES
    )
    inside = [path for path, *_ in of_role if here == path or (path != "/" and here.startswith(f"{path}/"))]
    current = max(inside, key=len, default="")
    return [Place(path, word, icon, path == current, thumb) for path, word, icon, thumb in (*of_role, _MORE)]


def inside(path: str) -> str:
    """A path to go back to, if it is one of this node and no other address."""
    return path if _IS_HERE.match(path) else "/"
