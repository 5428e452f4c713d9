"""What the worker is asked before the phone is handed over: who decides, what for, to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from songtor_node.consents import suggest as first_of
from songtor_node.consents import talk as talks
from songtor_node.consents.danger import may_be_given
from songtor_node.consents.ground import named
from songtor_node.consents.notice import party_name
from songtor_node.forms import Filled, Form, Prose, check
from songtor_node.referrals import suggest
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import opened
from songtor_node.web.forms.two_people import merged
from songtor_node.web.talk.room import Room, Screen, field, one_of, take_yes_or_no, yes_or_no
from songtor_proto import consent as rule
from songtor_proto.address import Address
from songtor_proto.errors import ConsentError, InputError
from songtor_web.fields import Field, Option

Pick = tuple[str, str, str, bool]  # value, words, hint, chosen


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
    return {"field": yes_or_no(room, "traced", room.said("traced", False))}


def _recipients(room: Room) -> dict[str, Any]:
    """Those chosen before, those suggested, and two lists of all others who may receive it. No tick
    stands there that nobody made."""
    near, others = _possible(room)
    chosen = room.said("recipients", ())
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
    client, family = suggest.whereabouts(room.record)
    found = suggest.recipients(
        house.policy,
        house.vocabulary,
        purpose,
        own=house.seat,
        client=client,
        family=family,
        known=everybody,
    )
    return list(found.near), list(found.others)


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


SCREENS = {
    "who": Screen(_who, _take_who),
    "age": Screen(_age, _take_age),
    "child_view": _asking_for_words("child_view"),
    "harm": _asking_for_words("harm"),
    "incapacity": _asking_for_words("incapacity"),
    "duty": _asking_for_words("duty"),
    "purpose": Screen(_purpose, _take_purpose),
    "traced": Screen(_traced, take_yes_or_no("traced")),
    "recipients": Screen(_recipients, _take_recipients),
    "phone": Screen(_phone, _take_phone),
}
