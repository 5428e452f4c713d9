"""Making a ground and resting a disclosure on it: rules C1, C3 to C8, C10 and C11."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from songtor_proto import consent
from songtor_proto.consent import By, Grant
from songtor_proto.times import from_ms, to_ms
from songtor_proto.vocabulary import jurisdictions, policy
from tests.vectors.cast import DAY_MS, DESK, NOW_MS
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
ground: basis, the country whose law applies (jurisdictions.csv), purpose, categories, recipients, when it
was given, and what that basis asks for; an empty value says that nobody told. dangerous: people who are the
danger, copies: people who get a copy. then: what happens to it afterwards (a disclosure that wants to rest
on it, a withdrawal, a second person); without it, whether there is a ground at all, and its terms.
"""

_BASE: dict[str, Any] = {
    "basis": "consent",
    "country": "DE",
    "purpose": "domestic_violence",
    "categories": ["demographics", "place", "problems"],
    "recipients": [DESK],
    "given_ms": NOW_MS,
    "form": "written",
    "age": 30,
}
_RETURN = {"purpose": "return_to_thailand", "recipients": ["TH-00/tsda"]}
_GUARDIAN = {"basis": "guardian_consent", "guardian": "mother", "child_view": "อยากไป"}
_VITAL = {
    "basis": "vital_interest",
    "harm": "ถูกขู่ฆ่าคืนนี้",
    "incapacity": "หมดสติ",
    "by": "W1",
    "confirmed_by": "",
}
_DUTY = {"basis": "legal_duty", "duty": "§ 4 KKG", "by": "W1", "confirmed_by": "W2"}
_CITED = {
    "consent": "GDPR Art. 49(1)(a)",
    "guardian_consent": "GDPR Art. 49(1)(a)",
    "vital_interest": "GDPR Art. 49(1)(f)",
    "legal_duty": "GDPR Art. 6(1)(c) with Art. 49(1)(d)",
}


def vectors(kept: Kept) -> Iterator[Vector]:
    for rule, what, changed, result in _STANDS:
        yield Vector(rule, what, {"ground": _BASE | changed}, result=_standing(_BASE | changed) | result)
    for rule, what, code, field, changed in _NONE:
        yield refused(rule, what, {"ground": _BASE | changed}, f"consent.{code}", field)
    for rule, what, changed, then, outcome in _THEN:
        given = {"ground": _BASE | changed, "then": then}
        if isinstance(outcome, dict):
            yield Vector(rule, what, given, result=outcome)
        else:
            yield refused(rule, what, given, *outcome)


_STANDS: list[tuple[str, str, dict[str, Any], Result]] = [
    ("C3", "an adult's consent lasts 90 days", {}, {}),
    ("C3", "or as long as was said", {"expires_ms": NOW_MS + DAY_MS}, {"expires_ms": NOW_MS + DAY_MS}),
    ("C2", "by word of mouth, where the law allows it", {"form": "spoken"}, {}),
    ("C5", "of age on the very birthday", {"age": 18}, {}),
    ("C5", "a guardian consents, the child was heard", _GUARDIAN, {}),
    ("C6", "the other guardian consents", _GUARDIAN | {"dangerous": ["father"]}, {}),
    ("C10", "no sight where a problem is sensitive",
     _RETURN, {}),
    ("C10", "sight where neither problem nor purpose is",
     _RETURN | {"sensitive": False}, {"liaison_sight": True}),
    ("C10", "no sight where the purpose is sensitive", {"sensitive": False}, {}),
    ("C10", "the client switches it on", {"liaison_sight": True}, {"liaison_sight": True}),
    ("C10", "the client switches it off",
     _RETURN | {"sensitive": False, "liaison_sight": False}, {}),
    ("C7", "two people stand for vital interest", _VITAL | {"confirmed_by": "W2"}, {"confirmed": True}),
    ("C7", "one worker alone, levels 0 and 1", _VITAL, {"confirm_by_ms": NOW_MS + DAY_MS}),
    ("C7", "two people may send more", _VITAL | {"confirmed_by": "W2", "categories": ["name"]},
     {"confirmed": True}),
    ("C7", "a law that does not ask why the client cannot consent",
     _VITAL | {"country": "CH", "confirmed_by": "W2", "incapacity": ""},
     {"confirmed": True, "citation": "FADP Art. 17(1)(d)"}),
    ("C8", "a duty that is named, by two people", _DUTY, {"confirmed": True}),
]  # fmt: skip

