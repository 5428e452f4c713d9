"""Pages that stand there only in the middle of something, and how one comes to be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from songtor_node.accounts import people
from songtor_node.accounts.models import Account
from songtor_node.store.engine import writing
from tests.browser.sample import Served
from tests.support.accounts import PASSWORD, with_account
from tests.support.linked import AGREED, CASE
from tests.support.talks import ADULT, CHILD, begin, case_of, say, to_check
from tests.support.visitor import visitor

Sent = tuple[str, Mapping[str, str]]
STORY = "โทรหาพี่สาวได้ที่ 080-000-0101 ตอนเย็น"


@dataclass(frozen=True, slots=True)
class Between:
    """Where it is met: who is signed in there, and what was sent before. `alone`: in a browser of its own."""

    at: Served
    path: str
    worker: str = ""
    sent: Sequence[Sent] = ()
    alone: bool = False


def at_the_door(at: Served) -> dict[str, Between]:
    """Half signed in, locked, in a client's hands, or shown a code once."""
    for worker in ("admin", "malee", "anong"):
        with_account(at.node, worker)
    with writing(at.node.engine) as session:
        session.get_one(Account, "anong").secret = ""  # no second proof yet
        once = people.give_code(session, "somsri", by="admin", now=at.node.clock(), random=at.node.random)

    def signing_in(path: str, code: str, password: str = PASSWORD, where: Served = at) -> Between:
        return Between(where, path, "", [("/sign-in", {"code": code, "password": password})])

    by_name = replace(at, origin=at.origin.replace("127.0.0.1", "localhost"))  # passkeys need a name
    at.front.reach = replace(at.front.reach, origins=at.front.reach.origins | {by_name.origin})
    found = [
        Between(at, "/sign-in"),
        signing_in("/sign-in/code", "admin"),
        signing_in("/sign-in/password", "somsri", once),
        signing_in("/sign-in/authenticator", "anong"),
        signing_in("/sign-in/second", "anong", where=by_name),
        signing_in("/sign-in/passkeys/new", "anong", where=by_name),
        signing_in("/sign-in/passkeys/new/done", "anong", where=by_name),
        Between(at, "/me/passkeys/new", "malee"),
        Between(at, "/me/passkeys/new/done", "malee"),
        Between(at, "/locked", "malee", alone=True),
        *(Between(at, path, alone=True) for path in ("/leave", "/calendar", "/calendar/today")),
        Between(at, "/hand-back", "malee", [(f"/cases/{at.cases[0]}/opened", {})]),
        Between(at, "/recovery-sheet/code", "admin", [("/recovery-sheet", {})]),
    ]
    given = Between(at, "/people/lek/code", "admin", [("/people/lek/return", {})])
    return {"/people/{worker}/code": given, **{one.path: one for one in found}}


def at_the_start(new: Served, *others: Served) -> dict[str, Between]:
    """Before there is a store; and in two of the `others`, right after one was made."""

    def sent(at: Served) -> list[Sent]:
        return [
            ("/start", {"start_code": at.front.start_code}),
            ("/start/you", {"name": "สุดา", "code": "admin"}),
            ("/start/password", {"new_password": PASSWORD, "again": PASSWORD}),
        ]

    steps = ["/start", "/start/you", "/start/password", "/start/lock"]
    found = [Between(new, path, "", sent(new)[:number]) for number, path in enumerate(steps)]
    found += [Between(new, f"/start/{way}", "", sent(new)) for way in ("passphrase", "credential", "keyfile")]
    for path, other in zip(("/start/sheet", "/start/key-away"), others, strict=True):
        found.append(Between(other, path, "", [*sent(other), ("/start/credential", {})]))
    return {one.path: one for one in found}


def referring(at: Served) -> dict[str, Between]:
    """Malee prepares referrals: without a ground yet, with words to look at, ready to be sent."""
    assert at.network is not None
    berlin, malee = at.network.nodes[0], visitor(at.node, "malee")

    def on(case: str, step: str, **said: Any) -> None:
        answer = malee.post(f"/cases/{case}/refer{step}", said)
        assert answer.status_code == 303, answer.text

    found = {}
    for step, tick in (("words", ["problems", "narrative"]), ("send", ["problems"])):
        case = berlin.case(CASE.replace("ผู้รับบริการเล่าว่าถูกทำร้าย", STORY))
        on(case, "", ground=berlin.consent(case, categories=AGREED), to="TH-00/dwf")
        on(case, "/look", ticked="true", tick=tick, urgency="yellow")
        found[step] = found["look"] = case
    found["consent"] = berlin.case()
    on(found["consent"], "", purpose="domestic_violence")
    on(found["consent"], "/whom", to="TH-00/dwf")
    found["pictures"] = at.cases[0]
    return {
        f"/cases/{{case}}/refer/{step}": Between(at, f"/cases/{case}/refer/{step}", "malee")
        for step, case in found.items()
    }


def asking(at: Served) -> dict[str, str]:
    """For each screen of a conversation about consent, one that is there."""
    who, found = visitor(at.node, "malee"), {}

    def talk(data: dict[str, Any] = ADULT, **said: str) -> str:
        path = begin(who, case_of(at.node, data))
        for screen, answer in said.items():
            say(who, path, screen, **{screen: answer})
        return path

    for how in ("paper", "spoken", "sign"):
        found[how] = talk()
        say(who, found[how], "check", seen=to_check(who, found[how]), how=how)
    asked = ("who", "purpose", "recipients", "phone", "told", "days", "follow", "sight", "check")
    found |= dict.fromkeys((*asked, "thanks", "refused"), found["sign"])
    found |= dict.fromkeys(("harm", "incapacity", "second"), talk(who="vital_interest"))
    found["duty"] = talk(who="legal_duty")
    found["age"] = talk({**ADULT, "client": {"nickname": "นวล"}}, who="client")
    found["traced"] = talk(who="client", purpose="tracing")
    found["child_view"] = talk(CHILD, who="guardian:มารดา")
    return {screen: f"{path}/{screen}" for screen, path in found.items()}
