"""The questions of a conversation about consent: for each what its screen shows, and how its answer is read.

`show` gives what the template `consents/talk/NAME.html` needs; `take` gives the answer to keep, or raises
InputError or ConsentError with the field at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from sqlmodel import Session

from songtor_node.cases.facts import facts
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord
from songtor_node.consents import suggest as first_of
from songtor_node.consents import talk as talks
from songtor_node.consents.danger import may_be_given
from songtor_node.consents.ground import House, chosen_sight, named
from songtor_node.consents.models import Talk
from songtor_node.consents.notice import RISK, parts, party_name
from songtor_node.forms import Filled, Form, Prose, check
from songtor_node.referrals import suggest
from songtor_node.web.forms.asks import Ask, mark
from songtor_node.web.forms.sheet import opened
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto import consent as rule
from songtor_proto.address import Address
from songtor_proto.errors import ConsentError, InputError
from songtor_proto.minimise import FACTS, value_text
from songtor_web.dates import date_text
from songtor_web.fields import Field, Kind, Option

LONGEST_VALUE = 140
Pick = tuple[str, str, str, bool]  # value, words, hint, chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One conversation, inside one transaction; `visit` speaks the language of whoever reads the screen."""

    visit: Visit
    session: Session
    case: Case
    by: Worker
    now: datetime
    talk: Talk
    record: CaseRecord
    house: House
    screens: Sequence[str]

    @property
    def lang(self) -> str:
        return self.visit.lang

    def words(self, key: str, **values: object) -> str:
        return self.visit.t(f"talk.{key}", **values)

    def said(self, screen: str, default: Any = "") -> Any:
        return self.talk.answers.get(screen, default)


class Screen(NamedTuple):
    """`held`: it is the client's own, in their language; else the worker's."""

    show: Callable[[Room], dict[str, Any]]
    take: Callable[[Room], Any]
    held: bool = False


def _who(room: Room) -> dict[str, Any]:
    law, guardians = room.house.law, may_be_given(room.record)
    age = rule.least_age(room.record.client.birth_date, "", room.now.date())
    minor = age is not None and age < law.minor_under
    options = [
        Option(
            f"guardian:{named(room.record, one)}",
            room.words("who_guardian", who=one.relation),
            room.words("who_guardian_hint"),
        )
        for one in guardians
    ]
    if not minor:
        client = room.words("who_client"), room.words("who_client_hint", age=law.minor_under)
        options.insert(0, Option("client", *client))
    for basis, cited in (("vital_interest", law.vital_basis), ("legal_duty", law.legal_duty_basis)):
        if cited:
            options.append(Option(basis, room.words(f"who_{basis}"), room.words(f"who_{basis}_hint")))
    return {
        "field": field(room, "who", "choice", room.said("who"), options=options),
        "minor": law.minor_under if minor else 0,
        "no_guardian": minor and not guardians,
    }


def _take_who(room: Room) -> str:
    return one_of(room, "who", [option.value for option in _who(room)["field"].options])


def _age(room: Room) -> dict[str, Any]:
    return {"field": field(room, "age", "number", room.said("age"))}


def _take_age(room: Room) -> int:
    said = room.visit.said("age")
    if not (said.isascii() and said.isdigit() and len(said) < 4):
        raise InputError("value" if said else "missing", field="age")
    talks.check_age(room.talk, int(said), room.house)
    return int(said)


def _purpose(room: Room) -> dict[str, Any]:
    purposes = room.house.policy.purposes
    problems = [problem.code for problem in room.record.problems]
    first = suggest.purposes(room.house.policy, problems, room.record.urgency)
    chosen = room.said("purpose", first[0] if first else "")
    if chosen and chosen not in first:
        first = [chosen, *first]
    rest = [code for code in purposes if code not in first]

    def picks(codes: Sequence[str]) -> list[Pick]:
        return [(code, purposes[code].label(room.lang), "", code == chosen) for code in codes]

    return {"first": picks(first), "others": picks(rest), "known": bool(problems)}


def _take_purpose(room: Room) -> str:
    return one_of(room, "purpose", list(room.house.policy.purposes))


def _traced(room: Room) -> dict[str, Any]:
    return {"field": _yes_or_no(room, "traced", room.said("traced", False))}


def _recipients(room: Room) -> dict[str, Any]:
    """Those chosen before, those suggested, and two lists of everybody else who may receive it."""
    near, others = _possible(room)
    chosen = room.said("recipients", near[:1])
    first = [*(to for to in chosen if to not in near), *near]
    rest = [to for to in others if to not in first]

    def name(to: str) -> str:
        return party_name(to, room.house.vocabulary, room.lang)

    return {
        "first": [(to, name(to), "", to in chosen) for to in first],
        "provinces": [(to, name(to)) for to in rest if Address.parse(to).is_desk],
        "partners": [(to, f"{name(to)} ({to})") for to in rest if not Address.parse(to).is_desk],
    }


