"""When an event was, in words."""

from __future__ import annotations

from songtor_web.dates import date_text
from songtor_web.pictures.timeline.model import span
from songtor_web.pictures.timeline.order import Standing
from songtor_web.texts import Say

AND = " · "


def when(one: Standing, t: Say, lang: str) -> str:
    """`Mar 2019 – now`, or its place among the others by their numbers."""
    event = one.event
    until = f" – {date_text(event.until, lang)}" if event.until else ""
    if span(event.when):
        return date_text(event.when, lang) + until
    known = [
        str(t(f"pictures.timeline_{side}", n=number))
        for side, number in (("after", one.after), ("before", one.before))
        if number
    ]
    open_ = t("pictures.timeline_order_known" if one.placed else "pictures.timeline_not_known")
    return AND.join(filter(None, (" ".join(known), str(open_)))) + until
