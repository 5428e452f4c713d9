"""Every page, asked for by everybody: who may not come does not, and no route can be forgotten."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlmodel import select

from songtor_hub.bootstrap import Hub
from songtor_node import workers
from songtor_node.accounts import people
from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import read_case
from songtor_node.cases.kinds import KINDS
from songtor_node.cases.models import Case
from songtor_node.cases.papers import Paper
from songtor_node.consents.models import Consent, Talk
from songtor_node.forms import check
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.referrals.models import Referral
from songtor_node.store.engine import reading, writing
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.front import Front, Reach, When
from songtor_node.web.routes import PAGES
from songtor_node.workers import acting
from songtor_proto.keyslot import CHEAP
from songtor_proto.vocabulary import vocabulary
from tests.support.hub import MovableClock, console_of, copied
from tests.support.linked import CASE, LinkedNetwork
from tests.support.node import WORKERS
from tests.support.talks import begin, png
from tests.support.visitor import ORIGIN, Visitor, browser, visitor

NAME = "ดาวเรือง"
ROLES = {
    "malee": "caseworker",
    "somsri": "volunteer",
    "lek": "interpreter",
    "phra": "monk",
    "admin": "node_admin",
}
_CASEWORK = {"caseworker", "volunteer", "interpreter", "monk"}
MAY = {
    May.ANYONE: {*_CASEWORK, "node_admin"},
    May.WORKER: {*_CASEWORK, "node_admin"},
    May.CASEWORK: _CASEWORK,
    May.ALL_CASES: {"caseworker"},
    May.FIGURES: {"caseworker", "node_admin"},
    May.ADMIN: {"node_admin"},
}
BEFORE_A_SIGN_IN = re.compile(
    r"/(start|unlock|sign-in|trust)(/.*)?|/(locked|sign-out|language|leave|calendar|calendar/today)"
)
OF_A_CASE = ("{case}", "{consent}", "{reference}")
PLACES = {  # what stands in a path beside the case; a new parameter is named here
    "worker": "somsri",
    "number": "1",
    "item": "1",
    "paper": "1",
    "talk": "1",
    "blank": "F-00000",
    "screen": "what",
    "subject": "client",
    "dimension": "social",
    "since": "0",
    "telling": "1",
    "resource": "1",
    "act": "mother",
}

SECRET = "ความลับของอีกเรื่อง"
ENTRIES: Mapping[str, Mapping[str, object]] = {
    "person": {"relation": SECRET},
    "problem": {"code": "fraud", "note": SECRET},
    "threat": {"dimension": "health", "level": "red", "reason": SECRET},
    "fact": {"text": SECRET},
    "visit": {"method": "phone_call", "found": SECRET},
    "event": {"when": "2020", "text": SECRET},
    "connection": {"kind": "other", "name": SECRET},
    "tie": {"one": "client", "other": "p99", "kind": "close"},
    "incident": {"text": SECRET},
    "goal": {"dimension": "social", "text": SECRET},
    "work": {"kind": "welfare", "practice_form": "protection", "text": SECRET},
    "session": {"starts": "2026-12-01T10:00:00Z", "notes": SECRET},
    "follow_up": {"method": "phone_call", "due": "2026-12-01", "result": SECRET},
    "note": {"text": SECRET},
}
_NOTHING = {"case": "C-00000", "consent": "T-00000", "reference": "DE02-0000-0000"}


class World(NamedTuple):
    """`own` and `hidden`: parameters of a case that volunteer, interpreter and monk see, and of another."""

    node: Node
    own: Mapping[str, str]
    hidden: Mapping[str, str]


def one_case(node: Node) -> str:
    """Malee's, of a woman named ดาวเรือง."""
    with writing(node.engine) as session:
        by, now = acting(session, "malee"), node.clock()
        return service.create(session, read_case(CASE.encode()), by=by, now=now, random=node.random).code


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two cases, each with a consent and a referral; the hidden one with every kind of entry."""
    folder, clock, opened = tmp_path_factory.mktemp("world"), MovableClock(), ExitStack()
    hub = copied(folder / "hub", clock=clock)

    def console(hub: Hub, officer: str = "") -> Hub:
        desk = console_of(hub, officer)
        opened.callback(desk.close)
        return desk

    network = LinkedNetwork(hub, console, clock, folder)
    opened.callback(hub.close)
    opened.callback(network.close)
    berlin = network.node("DE-02")
    network.desk("dwf")
    berlin.sync()
    references = [berlin.refer(), berlin.refer()]
    with writing(berlin.node.engine) as session:
        now, malee = clock(), acting(session, "malee")
        workers.add(session, "phra", name="", role="monk", vocabulary=vocabulary(), now=now)
        people.account_of(session, "admin", berlin.node.random)
        found, cases = [], []
        for reference in references:
            referral = session.exec(select(Referral).where(Referral.reference == reference)).one()
            cases.append(session.get_one(Case, referral.case_id))
            consent = session.exec(select(Consent).where(Consent.case_id == cases[-1].id)).first()
            assert consent is not None
            found.append({"case": cases[-1].code, "consent": consent.code, "reference": reference})
        for code in ("somsri", "lek", "phra"):
            service.assign(session, cases[0], code, by=malee, now=now)
        for kind, said in ENTRIES.items():
            service.add(session, cases[1], kind, check(KINDS[kind].form, said), by=malee, now=now)
    with opened:
        yield World(berlin.node, {**PLACES, **found[0]}, {**PLACES, **found[1]})


def path_of(page: Page, params: Mapping[str, str]) -> str:
    """The page's path for these; a KeyError is a parameter that `PLACES` does not know yet."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: params[found[1]], page.path)