def _take_recipients(room: Room) -> list[str]:
    near, others = _possible(room)
    said = list(dict.fromkeys(one for one in room.visit.all_said("recipients") if one))
    if not said:
        raise InputError("missing", field="recipients")
    if not {*near, *others}.issuperset(said):
        raise ConsentError("recipient", field="recipients")
    return said


def _possible(room: Room) -> tuple[list[str], list[str]]:
    """A consent may name whose keys are not known here yet: a referral then waits for them."""
    house, purpose = room.house, room.said("purpose")
    everybody = {
        *first_of.desks(house.policy, house.vocabulary, purpose),
        *first_of.province_desks(house.policy, house.vocabulary, purpose),
        *first_of.nodes(house.policy, purpose, own=house.seat),
    }
    found = suggest.recipients(
        house.policy,
        house.vocabulary,
        purpose,
        own=house.seat,
        client=_where(room.record.client),
        family=[_where(person) for person in room.record.people if not person.danger],
        known=everybody,
    )
    return list(found.near), list(found.others)


def _where(person: Any) -> suggest.Where:
    return suggest.Where(person.country, " ".join(filter(None, (person.city, person.region))))


def _phone(room: Room) -> dict[str, Any]:
    options = [Option(code, room.words(f"phone_{code}")) for code in ("th", "en")]
    return {
        "field": Field(
            name="language",
            kind="choice",
            label=room.words("phone_language"),
            value=room.talk.language,
            options=options,
        ),
        "asked": talks.guardian(room.talk) or room.words("phone_client"),
    }


def _take_phone(room: Room) -> str:
    room.talk.language = one_of(room, "language", ["th", "en"])
    return one_of(room, "phone", ["hand", "read"])


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
    return {"field": _yes_or_no(room, "sight", room.said("sight", default))}


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


class _Words(Form):
    words: Annotated[Prose, Filled]


def _asking_for_words(name: str) -> Screen:
    asks = [Ask(name, "prose")]

    def show(room: Room) -> dict[str, Any]:
        return {"sheet": opened(room.session, room.visit, asks, {name: room.said(name)})}

    def take(room: Room) -> str:
        values, _ = merged(room.session, room.visit, asks, {name: room.said(name)})
        try:
            return check(_Words, {"words": values[name]}).words
        except InputError as error:
            raise InputError(error.code.removeprefix("input."), field=name) from None

    return Screen(show, take)


def field(room: Room, name: str, kind: Kind, value: object = "", **more: Any) -> Field:
    """One thing asked, with what was typed where the form came back."""
    hint = f"talk.{name}_hint"
    return Field(
        name=name,
        kind=kind,
        label=room.words(name),
        hint=room.visit.t(hint) if hint in room.visit.texts else "",
        value="" if kind in ("password", "code") else room.visit.said(name) or str(value),
        **more,
    )


def _yes_or_no(room: Room, name: str, value: bool) -> Field:
    options = [Option(code, room.words(f"{name}_{code}")) for code in ("no", "yes")]
    return field(room, name, "choice", "yes" if value else "no", options=options)


def _take_yes_or_no(name: str) -> Callable[[Room], bool]:
    return lambda room: one_of(room, name, ["no", "yes"]) == "yes"


def one_of(room: Room, name: str, codes: Sequence[str]) -> str:
    """InputError: missing, unknown_code."""
    said = room.visit.said(name)
    if said not in codes:
        raise InputError("unknown_code" if said else "missing", field=name)
    return said


SCREENS = {
    "who": Screen(_who, _take_who),
    "age": Screen(_age, _take_age),
    "child_view": _asking_for_words("child_view"),
    "harm": _asking_for_words("harm"),
    "incapacity": _asking_for_words("incapacity"),
    "duty": _asking_for_words("duty"),
    "purpose": Screen(_purpose, _take_purpose),
    "traced": Screen(_traced, _take_yes_or_no("traced")),
    "recipients": Screen(_recipients, _take_recipients),
    "phone": Screen(_phone, _take_phone),
    "told": Screen(_told, _take_told, held=True),
    "days": Screen(_days, _take_days, held=True),
    "follow": Screen(_follow, lambda room: True, held=True),
    "sight": Screen(_sight, _take_yes_or_no("sight"), held=True),
    "check": Screen(_check, _take_check, held=True),
}
"""Those that keep an answer; how a conversation ends is in `endings`."""
