"""What a journey's parts say, in the picture and in its text alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text
from songtor_web.pictures.journey.model import Goal, Move, Station
from songtor_web.texts import Say


def side(dimension: str, lang: str) -> str:
    known = vocabulary().dimensions.get(dimension)
    return known.label(lang) if known else dimension


def no_goal(dimensions: Sequence[str], t: Say, lang: str) -> str:
    return f"{t('pictures.journey_empty').unescape()}: {', '.join(side(one, lang) for one in dimensions)}"


def days(station: Station, today: date, t: Say) -> str:
    """How long it took or takes, and what was expected."""
    took = station.took(today)
    if station.late and station.ends:
        over = (today - station.ends).days
        return t("pictures.journey_days_late", n=over, days=station.days).unescape()
    if station.done and took is not None:
        key = "journey_days_done_of" if station.days else "journey_days_done"
        return t(f"pictures.{key}", n=took, days=station.days).unescape()
    if station.done:
        return t("pictures.journey_done").unescape()
    if took is not None:
        key = "journey_days_of" if station.days else "journey_days"
        return t(f"pictures.{key}", n=took, days=station.days).unescape()
    if station.days:
        return t("pictures.journey_days_expected", n=station.days).unescape()
    return t("pictures.journey_ahead").unescape()


def needs(station: Station, t: Say) -> str:
    """What it needs to know, if anything."""
    known = ", ".join(station.information)
    return t("pictures.journey_needs", what=known).unescape() if known else ""


def due(goal: Goal, t: Say, lang: str) -> str:
    key = "pictures.journey_was_due" if goal.late else "pictures.journey_due"
    return t(key, date=date_text(goal.due, lang)).unescape() if goal.due else ""


def goal_late(goal: Goal, today: date, t: Say) -> str:
    """Its own day has passed, or a touch point's; nothing where neither has."""
    if goal.late and goal.due:
        return t("pictures.journey_late", n=(today - goal.due).days).unescape()
    return t("pictures.journey_step_late").unescape() if any(one.late for one in goal.stations) else ""


def turn(kind: str, move: Move, t: Say) -> str:
    """A way back or a no, with why."""
    if kind == "back":
        return t("pictures.journey_back", reason=move.reason).unescape()
    if not move.reason:
        return t("pictures.journey_no").unescape()
    return t("pictures.journey_no_because", words=move.reason).unescape()


def signed(goal: Goal, t: Say, lang: str) -> str:
    if goal.signed_on is None:
        return ""
    by = goal.signed_by or t("pictures.journey_someone").unescape()
    return t("pictures.journey_signed", who=by, date=date_text(goal.signed_on, lang)).unescape()