def is_of_a_case(page: Page) -> bool:
    return any(name in page.path for name in OF_A_CASE)


def answers(client: Visitor, page: Page, path: str) -> dict[str, tuple[int, str]]:
    """Status and location by method."""
    said = {method: client.request(method, path, headers={"origin": ORIGIN}) for method in page.methods}
    return {method: (one.status_code, one.headers.get("location", "")) for method, one in said.items()}


def test_a_page_without_a_sign_in_is_one_of_the_doors() -> None:
    """No page comes to stand open by a slip; what is of a case is for casework alone."""
    assert not [
        page.path for page in PAGES if page.may is May.ANYONE and not BEFORE_A_SIGN_IN.fullmatch(page.path)
    ]
    assert not [
        page.path for page in PAGES if is_of_a_case(page) and page.may not in (May.CASEWORK, May.ALL_CASES)
    ]
    assert not [
        page.path
        for page in PAGES
        if page.path.startswith("/cases")
        and not is_of_a_case(page)
        and page.may not in (May.CASEWORK, May.ALL_CASES)
    ]


def test_no_two_pages_have_one_path() -> None:
    """The second would never be asked."""
    paths = [page.path for page in PAGES]
    assert len(paths) == len(set(paths))
    assert set(May) == set(MAY)
    assert set(ROLES.values()) == set(MAY[May.WORKER])
    assert {ROLES.get(code, role) for code, role in WORKERS.items()} <= set(ROLES.values())


def test_without_a_session_only_the_doors_answer(world: World) -> None:
    """Every other page leads to the sign-in, whatever is sent along; so does half a sign-in."""
    stranger, half = visitor(world.node), visitor(world.node)
    with writing(world.node.engine) as session:
        token = sessions.begin(
            session, "malee", now=world.node.clock(), random=world.node.random, proven=False
        )
    half.cookies.set("songtor", token)
    for page in PAGES:
        if page.may is May.ANYONE or page.when not in (None, When.OPEN):
            continue
        for client in (stranger, half):
            for method, answer in answers(client, page, path_of(page, world.own)).items():
                assert answer == (303, "/sign-in"), (method, page.path)


@pytest.mark.parametrize("worker", ROLES)
def test_a_role_comes_to_its_pages_and_to_no_others(world: World, worker: str) -> None:
    """Refused by role alone, before anything is read of what was sent."""
    client = visitor(world.node, worker)
    for page in PAGES:
        if page.may is May.ANYONE:
            continue
        if ROLES[worker] in MAY[page.may]:
            if "GET" in page.methods:
                status = client.get(path_of(page, world.own)).status_code
                assert status not in (403, 405, 500, 503), page.path
        else:
            for method, answer in answers(client, page, path_of(page, world.own)).items():
                assert answer == (403, ""), (method, page.path)


@pytest.mark.parametrize("worker", ["somsri", "lek", "phra", "admin"])
def test_what_is_of_another_case_stays_closed(world: World, worker: str) -> None:
    """A case that is not assigned to them, its consents and referrals; of what is not here, as much."""
    client = visitor(world.node, worker)
    nothing = {**PLACES, **_NOTHING}
    for page in filter(is_of_a_case, PAGES):
        for params in (world.hidden, nothing):
            for method, answer in answers(client, page, path_of(page, params)).items():
                assert answer == (403, ""), (method, page.path)


