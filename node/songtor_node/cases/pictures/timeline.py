"""From the events of a case to the timeline of a life. Pure. (The case's own steps are none of them.)"""

from __future__ import annotations

from songtor_node.cases.names import hiding
from songtor_node.cases.record import CaseRecord
from songtor_web.pictures.timeline.model import Event, Timeline


def picture(record: CaseRecord, *, names: bool = True) -> Timeline:
    """Without names, who is named in it gives way to what they are to the client."""
    hide = str if names else hiding(record)
    return Timeline(
        tuple(
            Event(
                key=one.key,
                text=hide(one.text),
                when=one.when,
                until=one.until,
                after=one.after,
                before=one.before,
                led_to=tuple(one.led_to),
                theme=hide(one.theme),
            )
            for one in record.events
        )
    )
