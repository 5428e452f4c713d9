"""Who may come to which page. Routes are made from `Page`s alone, so none can be without its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sqlmodel import Session, col, select
from starlette.responses import Response

from songtor_node.cases import service
from songtor_node.cases.models import Case
from songtor_node.consents.models import Consent
from songtor_node.referrals.models import Referral
from songtor_node.web.front import When
from songtor_node.web.visit import Visit
from songtor_node.workers import ADMIN, SEES_ALL, Worker, may_see
from songtor_proto import reference
from songtor_proto.errors import InputError

Handler = Callable[[Visit], Response]


class May(Enum):
    """What a visitor must be."""

    ANYONE = "anyone"  # before a sign-in
    WORKER = "worker"  # anybody who works here
    CASEWORK = "casework"  # a role that sees cases, if only assigned ones
    ALL_CASES = "all_cases"  # a role that sees every case
    FIGURES = "figures"  # counts without persons: who sees every case, and the administrator
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One path. `{case}`, `{consent}` and `{reference}` in it are looked up, and who may not see that case is
    refused before the page is asked. `when` None: however far the node is. `megabytes`: the largest form it
    takes."""

    path: str
    may: May
    get: Handler | None = None
    post: Handler | None = None
    when: When | None = When.OPEN
    megabytes: float = 1.0

    @property
    def methods(self) -> list[str]:
        return [method for method, handler in (("GET", self.get), ("POST", self.post)) if handler]


def may_come(page: Page, worker: Worker | None) -> bool:
    """Whether someone of that role may ask for the page at all."""
    if page.may is May.ANYONE:
        return True
    if worker is None:
        return False
    return {
        May.WORKER: True,
        May.CASEWORK: may_see(worker.role, assigned=True),
        May.ALL_CASES: worker.role in SEES_ALL,
        May.FIGURES: worker.role in SEES_ALL or worker.role == ADMIN,
        May.ADMIN: worker.role == ADMIN,
    }[page.may]


def may_see_what(session: Session, worker: Worker, params: dict[str, str]) -> bool:
    """Whether the worker may see the case that the path is about; of what is not here nobody may."""
    if "case" in params:
        query = select(Case).where(Case.code == params["case"].upper())
    elif "consent" in params:
        query = select(Case).join(Consent).where(Consent.code == params["consent"].upper())
    elif "reference" in params:
        return _may_see_referral(session, worker, params["reference"])
    else:
        return True
    case = session.exec(query).first()
    return case is not None and service.may_see_case(session, case, worker)


def may_see_page(session: Session, worker: Worker, path: str) -> bool:
    """The same of the case that a page's path is of; one of no case may everybody see."""
    room, _, below = path.removeprefix("/").partition("/")
    parameter, code = _OF_A_CASE.get(room, ""), below.partition("/")[0]
    return not parameter or code in ("", "new") or may_see_what(session, worker, {parameter: code})


_OF_A_CASE = {"cases": "case", "consents": "consent", "referrals": "reference"}


def _may_see_referral(session: Session, worker: Worker, text: str) -> bool:
    try:
        query = select(Referral).where(Referral.reference == reference.normalise(text))
    except InputError:
        return False
    versions = session.exec(query.order_by(col(Referral.version))).all()
    if not versions:
        return False
    case = session.get(Case, versions[-1].case_id) if versions[-1].case_id else None
    return worker.role in SEES_ALL if case is None else service.may_see_case(session, case, worker)
