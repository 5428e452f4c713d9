"""A conversation about a consent: which question comes next, what was answered, and how it ends.

Every answer is kept as it is given, under the name of its screen. Who is not asked (vital interest, legal
duty) has a shorter way, with a second person at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord
from songtor_node.consents import acts
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House, sensitive, text_to_show
from songtor_node.consents.models import Consent, Talk
from songtor_node.forms import check
from songtor_node.workers import Worker
from songtor_proto import consent as rule
from songtor_proto.errors import ConsentError, InputError
from songtor_proto.remit import allowed, impersonal, needed
from songtor_proto.times import Random
from songtor_web.texts import LANGUAGES

ASKED = ("consent", "guardian_consent")
DAYS = (rule.DEFAULT_DAYS, 30, 7)
HOW = ("sign", "paper", "spoken")
_GUARDIAN = "guardian:"


@dataclass(frozen=True, slots=True)
class Offer:
    """What could be told: always, because a recipient cannot work without it, because it may help; what is
    noted as not safe to tell; and what is ticked at first where a worker chooses."""

    always: Sequence[str]
    needed: Sequence[str]
    useful: Sequence[str]
    unsafe: Sequence[str]
    ticked: frozenset[str]


def begin(session: Session, case: Case, record: CaseRecord, *, by: Worker, now: datetime) -> Talk:
    """In the client's language where it is one of ours."""
    language = next((one for one in record.client.languages if one in LANGUAGES), LANGUAGES[0])
    assert case.id is not None
    talk = Talk(case_id=case.id, by=by.code, at=now, language=language, changed_at=now)
    session.add(talk)
    session.flush()
    return talk


def find(session: Session, case: Case, number: int) -> Talk:
    """InputError("not_here") where the case has none of that number."""
    talk = session.get(Talk, number)
    if talk is None or talk.case_id != case.id:
        raise InputError("not_here", field="talk")
    return talk


def listing(session: Session, case: Case) -> Sequence[Talk]:
    """Those that did not end with a consent, oldest first."""
    query = select(Talk).where(Talk.case_id == case.id, col(Talk.consent).is_(None))
    return session.exec(query.order_by(col(Talk.id))).all()


def basis(talk: Talk) -> str:
    """A code of the grounds; empty before it is said who is asked."""
    who = str(talk.answers.get("who", ""))
    return "consent" if who == "client" else "guardian_consent" if who.startswith(_GUARDIAN) else who


def guardian(talk: Talk) -> str:
    """How the form names the guardian who is asked; empty for nobody."""
    who = str(talk.answers.get("who", ""))
    return who.removeprefix(_GUARDIAN) if who.startswith(_GUARDIAN) else ""


def route(talk: Talk, record: CaseRecord, house: House, now: datetime) -> list[str]:
    """The screens of this conversation, in order, as far as is known from its answers."""
    return list(_route(talk, record, house, now))


def _route(talk: Talk, record: CaseRecord, house: House, now: datetime) -> Iterator[str]:
    said, ground = talk.answers, basis(talk) or ASKED[0]
    yield "who"
    if ground == "consent" and rule.least_age(record.client.birth_date, "", now.date()) is None:
        yield "age"
    if ground == "guardian_consent":
        yield "child_view"
    if ground == "vital_interest":
        yield "harm"
        if house.law.vital_needs_incapacity:
            yield "incapacity"
    if ground == "legal_duty":
        yield "duty"
    yield "purpose"
    purpose = house.policy.purposes.get(str(said.get("purpose", "")))
    if ground in ASKED and purpose and purpose.traced_person_consents:
        yield "traced"
    yield "recipients"
    if ground in ASKED:
        yield from ("phone", "told", "days", "follow", "sight", "check")
        if "check" in said:
            yield said["check"]["how"]
    else:
        yield from ("told", "days", "second")


def next_screen(screens: Sequence[str], talk: Talk) -> str:
    """The first that has no answer yet."""
    return next((one for one in screens if one not in talk.answers), screens[-1])


