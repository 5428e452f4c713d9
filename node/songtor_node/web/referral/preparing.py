"""A referral that a worker is preparing: kept as their draft of the case's page to refer, until it is sent.

`task` is the id that it will have: however often the last form is sent, it goes once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlmodel import Session

from songtor_node.cases import plan as plans
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord
from songtor_node.referrals import suggest
from songtor_node.referrals.act import Act
from songtor_node.referrals.acts import Prepared, Wish, new_task, prepared
from songtor_node.referrals.models import Referral
from songtor_node.web.forms.drafts import Draft, drop_draft, keep_draft
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError

LOOKED_AT_LEVEL = "yellow"
"""What columns are shown with while nobody has judged the case; they are the same at any level."""
_SEVERAL = ("tick", "clear")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`ticked`: the worker has seen the boxes, so that `tick` is their choice. `sight`: "yes", "no", or as
    the client chose. `again`: reference of the version before."""

    task: str
    purpose: str = ""
    to: str = ""
    ground: str = ""
    urgency: str = ""
    sight: str = ""
    again: str = ""
    ticked: str = ""
    tick: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()

    def wish(self, act: Act, urgency: str) -> Wish:
        """`urgency`: where the plan says none."""
        chosen = frozenset(self.tick) & act.policy.categories.keys()
        return Wish(
            to=self.to,
            purpose=self.purpose,
            tick=chosen,
            untick=frozenset(act.policy.categories) - chosen - act.policy.always
            if self.ticked
            else frozenset(),
            cleared=frozenset(self.clear),
            ground=self.ground,
            sight={"yes": True, "no": False}.get(self.sight),
            urgency=self.urgency or urgency,
        )

    @property
    def id(self) -> bytes:
        return bytes.fromhex(self.task)


def page_of(case: str, step: str = "") -> str:
    return f"/cases/{case.upper()}/refer{step}"


def begin(act: Act, *, purpose: str, to: str = "", ground: str = "") -> Plan:
    return Plan(task=new_task(act).hex(), purpose=purpose, to=to, ground=ground)


def proposed(
    act: Act, record: CaseRecord, purpose: str, to: str, covered: Collection[str]
) -> suggest.Proposed:
    """What the steps of the case's plan need, of what may go to this recipient for this purpose."""
    return suggest.by_plan(
        act.policy,
        plans.needed_information(record.goals),
        purpose=purpose,
        recipient=to,
        covered=covered,
        unsafe=record.unsafe,
    )


def with_proposed(act: Act, record: CaseRecord, plan: Plan) -> Plan:
    """The boxes that nobody has looked at yet, ticked as its plan proposes; what no ground covers does not go
    all the same. A new version begins as the one before went."""
    if plan.again or plan.ticked or not plan.to:
        return plan
    return replace(
        plan, tick=tuple(proposed(act, record, plan.purpose, plan.to, act.policy.categories).ticked)
    )


def found(session: Session, visit: Visit, case: str) -> Plan | None:
    """The worker's plan for that case."""
    draft = session.get(Draft, (visit.me.code, page_of(case)))
    if draft is None or not draft.values.get("task"):
        return None
    said: dict[str, Any] = {
        one.name: tuple(draft.values.get(one.name, ()))
        if one.name in _SEVERAL
        else next(iter(draft.values.get(one.name, ())), "")
        for one in fields(Plan)
    }
    return Plan(**said)


def keep(session: Session, visit: Visit, case: str, plan: Plan) -> None:
    values = {
        name: list(value) if isinstance(value, (tuple, list)) else [value]
        for name, value in asdict(plan).items()
    }
    keep_draft(session, visit.me.code, page_of(case), values, visit.now)


def drop(session: Session, visit: Visit, case: str) -> None:
    drop_draft(session, visit.me.code, page_of(case))


def sent(session: Session, case: Case, task: str) -> Referral | None:
    """What went of this case under that id already."""
    try:
        referral = session.get(Referral, bytes.fromhex(task))
    except ValueError:
        return None
    return referral if referral is not None and referral.case_id == case.id else None


def looked_at(act: Act, case: Case, plan: Plan, lang: str, urgency: str) -> Prepared:
    """What would leave by this plan. ConsentError where nothing carries it; InputError("missing") where it is
    not said yet what for and to whom."""
    if not plan.purpose or not plan.to:
        raise InputError("missing", field="purpose")
    level = LOOKED_AT_LEVEL if urgency == "unknown" else urgency
    return prepared(act, case, plan.wish(act, level), lang=lang)