_NONE: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("C2", "by silence", "form", "form", {"form": "implied"}),
    ("C2", "by word of mouth, where the law wants it written", "form", "form",
     {"country": "US", "form": "spoken"}),
    ("C5", "a minor alone", "minor", "age", {"age": 17}),
    ("C5", "nobody knows the age", "age", "age", {"age": None}),
    ("C5", "a guardian who is not named", "guardian", "guardian", _GUARDIAN | {"guardian": " "}),
    ("C5", "the child was not heard", "child_view", "child_view", _GUARDIAN | {"child_view": ""}),
    ("C6", "the guardian is the danger", "guardian_is_danger", "guardian",
     _GUARDIAN | {"dangerous": ["mother"]}),
    ("C6", "a copy for the one who is the danger", "guardian_is_danger", "copies",
     {"dangerous": ["father"], "copies": ["father"]}),
    ("C3", "ends before it begins", "expiry", "expires_at", {"expires_ms": NOW_MS}),
    ("P8", "for more than 365 days", "expiry", "expires_at", {"expires_ms": NOW_MS + 365 * DAY_MS + 1}),
    ("C1", "no such purpose", "purpose", "purpose", {"purpose": "curiosity"}),
    ("M2", "for nobody", "recipient", "recipients", {"recipients": []}),
    ("M2", "for a desk that may not have this purpose", "recipient", "recipients",
     {"recipients": ["TH-00/dop"]}),
    ("M2", "of what the purpose has no use for", "categories", "categories", {"categories": ["religion"]}),
    ("C7", "vital interest without a harm", "harm", "harm", _VITAL | {"harm": " "}),
    ("C7", "a law that asks why the client cannot consent", "incapacity", "incapacity",
     _VITAL | {"incapacity": ""}),
    ("C7", "nobody stands for it", "by", "by", _VITAL | {"by": ""}),
    ("C7", "the same person twice", "same_person", "confirmed_by", _VITAL | {"confirmed_by": "W1"}),
    ("C7", "one worker alone with a name", "above_emergency_level", "categories",
     _VITAL | {"categories": ["name"]}),
    ("C10", "sight that no client agreed to", "sight", "liaison_sight", _VITAL | {"liaison_sight": True}),
    ("C8", "a duty without a name", "duty", "duty", _DUTY | {"duty": ""}),
    ("C8", "a duty on one worker's word", "second_person", "confirmed_by", _DUTY | {"confirmed_by": ""}),
]  # fmt: skip


def _disclose(**changed: Any) -> Given:
    return {"disclose": {"purpose": "domestic_violence", "recipient": DESK, "now_ms": NOW_MS} | changed}


_ENDS, _STANDS_ON = {"ends": True}, {"ends": False}
_THEN: list[tuple[str, str, dict[str, Any], Given, Any]] = [
    ("C1", "a disclosure that it covers", {}, _disclose(), {}),
    ("C4", "in its last millisecond", {}, _disclose(now_ms=NOW_MS + 90 * DAY_MS - 1), {}),
    ("C4", "when it has expired", {}, _disclose(now_ms=NOW_MS + 90 * DAY_MS),
     ("consent.expired", "expires_at")),
    ("C1", "before it was given", {}, _disclose(now_ms=NOW_MS - 1), ("consent.expired", "expires_at")),
    ("C1", "for another purpose", {}, _disclose(purpose="advice"), ("consent.purpose", "purpose")),
    ("C1", "to somebody else", {}, _disclose(recipient="TH-00/tsda"), ("consent.recipient", "recipients")),
    ("C1", "when it was withdrawn", {}, _disclose(withdrawn_ms=NOW_MS), ("consent.withdrawn",)),
    ("C11", "on one worker's word, in time", _VITAL, _disclose(now_ms=NOW_MS + DAY_MS - 1), {}),
    ("C11", "on one worker's word, too late", _VITAL, _disclose(now_ms=NOW_MS + DAY_MS),
     ("consent.not_confirmed", "confirm_by")),
    ("C11", "a second person in time", _VITAL, {"confirm": {"by": "W2", "now_ms": NOW_MS}},
     {"confirmed": True}),
    ("C11", "the same person again", _VITAL, {"confirm": {"by": "W1", "now_ms": NOW_MS}},
     ("consent.same_person", "confirmed_by")),
    ("C11", "a second person too late", _VITAL, {"confirm": {"by": "W2", "now_ms": NOW_MS + DAY_MS}},
     ("consent.not_confirmed", "confirm_by")),
    ("C6", "the client withdraws a consent", {}, {"withdraw": "client"}, _ENDS),
    ("C6", "a guardian withdraws a client's own consent", {}, {"withdraw": "guardian"}, _STANDS_ON),
    ("C6", "the guardian withdraws", _GUARDIAN, {"withdraw": "guardian"}, _ENDS),
    ("C6", "a guardian who is the danger withdraws", _GUARDIAN, {"withdraw": "dangerous_guardian"},
     _STANDS_ON),
    ("C6", "a guardian, of vital interest", _VITAL, {"withdraw": "guardian"}, _STANDS_ON),
    ("C6", "the client can speak again", _VITAL, {"withdraw": "client"}, _ENDS),
    ("C6", "the client, of a legal duty", _DUTY, {"withdraw": "client"}, _STANDS_ON),
]  # fmt: skip


