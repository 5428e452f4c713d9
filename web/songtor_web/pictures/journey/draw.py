"""A placed journey as a drawing: its stages in colour and pattern, and every one of them in words too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text, month_text, year_shown
from songtor_web.pictures import drawing as ink
from songtor_web.pictures.drawing import Drawing, number
from songtor_web.pictures.journey import says
from songtor_web.pictures.journey.layout import (
    BAR,
    HEAD,
    LEADING,
    LEFT,
    LOOP,
    RADIUS,
    RIGHT,
    SIDE,
    SIZE,
    SMALL,
    SMALL_LEADING,
    WIDTH,
    Lane,
    Note,
    Placed,
    Row,
    Stop,
    Strip,
)
from songtor_web.pictures.lettering import width
from songtor_web.texts import Say

STATES = ("ahead", "begun", "done", "late")
_FILLS = {"strong": ink.INK, "plain": ink.INK, "soft": ink.SOFT, "late": ink.STRONG["red"]}


def draw(placed: Placed, t: Say, lang: str, *, name: str = "journey") -> Drawing:
    """The picture; it has links where a goal has an address."""
    live = any(goal.href for goal in placed.journey.goals)
    title = t("pictures.journey_title").unescape()
    made = Drawing(placed.width, placed.height, title=title, name=name, live=live)
    made.rect(0, 0, placed.width, placed.height, fill=ink.SHEET)
    _months(made, placed, t, lang)
    for row in placed.rows:
        _row(made, row, t, lang)
    _legend(made, placed.foot, placed.journey.stages, t, lang)
    return made


def _months(made: Drawing, placed: Placed, t: Say, lang: str) -> None:
    foot = placed.foot
    with made.group(part="months"):
        for month in placed.axis.months:
            if not month.named:
                continue
            made.line([(month.x, 28), (month.x, foot)], stroke=ink.RULE, stroke_width=1)
            words = month_text(month.on.isoformat()[:7], lang).rsplit(" ", 1)[0]
            made.text(month.x + 5, 42, words, size=SMALL)
            if month.year:
                shown = year_shown(str(month.on.year), lang)
                made.text(month.x + 5, 59, shown, size=SMALL, bold=True)
    with made.group(part="today"):
        words = t("pictures.journey_today", date=date_text(placed.journey.today, lang)).unescape()
        wide = width(words, SMALL, bold=True) + 16
        x = min(max(LEFT, placed.today - wide / 2), RIGHT - wide)
        made.line([(placed.today, 22), (placed.today, foot)], stroke=ink.MARIGOLD, stroke_width=2.5)
        made.rect(x, 2, wide, 21, radius=4, fill=ink.MARIGOLD_WASH, stroke=ink.MARIGOLD, stroke_width=1.5)
        made.text(x + 8, 17, words, size=SMALL, bold=True)


def _row(made: Drawing, row: Row, t: Say, lang: str) -> None:
    with made.group(row=f"{row.subject} {row.dimension or 'empty'}"):
        if row.head:
            made.rect(*row.head, fill=ink.GREY)
            subject = t(f"pictures.journey_subject_{row.subject}").unescape()
            made.text(SIDE + 6, row.head.y + 20, subject, size=14.5, bold=True)
        top = row.box.y + (HEAD if row.head else 0)
        made.line([(SIDE, top), (WIDTH - SIDE, top)], stroke=ink.EDGE, stroke_width=1)
        said = row.lines or [says.side(row.dimension, lang)]
        for place, words in enumerate(said):
            made.text(SIDE, top + 20 + place * SMALL_LEADING, words, size=SMALL, fill=ink.SOFT)
        for before, after in pairwise(row.lanes):
            y = (before.box.y + before.box.height + after.box.y) / 2 - 5
            made.line([(SIDE, y), (WIDTH - SIDE, y)], stroke=ink.RULE, stroke_width=1)
        for lane in row.lanes:
            _lane(made, lane, t)


def _lane(made: Drawing, lane: Lane, t: Say) -> None:
    goal = lane.goal
    with made.group(goal=goal.key, stage=goal.stage):
        if goal.href:
            with made.link(goal.href, goal.text):
                _words(made, lane)
        else:
            _words(made, lane)
        _bar(made, lane)
        for strip in lane.strips:
            _strip(made, strip)
        for note in lane.notes:
            _note(made, note, lane.y)
        for stop in lane.stops:
            _stop(made, stop, lane.y + BAR / 2)


def _words(made: Drawing, lane: Lane) -> None:
    y = lane.words.y + 14
    for look, words in lane.lines:
        if look.startswith("stage"):
            if look == "stage":
                colour = vocabulary().journey_stages[lane.goal.stage].colour
                made.rect(
                    SIDE, y - 11, 16, 13, radius=2, fill=made.pattern(colour), stroke=ink.STRONG[colour]
                )
            made.text(SIDE + 22, y, words, size=SMALL)
        elif look == "no":
            _sign(made, "no", SIDE + 1, y - 11)
            made.text(SIDE + 22, y, words, size=SMALL, bold=True)
        else:
            bold = look in ("strong", "late")
            made.text(SIDE, y, words, size=SIZE if look == "strong" else SMALL, bold=bold, fill=_FILLS[look])
        y += LEADING


def _bar(made: Drawing, lane: Lane) -> None:
    for part in lane.parts:
        colour = vocabulary().journey_stages[part.stage].colour
        made.rect(
            part.x,
            lane.y,
            max(2.0, part.to - part.x),
            BAR,
            fill=ink.SHEET if part.ahead else made.pattern(colour),
            stroke=ink.STRONG[colour],
            stroke_width=1.25,
            stroke_dasharray="4 3" if part.ahead else None,
        )
    if lane.beyond:
        at, middle = RIGHT + 2, lane.y + BAR / 2
        made.line([(at, middle - 5), (at + 5, middle), (at, middle + 5)], stroke=ink.INK, stroke_width=2)


def _strip(made: Drawing, strip: Strip) -> None:
    y = strip.y + 2
    if strip.mark is not None and strip.mark > strip.to:
        made.line([(strip.to, y), (strip.mark, y)], stroke=ink.TEAL, stroke_width=1.5, stroke_dasharray="3 3")
    made.line([(strip.x, y), (strip.over, y)], stroke=ink.TEAL, stroke_width=4)
    if strip.over < strip.to:
        made.line(
            [(strip.over, y), (strip.to, y)], stroke=ink.STRONG["red"], stroke_width=4, stroke_dasharray="5 2"
        )
    if strip.mark is not None:
        made.line([(strip.mark, y - 4), (strip.mark, y + 4)], stroke=ink.INK, stroke_width=2)


def _note(made: Drawing, note: Note, bar: float) -> None:
    box, x = note.box, note.x
    with made.group(note=note.kind):
        colour = ink.STRONG["red"] if note.kind in ("late", "no") else ink.INK
        if note.kind == "back":
            _loop(made, x, bar)
        else:
            made.line([(x, box.y + box.height - 2), (x, bar + BAR)], stroke=colour, stroke_width=1.5)
        made.rect(*box, fill=ink.SHEET, fill_opacity=0.85)
        _sign(made, note.kind, box.x, box.y + 1)
        late, leading = note.kind == "late", SMALL_LEADING / SMALL
        fill = colour if late else ink.INK
        made.lines(box.x + 19, box.y + 13, note.lines, size=SMALL, leading=leading, bold=late, fill=fill)


def _loop(made: Drawing, x: float, bar: float) -> None:
    """Back along the bar, and an arrow down to where it stands again."""
    left, up = max(LEFT, x - 30), bar - LOOP + 4
    made.path(
        f"M{number(x)} {number(bar)}C{number(x)} {number(up)} {number(left)} {number(up)} {number(left)} "
        f"{number(bar - 2)}",
        stroke=ink.INK,
        stroke_width=2,
    )
    made.polygon([(left - 5, bar - 7), (left + 5, bar - 7), (left, bar)], fill=ink.INK)


def _sign(made: Drawing, kind: str, x: float, y: float) -> None:
    """Fifteen pixels: a flag, a flag that fell due, a turn back, a no."""
    if kind in ("due", "late"):
        colour = ink.STRONG["red"] if kind == "late" else ink.STRONG["green"]
        made.line([(x + 2, y), (x + 2, y + 14)], stroke=colour, stroke_width=2)
        flag = [(x + 2, y), (x + 14, y + 4), (x + 2, y + 8)]
        made.polygon(
            flag, fill=colour if kind == "late" else ink.WASH["green"], stroke=colour, stroke_width=1.5
        )
    elif kind == "no":
        red = ink.STRONG["red"]
        made.circle(x + 7, y + 7, 6, fill=ink.SHEET, stroke=red, stroke_width=2)
        made.line([(x + 3, y + 11), (x + 11, y + 3)], stroke=red, stroke_width=2)
    else:
        made.path(
            f"M{number(x + 13)} {number(y + 12)}V{number(y + 4)}H{number(x + 4)}",
            stroke=ink.INK,
            stroke_width=2,
        )
        made.polygon([(x + 5, y), (x + 5, y + 8), (x, y + 4)], fill=ink.INK)


def _stop(made: Drawing, stop: Stop, y: float) -> None:
    with made.group(stop=str(stop.number), state=stop.state):
        _mark(made, stop.number, stop.state, stop.x, y)
        box = stop.box
        wide = max(width(words, SMALL, bold=look in ("strong", "late")) for look, words in stop.lines)
        made.rect(box.x + 22, box.y, wide + 8, box.height, fill=ink.SHEET, fill_opacity=0.9)
        _mark(made, stop.number, stop.state, box.x + RADIUS, box.y + RADIUS)
        for place, (look, words) in enumerate(stop.lines):
            bold = look in ("strong", "late")
            at = box.y + 14 + place * SMALL_LEADING
            made.text(box.x + 26, at, words, size=SMALL, bold=bold, fill=_FILLS[look])


def _mark(made: Drawing, number: int, state: str, x: float, y: float) -> None:
    """Hollow and dashed ahead, ringed while it is under way, full when done; a diamond where it is late."""
    red = ink.STRONG["red"]
    if state == "late":
        far = RADIUS + 2
        corners = [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
        made.polygon(corners, fill=red, stroke=ink.SHEET, stroke_width=1)
    else:
        fill = ink.TEAL if state == "done" else ink.SHEET
        made.circle(
            x,
            y,
            RADIUS - (1 if state == "begun" else 0),
            fill=fill,
            stroke=ink.TEAL,
            stroke_width=3 if state == "begun" else 1.5,
            stroke_dasharray="3 2" if state == "ahead" else None,
        )
    fill = ink.SHEET if state in ("late", "done") else ink.INK
    made.text(x, y + 4, str(number), size=11, bold=True, anchor="middle", fill=fill)


def _legend(made: Drawing, y: float, stages: Sequence[str], t: Say, lang: str) -> None:
    """Every colour and every sign in words."""
    with made.group(part="legend"):
        made.line([(SIDE, y), (WIDTH - SIDE, y)], stroke=ink.EDGE, stroke_width=1)
        x = SIDE
        for code in stages:
            term = vocabulary().journey_stages[code]
            made.rect(
                x, y + 14, 22, 13, radius=2, fill=made.pattern(term.colour), stroke=ink.STRONG[term.colour]
            )
            made.text(x + 28, y + 25, term.label(lang), size=SMALL)
            x += 28 + width(term.label(lang), SMALL) + 22
        x = SIDE
        for state in STATES:
            words = t(f"pictures.journey_state_{state}").unescape()
            _mark(made, 1, state, x + RADIUS + 2, y + 48)
            made.text(x + 28, y + 52, words, size=SMALL)
            x += 28 + width(words, SMALL) + 22
        for kind in ("due", "back", "no"):
            words = t(f"pictures.journey_sign_{kind}").unescape()
            _sign(made, kind, x, y + 41)
            made.text(x + 20, y + 52, words, size=SMALL)
            x += 20 + width(words, SMALL) + 22
        made.line([(SIDE, y + 72), (SIDE + 22, y + 72)], stroke=ink.TEAL, stroke_width=4)
        made.line(
            [(SIDE + 22, y + 72), (SIDE + 34, y + 72)],
            stroke=ink.STRONG["red"],
            stroke_width=4,
            stroke_dasharray="5 2",
        )
        made.line([(SIDE + 22, y + 67), (SIDE + 22, y + 77)], stroke=ink.INK, stroke_width=2)
        made.text(SIDE + 42, y + 76, t("pictures.journey_sign_days").unescape(), size=SMALL)
