"""What the blank consent form asks, for one purpose; and the conversation that it is typed in as."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from songtor_node.cases.record import CaseRecord
from songtor_node.consents import suggest
from songtor_node.consents import talk as talks
from songtor_node.consents.ground import House
from songtor_node.consents.models import Talk
from songtor_node.consents.notice import RISK, notice, parts, party_name
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.visit import Visit
from songtor_proto import consent as rule
from songtor_proto.errors import InputError
from songtor_proto.remit import allowed
from songtor_web.fields import Option

CLIENT, GUARDIAN = "client", "guardian"
ASKS = (
    Ask("case", words="paper_case"),
    Ask("who", "choice", words="paper_who", options=(CLIENT, GUARDIAN)),
    Ask("recipients", "checks", words="paper_recipients"),
    Ask("told", "checks", words="paper_told"),
    Ask("days", "choice", words="paper_days", options=tuple(str(one) for one in talks.DAYS)),
    Ask("sight", "choice", words="paper_sight", options=("no", "yes")),
)
_RIGHTS, _LAW = 5, 6
"""Of the text's parts; the first line of the rights is the last day, which the form asks for."""


def lists(visit: Visit, house: House, purpose: str) -> Lists:
    """Recipients: the desks that stand for everybody; others are chosen on the screen."""
    policy, desks = house.policy, suggest.desks(house.policy, house.vocabulary, purpose)
    may = frozenset[str]().union(*(allowed(policy, purpose, one) for one in desks)) - policy.always
    return {
        "recipients": [Option(to, party_name(to, house.vocabulary, visit.lang)) for to in desks],
        "told": [
            Option(code, term.label(visit.lang)) for code, term in policy.categories.items() if code in may
        ],
    }


def text(house: House, purpose: str, lang: str, today: date) -> tuple[list[str], list[str]]:
    """What is said before anybody agrees: what may follow; rights, and the law."""
    said = parts(
        notice(
            purpose=purpose, categories=(), recipients=(), until=today, sight=False, law=house.law,
            vocabulary=house.vocabulary, policy=house.policy, lang=lang,
        )
    )  # fmt: skip
    return said[RISK], [*said[_RIGHTS][1:], *said[_LAW]]


def answers(
    said: Mapping[str, Any], talk: Talk, record: CaseRecord, house: House, purpose: str, today: date
) -> dict[str, Any]:
    """The conversation's, as far as the paper tells; the rest is asked on its screens. What a recipient may
    not be told, or is noted as dangerous, is left out, whatever was ticked. InputError("missing")."""
    found: dict[str, Any] = {"purpose": purpose}
    age = rule.least_age(record.client.birth_date, "", today)
    if said["who"] == CLIENT and not (age is not None and age < house.law.minor_under):
        found["who"] = CLIENT
    recipients = [
        to for to in suggest.desks(house.policy, house.vocabulary, purpose) if to in said["recipients"]
    ]
    if not said["who"]:
        raise InputError("missing", field="who")
    if recipients:
        found["recipients"] = recipients
        talk.answers = dict(found)
        offer = talks.offer(talk, record, house)
        found["told"] = [one for one in (*offer.needed, *offer.useful) if one in said["told"]]
        found |= {"phone": "read", "follow": True, "sight": said["sight"] == "yes"}
        found["days"] = int(said["days"]) if said["days"] in map(str, talks.DAYS) else talks.DAYS[-1]
    return found
