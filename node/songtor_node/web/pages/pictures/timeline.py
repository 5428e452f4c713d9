"""The timeline of a life: drawn, as a list, one part of life at a time; its events are added in any order."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import Response

from songtor_node.cases.models import Event
from songtor_node.cases.pictures.timeline import picture
from songtor_node.cases.record import read_record
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.printing import Drawn, picture_page
from songtor_node.web.visit import At, Visit, number
from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import ABOUT
from songtor_web.fields import Option
from songtor_web.pictures.timeline.draw import draw
from songtor_web.pictures.timeline.layout import NARROW, WIDE, layout
from songtor_web.pictures.timeline.model import Timeline
from songtor_web.pictures.timeline.order import Standing, in_order
from songtor_web.pictures.timeline.paged import pages
from songtor_web.pictures.timeline.says import when
from songtor_web.pictures.timeline.words import words

_LONGEST = 70
"""Letters of an event where it is one of many to choose from."""


def _lists(visit: Visit, at: At) -> Lists:
    """The other events in their order, and parts of life: those of the network and those already used."""
    record = read_record(at.session, at.case)
    life = picture(record)
    row = at.session.get(Event, number(visit.params.get("number", "")))
    own = row.key if row else ""
    others = [Option(one.event.key, _called(visit, one)) for one in in_order(life) if one.event.key != own]
    gone = {row.after, row.before, *row.led_to} - {"", *(one.key for one in record.events)} if row else set()
    others += [Option(key, str(visit.t("timeline.taken_out"))) for key in sorted(gone)]
    known = [term.label(visit.lang) for term in vocabulary().life_themes.values()]
    return {
        **dict.fromkeys(("after", "before", "led_to"), others),
        "theme": [Option(theme, theme) for theme in dict.fromkeys(known + life.themes)],
    }


def _called(visit: Visit, one: Standing) -> str:
    words = f"{one.number}. {when(one, visit.t, visit.lang)}: {one.event.text}"
    return words if len(words) <= _LONGEST else words[:_LONGEST].rstrip() + "…"


EVENT = EntryForm(
    kind="event",
    path="/timeline",
    new="/new",
    title="timeline.event",
    asks=(
        Ask("text", words="event_text"),
        Ask("when", "partial_date", words="event_when", options=("about",)),
        Ask("until", "partial_date", words="event_until", options=("about", "still")),
        Ask("theme", words="event_theme"),
        Ask("after", "list", words="event_after"),
        Ask("before", "list", words="event_before"),
        Ask("led_to", "checks", words="event_led_to"),
    ),
    more=("after", "before", "led_to"),
    more_words="timeline.more",
    lists=_lists,
)


def overview(visit: Visit) -> Response:
    """`?theme=2`: the second part of life that is used (its words never stand in an address)."""
    with visit.at("events") as at:
        record = read_record(at.session, at.case)
        life = picture(record)
        place, today = number(visit.asked("theme")), at.now.astimezone().date().isoformat()
        theme = life.themes[place - 1] if 0 < place <= len(life.themes) else ""
        rows = {one.key: one.id for one in record.events}
        return visit.show(
            "care/timeline.html",
            **frame(at),
            picture=_drawn(visit, life, theme),
            words=words(life, t=visit.t, lang=visit.lang, theme=theme),
            themes=life.themes,
            theme=theme,
            events=[
                (
                    one,
                    rows[one.event.key],
                    when(one, visit.t, visit.lang),
                    one.event.when.removesuffix(ABOUT) > today,
                )
                for one in in_order(life)
                if not theme or one.event.theme == theme
            ],
        )


def _drawn(visit: Visit, life: Timeline, theme: str) -> Markup:
    """Once for a phone and once for a desk, of which one is seen."""
    found = Markup()
    for name, room in (("on-phone", NARROW), ("on-desk", WIDE)):
        placed = layout(life, t=visit.t, lang=visit.lang, room=room, theme=theme)
        svg = draw(placed, t=visit.t, lang=visit.lang, name=name)
        found += Markup('<div class="{}">{}</div>').format(name, svg)
    return found


def on_paper(visit: Visit, at: At, names: bool) -> Drawn:
    """On as many sheets as it needs."""
    life = picture(read_record(at.session, at.case), names=names)
    said = words(life, t=visit.t, lang=visit.lang)
    placed = layout(life, t=visit.t, lang=visit.lang, room=WIDE)
    parts = [draw(part, t=visit.t, lang=visit.lang) for part in pages(placed)]
    return Drawn(parts, str(visit.t("timeline.title")), said)


_TIMELINE = "/cases/{case}/timeline"
PAGES = (
    Page(path=_TIMELINE, may=May.CASEWORK, get=overview),
    Page(path=f"{_TIMELINE}.pdf", may=May.CASEWORK, get=picture_page("events", on_paper)),
    Page(path=f"{_TIMELINE}/new", may=May.CASEWORK, get=EVENT.add, post=EVENT.added),
    Page(path=f"{_TIMELINE}/{{number}}", may=May.CASEWORK, get=EVENT.change, post=EVENT.changed),
    Page(path=f"{_TIMELINE}/{{number}}/out", may=May.CASEWORK, post=EVENT.out),
)
