"""What the client is asked, in their language: what may be told, for how long, what may follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from songtor_node.cases.facts import facts
from songtor_node.consents import talk as talks
from songtor_node.consents.ground import chosen_sight
from songtor_node.consents.notice import RISK, parts
from songtor_node.web.forms.asks import mark
from songtor_node.web.talk.room import Room, Screen, field, one_of, take_yes_or_no, yes_or_no
from songtor_proto.errors import ConsentError, InputError
from songtor_proto.minimise import FACTS, value_text
from songtor_web.dates import date_text
from songtor_web.fields import Option

LONGEST_VALUE = 140


def _told(room: Room) -> dict[str, Any]:
    offer = talks.offer(room.talk, room.record, room.house)
    known = facts(room.record, room.now.date())
    values = {code: [value_text(known, field, room.lang)] for field, code in FACTS.items()}
    asked = talks.basis(room.talk) in talks.ASKED
    chosen = set(room.said("told", () if asked else offer.ticked))  # whoever is asked chooses all themselves

    def picks(codes: Sequence[str]) -> list[tuple[str, str, str, str, bool]]:
        return [
            (code, _label(room, code), _plainly(room, code), _short(values.get(code, [])), code in chosen)
            for code in codes
        ]

    return {
        "needed": picks(offer.needed),
        "useful": picks(offer.useful),
        "always": picks(offer.always),
        "unsafe": [_label(room, code) for code in offer.unsafe],
        "asked": asked,
    }


def _take_told(room: Room) -> list[str]:
    offer = talks.offer(room.talk, room.record, room.house)
    said = [one for one in room.visit.all_said("told") if one]
    if room.visit.said("all"):  # one tap of whoever is asked, for all that the screen called needed
        said += offer.needed
    if not {*offer.needed, *offer.useful}.issuperset(said):
        raise ConsentError("categories", field="told")
    if not said and (offer.needed or offer.useful) and room.visit.said("nothing") != "yes":
        raise InputError("nothing_told", field="told")
    return sorted(set(said))


def _label(room: Room, code: str) -> str:
    return room.house.policy.categories[code].label(room.lang)


def _plainly(room: Room, code: str) -> str:
    key = f"told.{code}"
    return room.visit.t(key) if key in room.visit.texts else ""


def _short(values: Sequence[str]) -> str:
    text = "; ".join(filter(None, values))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE].rstrip()}…"


def _days(room: Room) -> dict[str, Any]:
    def until(days: int) -> str:
        return date_text(room.now.date() + timedelta(days=days), room.lang)

    options = [Option(str(days), room.words(f"days_{days}", date=until(days))) for days in talks.DAYS]
    return {"field": field(room, "days", "choice", room.said("days", talks.DAYS[0]), options=options)}


def _take_days(room: Room) -> int:
    return int(one_of(room, "days", [str(days) for days in talks.DAYS]))


def _follow(room: Room) -> dict[str, Any]:
    text, _ = talks.shown(room.talk, room.record, room.house, room.now)
    return {"sentences": parts(text)[RISK]}


def _sight(room: Room) -> dict[str, Any]:
    default = chosen_sight(room.record, talks.form(room.talk, room.now), room.house)
    return {"field": yes_or_no(room, "sight", room.said("sight", default))}


def _check(room: Room) -> dict[str, Any]:
    text, _ = talks.shown(room.talk, room.record, room.house, room.now)
    return {
        "parts": parts(text),
        "seen": mark(text),
        "spoken_too": room.house.law.consent_form != "written",
        "written_only": room.house.law.consent_form == "written",
    }


def _take_check(room: Room) -> dict[str, str]:
    """The very text that was read is agreed to. InputError("text_changed") where it is another now."""
    how = one_of(room, "how", list(talks.HOW))
    text, expires = talks.shown(room.talk, room.record, room.house, room.now)
    if room.visit.said("seen") != mark(text):
        raise InputError("text_changed", field="seen")
    return {"how": how, "shown": text, "expires": expires}


SCREENS = {
    "told": Screen(_told, _take_told, held=True),
    "days": Screen(_days, _take_days, held=True),
    "follow": Screen(_follow, lambda room: True, held=True),
    "sight": Screen(_sight, take_yes_or_no("sight"), held=True),
    "check": Screen(_check, _take_check, held=True),
}
