"""The kinds of entry that a case is made of: for each its form, its table and its list in a case file."""

from __future__ import annotations

from typing import NamedTuple

from songtor_node.cases import entries, models
from songtor_node.forms import Form


class Kind(NamedTuple):
    form: type[Form]
    table: type[models.Entry]
    several: str


KINDS = {
    "person": Kind(entries.Relative, models.Person, "people"),
    "problem": Kind(entries.Problem, models.Problem, "problems"),
    "threat": Kind(entries.Threat, models.Threat, "threats"),
    "fact": Kind(entries.Fact, models.Fact, "facts"),
    "visit": Kind(entries.Meeting, models.Meeting, "visits"),
    "tie": Kind(entries.Tie, models.Tie, "ties"),
    "connection": Kind(entries.Connection, models.Connection, "connections"),
    "event": Kind(entries.Event, models.Event, "events"),
    "incident": Kind(entries.Incident, models.Incident, "incidents"),
    "goal": Kind(entries.Goal, models.Goal, "goals"),
    "work": Kind(entries.Work, models.Work, "work"),
    "session": Kind(entries.TeleSession, models.TeleSession, "sessions"),
    "follow_up": Kind(entries.FollowUp, models.FollowUp, "follow_ups"),
    "note": Kind(entries.Note, models.Note, "notes"),
}
