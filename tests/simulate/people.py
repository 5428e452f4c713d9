"""Clients and what they agree to: case files and consents with a mark in every text, drawn from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import yaml

from songtor_node.cases.casefile import CaseFile
from songtor_node.consents.form import ConsentForm
from songtor_node.forms import check
from songtor_proto.address import Address
from songtor_proto.vocabulary import policy, vocabulary
from tests.simulate import template
from tests.simulate.marks import Marks, found

GUARDIAN = "มารดา"
CENTRE = "TH-00/tsda"
NEVER = ""
"""In place of a category: what has no field to leave in."""


@dataclass
class Dossier:
    """A case as the simulator knows it. `marks`: what its texts say, by data category."""

    holder: str
    marks: Mapping[str, frozenset[str]]
    child: bool
    derived: bool = False  # made from a referral
    unsafe: frozenset[str] = frozenset()
    code: str = ""
    consents: list[Agreed] = field(default_factory=list)


@dataclass(frozen=True)
class Agreed:
    """A ground as the simulator knows it. `alone`: one worker stands for it so far."""

    code: str
    purpose: str
    categories: frozenset[str]
    recipients: tuple[str, ...]
    alone: bool


def may_leave(
    agreed: Agreed, to: str, ticked: frozenset[str] | None, unsafe: frozenset[str]
) -> frozenset[str]:
    """What may go there at most, by rules M2, M3 and C7, worked out anew from the policy's data."""
    rules = policy()
    purpose = rules.purposes[agreed.purpose]
    levels = {code: one.level for code, one in rules.categories.items()}
    desk = Address.parse(to).desk_code
    wanted = set(purpose.narrow.get(desk, (*purpose.needs, *purpose.useful)))
    if ticked is None:
        wanted = {code for code in wanted if code in purpose.needs and levels[code] < 2}
    else:
        wanted &= ticked
    if agreed.alone:
        wanted = {code for code in wanted if levels[code] < 2}
    return frozenset((wanted & agreed.categories) | rules.always) - unsafe


def draw_case(random: Random, marks: Marks, holder: str) -> tuple[CaseFile, Dossier]:
    """Most facts are known; one in six cases is a child's, one in six calls something unsafe."""
    child, name = random.random() < 0.17, marks.thai(holder)
    unsafe = (
        frozenset(random.sample(["contact", "address", "place", "family"], 1))
        if random.random() < 0.17
        else ()
    )
    texts: dict[str, list[str]] = {"name": [name]}

    def mark(category: str, *, latin: bool = False) -> str:
        texts.setdefault(category, []).append(marks.latin(holder) if latin else marks.thai(holder))
        return texts[category][-1]

    def known(block: dict[str, Any]) -> dict[str, Any]:
        return block if random.random() < 0.8 else {}

    told = f"{name} เล่าเรื่อง" if random.random() < 0.2 else "ผู้รับบริการเล่าเรื่อง"
    form = {
        "target_group": "thai_abroad",
        "channel": random.choice(list(vocabulary().channels)),
        "request": {"text": f"ขอให้ช่วย {mark('request')}", "kinds": ["counselling"]},
        "narrative": f"{told} {mark('narrative')}",
        "client": {
            "name_thai": name,
            "name_latin": mark("name", latin=True),
            "nickname": mark(NEVER),
            "sex": random.choice(["female", "male"]),
            "birth_date": "2017-03" if child else random.choice(["1988", "1979-11-02"]),
            "languages": ["th", "de"],
            "nationality": "TH",
            "religion": mark("religion"),
            "contacts": [{"channel": "line", "value": mark("contact", latin=True), "safe": mark("contact")}],
            "address": f"บ้าน {mark('address')}",
            "identity_numbers": [{"kind": "passport", "number": mark("identity_number", latin=True)}],
            **known({"city": mark("place"), "region": mark("place"), "country": "DE"}),
        },
        "people": [
            {
                "relation": GUARDIAN,
                "name_thai": mark("family"),
                "guardian": True,
                "contacts": [{"channel": "phone", "value": mark("family", latin=True)}],
            },
            {
                "relation": "พ่อเลี้ยง",
                "name_thai": mark("family"),
                "guardian": True,
                "danger": True,
                "contacts": [{"channel": "phone", "value": mark(NEVER, latin=True)}],
            },
        ],
        "problems": [
            {"code": code, "note": mark(NEVER)} for code in random.sample(list(vocabulary().problems), 2)
        ],
        "threats": [
            {
                "subject": "client",
                "dimension": "social",
                "level": random.choice(["red", "yellow", "green"]),
                "reason": mark(NEVER),
            }
        ],
        "facts": [{"text": mark(NEVER), "source": mark(NEVER)}],
        "events": [{"when": "2015", "theme": mark("timeline"), "text": mark("timeline")}],
        "incidents": [{"when": "2026-11", "text": mark("incident"), "perpetrator": mark("incident")}],
        "health": known({"physical": mark("health"), "mental": mark("health")}),
        "legal_status": known({"residence": mark("legal_status")}),
        "finances": known({"income": mark("finances"), "debts": mark("finances")}),
        "education": known({"level": mark("education"), "text": mark("education")}),
        "work": [
            {
                "kind": "counselling",
                "practice_form": next(iter(vocabulary().practice_forms)),
                "agency": mark("services"),
                "who": mark(NEVER),
                "text": mark(NEVER),
            }
        ],
        "notes": [{"text": mark(NEVER)}],
        "unsafe": [{"category": category, "reason": mark(NEVER)} for category in unsafe],
    }
    there = found([form])
    by_category = {category: frozenset(said) & there for category, said in texts.items()}
    return check(CaseFile, form), Dossier(holder, by_category, child, unsafe=frozenset(unsafe))


