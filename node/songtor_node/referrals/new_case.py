"""A case made from a referral that this node accepted.

What a case's form cannot say, or says with a code that is not known here (E11), is left out; it stays to be
read in the referral.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from google.protobuf.message import Message

from songtor_node import forms
from songtor_node.cases import casefile, entries
from songtor_node.cases.casefile import CaseFile
from songtor_node.referrals.new_family import birth_year, family
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_proto.wire.payload_pb2 import Facts, LifeEvent, Referral, Service

F = TypeVar("F", bound=forms.Form)

CHANNEL = "professional_team"
_SEVERAL, _LINE = 500, 300
"""How many entries of a kind, and letters of a line, a case file has room for."""


def case_file(said: Referral) -> CaseFile:
    """The referral as a case file says it."""
    facts = said.facts
    people, ties = family(facts)
    whom = [who for who in people if _each(entries.Relative, [{"relation": who["relation"]}])]
    groups = vocabulary().target_groups
    group = facts.demographics.target_group
    must = {"target_group": group if group in groups else "", "channel": CHANNEL}
    may = {
        "referrer": said.referrer,
        "narrative": facts.narrative,
        "request": _fitting(casefile.Request, _values(facts.request)),
        "client": _client(facts),
        "health": _fitting(casefile.Health, _values(facts.health)),
        "legal_status": _fitting(casefile.LegalStatus, _values(facts.legal_status)),
        "finances": _fitting(casefile.Finances, _values(facts.finances)),
        "education": _fitting(casefile.Education, _values(facts.education)),
        "people": [_fitting(entries.Relative, who, {"relation": who["relation"]}) for who in whom][:_SEVERAL],
        "ties": _each(entries.Tie, ties)[:_SEVERAL],
        "problems": _each(entries.Problem, ({"code": code} for code in facts.problems)),
        "threats": _each(entries.Threat, map(_values, facts.threats)),
        "events": _each(entries.Event, map(_event, facts.timeline))[:_SEVERAL],
        "incidents": _each(entries.Incident, map(_values, facts.incidents)),
        "work": _each(entries.Work, map(_work, facts.services)),
    }
    return _fitting(CaseFile, may, must)


def _client(facts: Facts) -> entries.Person:
    about = facts.demographics
    return _fitting(
        entries.Person,
        {
            "name_thai": facts.name.thai,
            "name_latin": facts.name.latin,
            "sex": about.sex or "unknown",
            "birth_date": facts.birth_date or birth_year(facts),
            "languages": list(about.languages),
            "nationality": about.nationality,
            "religion": facts.religion,
            "contacts": _each(entries.Contact, map(_values, facts.contacts)),
            "address": facts.address,
            "city": facts.place.city,
            "region": facts.place.region,
            "country": facts.place.country,
            "identity_numbers": _each(entries.IdentityNumber, map(_values, facts.identity_numbers)),
        },
    )


def _event(event: LifeEvent) -> dict[str, Any]:
    """Its number there becomes its key; a text that is longer than a case has room for is cut,
    and no end stands before its beginning."""
    when, _, until = event.when.partition("/")
    until = "" if entries.ends_before(when, until) else until
    after, before, *led_to = (_event_key(number) for number in (event.after, event.before, *event.led_to))
    return {
        "key": _event_key(event.id),
        "when": when,
        "until": until,
        "after": after,
        "before": before,
        "led_to": led_to,
        "theme": _cut(event.theme),
        "text": _cut(event.text),
    }


def _event_key(number: int) -> str:
    return f"t{number}" if number else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LINE else text[: _LINE - 1] + "…"


def _work(service: Service) -> dict[str, Any]:
    return {
        "when": service.date,
        "kind": service.kind,
        "practice_form": service.practice_form,
        "agency": service.agency,
    }


def _values(message: Message) -> dict[str, Any]:
    return {field.name: list(value) if field.is_repeated else value for field, value in message.ListFields()}


def _fitting(form: type[F], may: dict[str, Any], must: dict[str, Any] | None = None) -> F:
    """A form with all that it must say, and those of the other values that fit it."""
    said = must or {}
    others = {name: value for name, value in may.items() if name not in said}
    fitting = {name: value for name, value in others.items() if _each(form, [{**said, name: value}])}
    return form(**said, **fitting)


def _each(form: type[F], said: Iterable[dict[str, Any]]) -> tuple[F, ...]:
    """Those that fit the form."""
    found = []
    for values in said:
        try:
            found.append(forms.check(form, values))
        except InputError:
            continue
    return tuple(found)