def judge(given: Given) -> Result:
    grant = _ground(given["ground"])
    if "then" in given:
        ((act, told),) = given["then"].items()
        return _ACTS[act](grant, told)
    return {
        "citation": grant.citation,
        "categories": sorted(grant.categories),
        "liaison_sight": grant.liaison_sight,
        "expires_ms": to_ms(grant.expires_at),
        "confirmed": grant.confirmed,
        "confirm_by_ms": to_ms(grant.confirm_by) if grant.confirm_by else 0,
    }


def _ground(told: Given) -> Grant:
    law, rules = jurisdictions()[told["country"]], policy()
    scope = consent.Scope(
        id="1",
        purpose=told["purpose"],
        categories=frozenset(told["categories"]),
        recipients=frozenset(told["recipients"]),
        given_at=from_ms(told["given_ms"]),
        record=bytes(32),
        expires_at=from_ms(told["expires_ms"]) if "expires_ms" in told else None,
        sensitive=told.get("sensitive", True),
        liaison_sight=told.get("liaison_sight"),
        copies=frozenset(told.get("copies", ())),
        dangerous=frozenset(told.get("dangerous", ())),
    )
    asked = {name: told[name] for name in _ASKED[told["basis"]]}
    return _MAKE[told["basis"]](scope, law, rules, **asked)


_MAKE: dict[str, Callable[..., Grant]] = {
    "consent": consent.consent,
    "guardian_consent": consent.guardian_consent,
    "vital_interest": consent.vital_interest,
    "legal_duty": consent.legal_duty,
}
_ASKED = {
    "consent": ("form", "age"),
    "guardian_consent": ("form", "guardian", "child_view"),
    "vital_interest": ("harm", "incapacity", "by", "confirmed_by"),
    "legal_duty": ("duty", "by", "confirmed_by"),
}


def _check(grant: Grant, told: Given) -> Result:
    if "withdrawn_ms" in told:
        grant = replace(grant, withdrawn_at=from_ms(told["withdrawn_ms"]))
    now = from_ms(told["now_ms"])
    consent.check_grant(grant, purpose=told["purpose"], recipient=told["recipient"], now=now)
    return {}


def _confirm(grant: Grant, told: Given) -> Result:
    return {"confirmed": consent.confirm(grant, by=told["by"], now=from_ms(told["now_ms"])).confirmed}


def _withdraw(grant: Grant, by: str) -> Result:
    return {"ends": consent.withdrawal_stops(grant, By(by))}


_ACTS: dict[str, Callable[[Grant, Any], Result]] = {
    "disclose": _check,
    "confirm": _confirm,
    "withdraw": _withdraw,
}


def _standing(told: Given) -> Result:
    """What a ground comes to where nothing says otherwise."""
    return {
        "citation": _CITED[told["basis"]],
        "categories": sorted({*told["categories"], "case_code", "request"}),
        "liaison_sight": False,
        "expires_ms": NOW_MS + 90 * DAY_MS,
        "confirmed": False,
        "confirm_by_ms": 0,
    }
