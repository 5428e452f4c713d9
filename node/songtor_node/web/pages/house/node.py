"""This node: its line, what waits to be sent, what a person must look at, its network and its keys."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from songtor_node import alerts
from songtor_node.keys import HUB
from songtor_node.link.enrol import enrol
from songtor_node.link.voice import believe, is_compared, note_compared, spoken
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.settings import all_kept
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.line import sees_trouble
from songtor_node.web.referral.parties import party
from songtor_node.web.visit import Visit
from songtor_node.workers import Worker
from songtor_proto.address import Address
from songtor_proto.errors import InputError, PeerError, SongtorError, catalogue
from songtor_web.fields import Field

MOST_ROWS = 50
MOST_CODE = 16_384  # characters of an invitation


def home(visit: Visit) -> Response:
    with visit.reading() as session:
        said = all_kept(session)
        looks = sees_trouble(visit.me)
        return visit.show(
            "node/home.html",
            state=visit.line(),
            seat=said.get("seat", ""),
            network=said.get("network", ""),
            organisation=party(said["seat"], visit.lang) if said.get("seat") else "",
            version=version("songtor-node"),
            phones=visit.front.reach.phones,
            looks=looks,
            waiting=_waiting(session, visit) if looks else (),
            alerts=_alerts(session, visit) if looks else (),
        )


def alert_seen(visit: Visit) -> Response:
    """Somebody has dealt with it."""
    if not sees_trouble(visit.me) or visit.said("code") == alerts.TO_EACH:
        raise PeerError("not_allowed")
    with visit.writing() as session:
        alerts.settle(session, visit.said("code"), subject=visit.said("subject"))
    return visit.go("/node", done="seen")


def join(visit: Visit, error: SongtorError | None = None) -> Response:
    field = Field(name="code", kind="prose", label=visit.t("node.code"), hint=visit.t("node.code_hint"))
    if isinstance(error, InputError):
        field = field.wrong(error.words(visit.lang))
    message = error.public(visit.lang) if error and not isinstance(error, InputError) else ""
    return visit.show(
        "node/join.html",
        422 if error else 200,
        field=field,
        message=message,
        enrolled=visit.enrolled,
    )


def joined(visit: Visit) -> Response:
    try:
        if not visit.said("code"):
            raise InputError("missing", field="code")
        enrol(visit.node, visit.said("code").strip()[:MOST_CODE], visit.front.network)
    except SongtorError as error:
        return join(visit, error)
    return visit.go("/node/keys", done="joined")


def keys(visit: Visit, error: SongtorError | None = None) -> Response:
    with visit.reading() as session:
        try:
            me, *others = spoken(session)
            done = is_compared(session)
            people = session.exec(select(func.count()).select_from(Worker)).one()
        except InputError:  # in no network yet
            return visit.go("/node/join")
    owner = visit.said("owner")
    changed = [one for one in others if not one.trusted and not one.revoked]
    fields = [
        Field(
            name="digits",
            kind="line",
            label=visit.t("node.heard"),
            hint=visit.t("node.heard_hint"),
            value=visit.said("digits") if one.owner == owner else "",
            error=error.words(visit.lang) if error and one.owner == owner else "",
        )
        for one in changed
    ]
    return visit.show(
        "node/keys.html",
        422 if error else 200,
        own=me,
        changed=list(zip(changed, fields, strict=True)),
        centre=next((one for one in others if one.owner == HUB and one not in changed), None),
        others=[one for one in others if one not in changed and one.owner != HUB],
        compared=done,
        alone=people < 2,
        party=lambda address: party(address, visit.lang),
    )


def compared(visit: Visit) -> Response:
    """What was heard on the telephone is the key that lies here, or it is not believed."""
    if visit.said("own"):
        with visit.writing() as session:
            note_compared(session, visit.said("own"))
        return visit.go("/node/keys", done="seen")
    try:
        with visit.act() as now:
            believe(now, visit.said("owner"), visit.said("digits"))
    except PeerError as error:
        return keys(visit, error)
    return visit.go("/node/keys", done="believed")


def _waiting(session: Session, visit: Visit) -> list[dict[str, Any]]:
    """Of each referral the first that has not left yet, oldest first."""
    query = (
        select(Outbox, Referral.reference)
        .join(Referral, col(Referral.task) == col(Outbox.task))
        .where(col(Outbox.state).in_(("waiting", "held")))
        .order_by(col(Outbox.sequence))
    )
    rows: dict[str, dict[str, Any]] = {}
    for row, reference in session.exec(query):
        rows.setdefault(
            reference,
            {
                "reference": reference,
                "to": party(row.recipient, visit.lang),
                "since": row.at,
                "held": row.state == "held",
            },
        )
        if len(rows) == MOST_ROWS:
            break
    return list(rows.values())


def _alerts(session: Session, visit: Visit) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "subject": one.subject,
            "of": _named(one.subject, visit.lang),
            "times": one.times,
            "last": one.last_at,
            "words": _words(one.code, visit.lang),
        }
        for one in alerts.alerts(session)[:MOST_ROWS]
    ]


def _named(subject: str, lang: str) -> str:
    """A reference as it is; of an address who it is, too."""
    try:
        Address.parse(subject)
    except InputError:
        return subject
    return f"{party(subject, lang)} ({subject})"


def _words(code: str, lang: str) -> str:
    """A code of a newer hub's is told as it is (E11)."""
    entry = catalogue().get(code)
    return entry.words(lang) if entry else code


PAGES = (
    Page(path="/node", may=May.WORKER, get=home),
    Page(path="/node/alerts", may=May.WORKER, post=alert_seen),
    Page(path="/node/join", may=May.ADMIN, get=join, post=joined),
    Page(path="/node/keys", may=May.ADMIN, get=keys, post=compared),
)