def draw_consent(
    random: Random, marks: Marks, dossier: Dossier, seats: tuple[str, ...], now: datetime
) -> tuple[ConsentForm, Agreed]:
    """A ground of any basis, for a purpose that the case may have, to one to three recipients."""
    rules = policy()
    purpose = random.choice(list(rules.purposes.values()))
    parties = [f"TH-00/{desk}" for desk in purpose.desks if desk in template.desks()]
    parties += [seat for seat in seats if purpose.node and seat != dossier.holder]
    recipients = tuple(sorted(random.sample(parties, min(len(parties), random.randint(1, 3)))))
    basis = random.choice(
        ["guardian_consent" if dossier.child else "consent"] * 4 + ["vital_interest", "legal_duty"]
    )
    alone = basis == "vital_interest" and random.random() < 0.8
    useful = [*purpose.needs, *purpose.useful]
    if alone:
        useful = [code for code in useful if rules.categories[code].level < 2]
    categories = frozenset(random.sample(useful, random.randint(1, len(useful))))
    days = random.choice([1, 2, 4])
    holder = dossier.holder
    said: dict[str, Any] = {
        "basis": basis,
        "purpose": purpose.code,
        "categories": sorted(categories),
        "recipients": list(recipients),
        "expires": (now + timedelta(days=days)).date().isoformat() if random.random() < 0.15 else "",
        "age": None if dossier.child else 40,  # a case that came from elsewhere may not say it
        "kept": marks.thai(holder),
    }
    if basis == "guardian_consent":
        said |= {"guardian": GUARDIAN, "child_view": marks.thai(holder)}
    if basis == "vital_interest":
        said |= {"harm": marks.thai(holder), "incapacity": marks.thai(holder)}
    if basis == "legal_duty":
        said["duty"] = marks.thai(holder)
    if basis == "legal_duty" or (basis == "vital_interest" and not alone):
        said["second"] = template.WORKERS[1]
    return check(ConsentForm, said), Agreed("", purpose.code, categories | rules.always, recipients, alone)


def draw_ticks(random: Random, agreed: Agreed) -> frozenset[str] | None:
    """The default, or what a worker ticks of what was agreed."""
    if random.random() < 0.3:
        return None
    return frozenset(code for code in sorted(agreed.categories) if random.random() < 0.8)


def draw_centre_case(random: Random, marks: Marks, to: str) -> tuple[bytes, dict[str, frozenset[str]]]:
    """A case of the centre's own for a node, as its file, and the marks that may go there, by category."""
    rules = policy()
    purpose = random.choice([one for one in rules.purposes.values() if one.node])
    useful = [*purpose.needs, *purpose.useful]
    categories = frozenset(random.sample(useful, random.randint(1, len(useful))))
    share = frozenset(code for code in sorted(categories) if random.random() < 0.5)
    texts = {
        code: marks.thai(CENTRE)
        for code in ("request", "name", "address", "narrative", "religion", "contact", "health", "place")
    }
    file = {
        "referrer": random.choice(list(rules.referrers)),
        "urgency": random.choice(["red", "yellow", "green"]),
        "facts": {
            "case_code": "H-1",
            "request": {"text": texts["request"]},
            "demographics": {"sex": "female", "age_band": "25-39"},
            "place": {"city": texts["place"]},
            "problems": random.sample(list(vocabulary().problems), 1),
            "name": {"thai": texts["name"]},
            "contacts": [{"channel": "line", "value": texts["contact"]}],
            "address": texts["address"],
            "narrative": texts["narrative"],
            "health": {"physical": texts["health"]},
            "religion": texts["religion"],
        },
        "share": sorted(share),
        "consent": {
            "basis": "legal_duty",
            "purpose": purpose.code,
            "categories": sorted(categories),
            "recipients": [to],
            "duty": marks.thai(CENTRE),
            "second": template.SECOND,
        },
    }
    ticked = share | {code for code in purpose.needs if rules.categories[code].level < 2} | rules.always
    agreed = Agreed("", purpose.code, categories | rules.always, (to,), alone=False)
    may = may_leave(agreed, to, ticked, frozenset())
    content = yaml.safe_dump(file, allow_unicode=True, sort_keys=False).encode()
    return content, {code: frozenset({mark}) for code, mark in texts.items() if code in may}
