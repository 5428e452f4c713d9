"""What a node has after some weeks: a place of help, papers, a visit, a closed case, somebody who left; a
consent on paper and its copy, a referral that was asked about, and one that is worked on."""

from __future__ import annotations

import re
from base64 import b64decode

from sqlmodel import select

from songtor_hub.desks import acts as desk_acts
from songtor_node.accounts import people
from songtor_node.cases import blanks, closure, entries, papers, service
from songtor_node.cases.models import Case
from songtor_node.referrals import replies
from songtor_node.resources import acts as resources
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from tests.browser.sample import Served
from tests.support.linked import LinkedNetwork
from tests.support.talks import begin, case_of, say, to_check
from tests.support.visitor import visitor

DOT = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def furnish(at: Served) -> list[str]:
    """Paths that nothing links to from where a walk begins."""
    now = at.node.clock()
    with writing(at.node.engine) as session:
        by = acting(session, "malee")
        first, last = (
            session.exec(select(Case).where(Case.code == code)).one() for code in (at.cases[0], at.cases[-1])
        )
        paper = papers.keep(session, first, name="จดหมาย", file=papers.checked(DOT), kind="", by=by, now=now)
        service.add(
            session, first, "visit", entries.Meeting(method="phone_call", found="ปลอดภัยดี"), by=by, now=now
        )
        closure.close(session, last, entries.Closing(outcome="assisted"), by=by, now=now)
        form = resources.ResourceForm(kind="shelter", name="บ้านพักตัวอย่าง", country="DE")
        place = resources.add(session, form, by=by, now=now)
        people.leave(session, "lek", by="admin", now=now)
        blank, to_sign = (
            blanks.make(
                session, kind, 1, language="th", purpose=purpose, by=by, now=now, random=at.node.random
            )[0].code
            for kind, purpose in (("intake", ""), ("consent", "domestic_violence"))
        )
    case, ended = f"/cases/{at.cases[0]}", f"/cases/{at.cases[-1]}"
    assert at.network is not None
    return [
        *_agreed(at),
        *_to_sign(at),
        *_under_way(at.network),
        f"{case}/papers/{paper.id}",
        f"{case}/papers/{paper.id}/content",
        f"{case}/papers/{paper.id}/remove",
        f"{case}/visits",
        f"{case}/flower/together/0",
        f"{ended}/closure/reopen",
        f"/resources/{place.id}",
        "/people/lek/return",
        "/today/accounts",
        f"/blank-forms/{blank}",
        f"/type-in/{to_sign}",
    ]


def _agreed(at: Served) -> list[str]:
    """A sheet that waits for a signature, and a copy that is safe to take home."""
    who = visitor(at.node, "malee")
    talk = begin(who, case_of(at.node))
    say(who, talk, "check", seen=to_check(who, talk), how="paper")
    copy = f"/consents/{at.consents[0]}"
    assert who.post(f"{copy}/copy", {"safe": "yes"}).headers["location"] == f"{copy}/print"
    return [f"{talk}/paper", f"{talk}/sheet", f"{copy}/print"]


def _to_sign(at: Served) -> list[str]:
    """A plan that a client reads, ticks and signs, and its ways without a phone."""
    who, agreement = visitor(at.node, "malee"), f"/cases/{at.cases[0]}/agreement"
    numbers = re.findall(r'name="goals" value="(\d+)"', who.get(agreement).text)
    who.post(agreement, {"by": "client", "goals": numbers, "language": "th", "how": "here"})
    seen = re.findall(r'name="seen" value="([^"]*)"', who.get(f"{agreement}/held").text)
    assert who.post(f"{agreement}/held", {"seen": seen, "agreed": numbers}).status_code == 303
    ways = ("held", "held/sign", "held/thanks", "paper", "spoken", "sheet")
    return [f"{agreement}/{way}" for way in ways]


def _under_way(network: LinkedNetwork) -> list[str]:
    """One that a desk asks about, one that came here and was begun."""
    berlin, taipei = network.nodes
    asked = berlin.refer()
    berlin.sync()
    dwf = network.desk("dwf")
    desk_acts.accept(dwf, asked)
    desk_acts.ask(dwf, asked, "มีลูกมาด้วยไหม")
    begun = taipei.refer(to="DE-02")
    network.sync_all()
    with berlin.act() as act:
        replies.accept(act, begun)
        replies.start(act, begun)
    return [f"/referrals/{asked}", f"/referrals/{begun}"]
