"""From the events of a case to the timeline of a life. Pure. (The case's own steps are none of them.)"""

from __future__ import annotations

from collections.abc import Collection

from songtor_node.cases.names import hiding
from songtor_node.cases.record import CaseRecord
from songtor_web.dates import ABOUT
from songtor_web.pictures.timeline.model import Event, Timeline


def picture(record: CaseRecord, *, names: bool = True) -> Timeline:
    """Without names, who is named in it gives way to what they are to the client, and of the month in which
    somebody was born or died the year alone is told."""
    hide = str if names else hiding(record)
    months = set() if names else _births_and_deaths(record)
    return Timeline(
        tuple(
            Event(
                key=one.key,
                text=hide(one.text),
                when=_told(one.when, months),
                until=_told(one.until, months),
                after=one.after,
                before=one.before,
                led_to=tuple(one.led_to),
                theme=hide(one.theme),
            )
            for one in record.events
        )
    )


def _births_and_deaths(record: CaseRecord) -> set[str]:
    """The months, as far as they are known: `2014-06`."""
    people = (record.client, *record.people)
    dates = [when for one in people for when in (one.birth_date, one.death_date)]
    return {when[:7] for when in dates if len(when) >= 7}


def _told(when: str, months: Collection[str]) -> str:
    if when[:7] not in months:
        return when
    return when[:4] + (ABOUT if when.endswith(ABOUT) else "")
