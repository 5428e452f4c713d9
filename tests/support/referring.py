"""A worker who refers a case with the pages alone."""

from __future__ import annotations

import re
from typing import Any

from tests.support.linked import LinkedNode
from tests.support.visitor import Visitor, visitor

SAFE = ("demographics", "place", "problems", "threat")
IN_PART = {"hx-request": "true", "hx-target": "disclosure"}


def at(linked: LinkedNode, worker: str = "malee", lang: str = "en") -> Visitor:
    return visitor(linked.node, worker, lang)


def text_of(page: str) -> str:
    """What a person reads in the page's middle."""
    middle = page[page.find("<main") : page.find("</main>")] if "<main" in page else page
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]*>", " ", middle, flags=re.DOTALL)).strip()


def task_of(page: str) -> str:
    found = re.search(r'name="task" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def choose(who: Visitor, case: str, *, purpose: str = "domestic_violence", to: str = "TH-00/dwf") -> str:
    """What for, and to whom; gives where that leads."""
    assert who.post(f"/cases/{case}/refer", {"purpose": purpose}).headers["location"].endswith("/whom")
    who.post(f"/cases/{case}/refer/whom", {"to": to})
    answer = who.get(f"/cases/{case}/refer/look")
    return str(answer.headers.get("location", f"/cases/{case}/refer/look"))


def go_on(who: Visitor, case: str, *tick: str, **said: Any) -> str:
    """On from the two columns; gives where that leads."""
    answer = who.post(f"/cases/{case}/refer/look", {"ticked": "true", "tick": list(tick or SAFE), **said})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def send(who: Visitor, case: str) -> str:
    """The last look and the last button; gives the reference."""
    page = who.get(f"/cases/{case}/refer/send")
    assert page.status_code == 200
    answer = who.post(f"/cases/{case}/refer/send", {"task": task_of(page.text)})
    return str(answer.headers["location"]).partition("?")[0].rpartition("/")[2]


def refer(linked: LinkedNode, *tick: str, case: str = "", **agreed: Any) -> str:
    """A case of its own under consent, referred with the pages; gives the reference."""
    who, case = at(linked), case or linked.case()
    linked.consent(case, **agreed)
    to = next(iter(agreed.get("recipients", ("TH-00/dwf",))))
    assert choose(who, case, purpose=agreed.get("purpose", "domestic_violence"), to=to).endswith("/look")
    assert go_on(who, case, *tick).endswith("/send")
    return send(who, case)