@pytest.mark.parametrize("worker", ["somsri", "admin"])
def test_no_list_tells_of_a_case_that_is_not_theirs(world: World, worker: str) -> None:
    """Neither code, nor reference, nor name; the administrator's pages tell of no case at all."""
    client = visitor(world.node, worker)
    hidden = [world.hidden["case"], world.hidden["consent"], world.hidden["reference"]]
    hidden.append(SECRET)
    if worker == "admin":
        hidden += [NAME, world.own["case"], world.own["consent"]]
    for page in PAGES:
        if ROLES[worker] in MAY[page.may] and "GET" in page.methods:
            text = client.get(path_of(page, world.own)).text
            assert not [one for one in hidden if one in text], page.path


def test_a_part_of_one_case_is_not_reached_through_another(world: World) -> None:
    """Whatever its number: an entry, a paper or a conversation is asked for within its own case."""
    assert set(ENTRIES) == set(KINDS)
    malee, somsri = visitor(world.node, "malee"), visitor(world.node, "somsri")
    picture = b64decode(png().partition(",")[2])
    hidden = f"/cases/{world.hidden['case']}"
    malee.post(f"{hidden}/papers", {"name": SECRET}, files={"file": ("a.png", picture, "image/png")})
    begin(malee, world.hidden["case"])
    with reading(world.node.engine) as session:
        papers, talks = session.exec(select(Paper)).all(), session.exec(select(Talk)).all()
    assert (len(papers), len(talks)) == (1, 1)
    for page in PAGES:
        parts = re.findall(r"\{(\w+)", page.path)
        if "case" not in parts or len(parts) == 1 or "GET" not in page.methods:
            continue
        for number in range(1, 4):
            params = {**world.own, "number": str(number), "item": str(number)}
            params |= {"paper": str(papers[0].id), "talk": str(talks[0].id)}
            answer = somsri.get(path_of(page, params))
            assert SECRET not in answer.text, page.path
            assert answer.content != picture, page.path
            if {"paper", "talk"} & set(parts):
                assert answer.status_code != 200, page.path


def test_a_phone_in_the_clients_hand_reaches_its_one_page(world: World) -> None:
    """While it is handed over, every other page leads back to the worker's password."""
    path = f"/cases/{world.own['case']}/consents/1"
    client = visitor(world.node, "malee")
    with writing(world.node.engine) as session:
        sessions.hand_over(session, sessions.digest_of(str(client.cookies.get("songtor"))), path)
    always = {"/hand-back", "/leave", "/language", "/locked", "/sign-out"}
    for page in PAGES:
        asked = path_of(page, world.own)
        if asked == path or asked.startswith(f"{path}/") or page.path in always:
            continue
        if page.when in (None, When.OPEN):
            for method, answer in answers(client, page, asked).items():
                assert answer == (303, "/hand-back"), (method, page.path)


def test_before_there_is_a_store_only_the_first_start_answers(tmp_path: Path) -> None:
    """And while it is locked, only the lock."""
    new = Front(tmp_path / "new", GrpcNetwork(), Reach(frozenset({ORIGIN})), cost=CHEAP)
    lockable = tmp_path / "locked"
    lockable.mkdir()
    (lockable / "store.db").write_bytes(b"sealed")
    locked = Front(lockable, GrpcNetwork(), Reach(frozenset({ORIGIN})), cost=CHEAP)
    for front, when, where in ((new, When.NEW, "/start"), (locked, When.LOCKED, "/unlock")):
        client = browser(front)
        for page in PAGES:
            if page.when not in (None, when):
                for method, answer in answers(client, page, path_of(page, {**PLACES, **_NOTHING})).items():
                    assert answer == (303, where), (method, page.path)


def test_a_form_without_an_origin_of_its_own_is_not_taken(world: World) -> None:
    """On every page that takes one."""
    client = visitor(world.node, "malee")
    for page in PAGES:
        if "POST" in page.methods:
            path = path_of(page, world.own)
            for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {}):
                assert client.request("POST", path, headers=headers).status_code == 403, page.path


def test_nothing_is_kept_by_the_browser(world: World) -> None:
    """Every page forbids it, and strange scripts, frames and referrers."""
    client = visitor(world.node, "malee")
    for page in PAGES:
        if "GET" in page.methods and page.when in (None, When.OPEN):
            headers = client.get(path_of(page, world.own)).headers
            if headers.get("location"):
                continue
            assert headers["cache-control"] == "no-store", page.path
            assert "default-src 'none'" in headers["content-security-policy"], page.path
            assert headers["referrer-policy"] in ("no-referrer", "same-origin"), page.path
    with reading(world.node.engine) as session:
        assert session.exec(select(Case)).first() is not None