def answer(talk: Talk, screen: str, value: Any, screens: Sequence[str], now: datetime) -> None:
    """Keeps it. A changed answer takes with it what was asked because of the old one."""
    if talk.consent is not None:
        raise InputError("talk_ended", field="talk")
    answers = dict(talk.answers)
    if answers.get(screen) != value:
        answers.pop("check", None)
        if screen in answers and screen in ("who", "purpose", "recipients"):
            for later in screens[screens.index(screen) + 1 :] if screen in screens else ():
                if later in ("recipients", "traced", "told", "sight", "phone"):
                    answers.pop(later, None)
    answers[screen] = value
    talk.answers, talk.changed_at, talk.refused_at = answers, now, None


def offer(talk: Talk, record: CaseRecord, house: House) -> Offer:
    """By the policy, for the purpose and whoever is to receive it. Nothing that is sensitive or says who
    someone is is ticked at first."""
    policy, purpose, to = house.policy, talk.answers["purpose"], talk.answers["recipients"]
    may = frozenset[str]().union(*(allowed(policy, purpose, one) for one in to)) - policy.always
    must = frozenset[str]().union(*(needed(policy, purpose, one) for one in to)) - policy.always
    safe = [code for code in policy.categories if code in may and code not in record.unsafe]
    return Offer(
        always=[code for code in policy.categories if code in policy.always],
        needed=[code for code in safe if code in must],
        useful=[code for code in safe if code not in must],
        unsafe=[code for code in policy.categories if code in may & record.unsafe],
        ticked=must & impersonal(policy) - sensitive(record, house) - record.unsafe,
    )


def form(talk: Talk, now: datetime, **more: Any) -> ConsentForm:
    """What has been answered so far, as the form that is recorded. InputError where it says too little."""
    said, asked = talk.answers, basis(talk) in ASKED
    ends = said.get("check", {}).get("expires") or (
        now.date() + timedelta(days=said.get("days", rule.DEFAULT_DAYS))
    )
    return check(
        ConsentForm,
        {
            "basis": basis(talk),
            "purpose": said.get("purpose", ""),
            "categories": said.get("told", []),
            "recipients": said.get("recipients", []),
            "expires": str(ends),
            "liaison_sight": said.get("sight") if asked else None,
            "language": talk.language,
            "shown": said.get("check", {}).get("shown", "") if asked else "",
            "age": said.get("age"),
            "guardian": guardian(talk),
            "child_view": said.get("child_view", ""),
            "harm": said.get("harm", ""),
            "incapacity": said.get("incapacity", ""),
            "duty": said.get("duty", ""),
            "traced_person_consented": said.get("traced", False),
            **more,
        },
    )


def shown(talk: Talk, record: CaseRecord, house: House, now: datetime) -> tuple[str, str]:
    """The text that whoever is asked reads or hears, with its last day (ISO 8601)."""
    kept = talk.answers.get("check")
    if kept:
        return kept["shown"], kept["expires"]
    filled = form(talk, now)
    return text_to_show(record, filled, house, now), filled.expires


def check_age(talk: Talk, age: int, house: House) -> None:
    """ConsentError("minor") where that is a child in this country (C5)."""
    if age < house.law.minor_under:
        raise ConsentError("minor", field="age")


def give(
    session: Session,
    talk: Talk,
    case: Case,
    house: House,
    *,
    by: Worker,
    now: datetime,
    random: Random,
    **more: Any,
) -> Consent:
    """The conversation ends with a ground. `more`: fields of the form that its last screen asks for.

    InputError("talk_ended"), and errors as in `acts.record`."""
    if talk.consent is not None:
        raise InputError("talk_ended", field="talk")
    made = acts.record(session, case, form(talk, now, **more), house, by=by, now=now, random=random)
    talk.consent, talk.changed_at, talk.refused_at = made.code, now, None
    return made


def drop(session: Session, talk: Talk) -> None:
    """InputError("talk_ended"): what came of it, a no too, stays."""
    if talk.consent is not None or talk.refused_at is not None:
        raise InputError("talk_ended", field="talk")
    session.delete(talk)


def refuse(talk: Talk, now: datetime) -> None:
    """Whoever was asked said no; that is kept, not hidden. InputError("talk_ended")."""
    if talk.consent is not None:
        raise InputError("talk_ended", field="talk")
    talk.refused_at = talk.changed_at = now
