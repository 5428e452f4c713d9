"""The same as the picture says, row by row, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text
from songtor_web.pictures.journey import says
from songtor_web.pictures.journey.model import Goal, Journey, turns
from songtor_web.texts import Say


def words(journey: Journey, t: Say, lang: str) -> list[tuple[str, Sequence[str]]]:
    """By row: its heading and its sentences; by subject where there is no goal yet."""
    several = len(journey.by_subject) > 1
    found: list[tuple[str, Sequence[str]]] = []
    for subject, taken, free in journey.by_subject:
        whose = f"{t(f'pictures.journey_subject_{subject}')}: " if several else ""
        for dimension, goals in taken:
            heading = f"{whose}{says.side(dimension, lang)}"
            found.append((heading, [one for goal in goals for one in _goal(goal, journey, t, lang)]))
        if free:
            heading = f"{whose}{t('pictures.journey_empty').unescape()}"
            found.append((heading, [", ".join(says.side(one, lang) for one in free)]))
    return found


def _goal(goal: Goal, journey: Journey, t: Say, lang: str) -> Iterator[str]:
    stage = vocabulary().journey_stages[goal.stage].label(lang)
    late = says.goal_late(goal, journey.today, t)
    state = [stage, late, says.due(goal, t, lang), says.signed(goal, t, lang), goal.ended]
    yield t("pictures.journey_goal", text=goal.text, state=" · ".join(filter(None, state))).unescape()
    for kind, move in turns(goal, journey.stages):
        reached = "" if kind == "no" else vocabulary().journey_stages[move.stage].label(lang)
        why = move.reason if kind == "on" else says.turn(kind, move, t)
        what = " · ".join(filter(None, (reached, why)))
        yield f"{date_text(move.on, lang)}: {what}" if move in goal.moves else what
    for number, station in enumerate(goal.stations, 1):
        more = [station.agency, station.who, says.needs(station, t), station.bring]
        said = " · ".join(filter(None, (*more, says.days(station, journey.today, t))))
        yield t("pictures.journey_station", n=number, what=station.what, more=said).unescape()
