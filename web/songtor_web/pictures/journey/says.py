"""What a journey's parts say, in the picture and in its text alike."""

from __future__ import annotations

from datetime import date

from songtor_web.dates import date_text
from songtor_web.pictures.journey.model import Goal, Move, Station
from songtor_web.texts import Say


def days(station: Station, today: date, t: Say) -> str:
    """How long it took or takes, and what was expected."""
    took = station.took(today)
    if station.late and station.ends:
        over = (today - station.ends).days
        return str(t("pictures.journey_days_late", n=over, days=station.days))
    if station.done and took is not None:
        key = "journey_days_done_of" if station.days else "journey_days_done"
        return str(t(f"pictures.{key}", n=took, days=station.days))
    if station.done:
        return str(t("pictures.journey_done"))
    if took is not None:
        key = "journey_days_of" if station.days else "journey_days"
        return str(t(f"pictures.{key}", n=took, days=station.days))
    if station.days:
        return str(t("pictures.journey_days_expected", n=station.days))
    return str(t("pictures.journey_ahead"))


def due(goal: Goal, t: Say, lang: str) -> str:
    key = "pictures.journey_was_due" if goal.late else "pictures.journey_due"
    return str(t(key, date=date_text(goal.due, lang))) if goal.due else ""


def goal_late(goal: Goal, today: date, t: Say) -> str:
    """Its own day has passed, or a touch point's; nothing where neither has."""
    if goal.late and goal.due:
        return str(t("pictures.journey_late", n=(today - goal.due).days))
    return str(t("pictures.journey_step_late")) if any(one.late for one in goal.stations) else ""


def back(move: Move, t: Say) -> str:
    return str(t("pictures.journey_back", reason=move.reason))


def refused(move: Move, t: Say) -> str:
    if not move.reason:
        return str(t("pictures.journey_no"))
    return str(t("pictures.journey_no_because", words=move.reason))


def signed(goal: Goal, t: Say, lang: str) -> str:
    if goal.signed_on is None:
        return ""
    by = goal.signed_by or str(t("pictures.journey_someone"))
    return str(t("pictures.journey_signed", who=by, date=date_text(goal.signed_on, lang)))
