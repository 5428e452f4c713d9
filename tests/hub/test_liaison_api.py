"""What an embassy sees, and how little anyone learns who asks for more. Rules S1 to S4."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import event, select
from starlette.testclient import TestClient

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts, route
from songtor_hub.liaison import look, tokens
from songtor_hub.liaison.api import create_app
from songtor_hub.liaison.limits import MAX_KEYS, Limit
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import liaison, liaison_look
from songtor_proto import reference
from songtor_proto.errors import InputError
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Payload, Withdrawal
from tests.support.desks import Partner, at
from tests.support.hub import MovableClock, NewHub, Serve
from tests.support.keys import NOW
from tests.support.pem import der_to_pem

NewConsole = Callable[..., Hub]
SIGHTED: dict[str, Any] = {
    "purpose": "older_person",
    "categories": ("demographics", "place", "problems"),
    "sight": True,
}
UNKNOWN = reference.new("DE-02", lambda size: bytes(size))
FIELDS = {"reference", "state", "stage", "at", "created", "updated", "respond_by", "overdue"}


def give_token(hub: Hub, *countries: str, days: int = 90) -> dict[str, str]:
    with writing(hub.engine) as connection:
        _, token = tokens.add(
            connection, "สถานทูต", countries or ("DE",), days, now=hub.clock(), random=os.urandom
        )
    return {"authorization": f"Bearer {token}"}


class StillClock(MovableClock):
    """Moves only when a test moves it: limits count."""

    def __call__(self) -> datetime:
        return NOW + self.ahead


class Door:
    """The API of a hub where Berlin and Taipei have referrals, with a liaison for Germany."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.berlin, self.taipei = Partner(hub, "DE-02"), Partner(hub, "TW-26")
        self.seen = self.berlin.refer("TH-00/tsda", **SIGHTED)
        self.unsighted = self.berlin.refer("TH-00/tsda", purpose="older_person", categories=("place",))
        self.foreign = self.taipei.refer("TH-00/tsda", **SIGHTED)
        self.germany = give_token(hub)
        self.client = TestClient(create_app(hub), base_url="https://hub.test")

    def get(self, path: str, token: dict[str, str] | None = None) -> httpx2.Response:
        return self.client.get(f"/api/v1/referrals{path}", headers=self.germany if token is None else token)


@pytest.fixture
def door(new_hub: NewHub, database: str) -> Door:
    return Door(new_hub(database=database, clock=StillClock()))


def test_a_liaison_sees_where_it_stands_and_nothing_else(door: Door) -> None:
    """S3: reference, state, stage, place, dates, overdue; a reference is read as people say it."""
    told = door.get(f"/{door.seen.lower().replace('-', ' ')}").json()
    assert told.keys() == FIELDS
    assert (told["reference"], told["state"], told["stage"], told["at"]) == (
        door.seen, "received", "register", "TSDA",
    )  # fmt: skip
    assert told["overdue"] is False


@contextmanager
def statements(hub: Hub) -> Iterator[list[str]]:
    """Every SQL statement, without its values."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(hub.engine, "before_cursor_execute", note)
    yield seen
    event.remove(hub.engine, "before_cursor_execute", note)


def test_foreign_unknown_malformed_and_unsighted_are_one_answer(door: Door) -> None:
    """Row 27, S4: the same status, headers and bytes, after the very same statements on the store."""
    answers, work = set(), set()
    asked = [door.foreign, door.unsighted, UNKNOWN, "nonsense", "DE02-0000-000U", "x" * 200, "a/b", "%00"]
    for text in asked:
        with statements(door.hub) as seen:
            answer = door.get(f"/{text}")
        answers.add((answer.status_code, tuple(answer.headers.items()), answer.content))
        work.add(tuple(seen))
    assert len(answers) == 1
    assert len(work) == 1
    ((status, _, body),) = answers
    assert status == 404
    assert b'"code":"input.not_here"' in body
    with statements(door.hub) as seen:
        assert door.get(f"/{door.seen}").status_code == 200
    assert {tuple(seen)} == work


def test_sight_ends_with_the_consent(door: Door) -> None:
    """S2, W1: once the client takes it back, the embassy's answer is the one for what never was."""
    never = door.get(f"/{UNKNOWN}").content
    assert door.get(f"/{door.seen}").status_code == 200
    door.berlin.send(door.seen, wire.KIND_WITHDRAWAL, Payload(withdrawal=Withdrawal(reason="withdrawn")))
    assert door.get(f"/{door.seen}").content == never
    assert door.get("").json()["referrals"] == []


def test_every_look_is_on_record(door: Door) -> None:
    """S4: who looked for what and whether they saw it; what is no reference is not written down."""
    for text in (door.seen, door.foreign, "สมหญิง สมมติ"):
        door.get(f"/{text}")
    door.get("")
    with reading(door.hub.engine) as connection:
        rows = connection.execute(
            select(liaison_look.c.what, liaison_look.c.seen).order_by(liaison_look.c.id)
        )
        assert [tuple(row) for row in rows] == [
            (door.seen, True), (door.foreign, False), ("malformed", False), ("list", True),
        ]  # fmt: skip


def test_no_token_no_look(door: Door) -> None:
    """S1: missing, wrong, expired and revoked are one answer, and nothing is looked up or recorded."""
    with writing(door.hub.engine) as connection:
        old, revoked = (tokens.add(
            connection, "x", ["DE"], 1, now=door.hub.clock(), random=os.urandom
        ) for _ in range(2))  # fmt: skip
        tokens.revoke(connection, revoked[0], door.hub.clock())
        with pytest.raises(InputError, match=r"input\.not_here"):
            tokens.revoke(connection, revoked[0], door.hub.clock())
    pass_time(door, days=2)
    answers = set()
    wrong: tuple[dict[str, str], ...] = ({}, {"authorization": "Bearer x"}, {"authorization": "Basic x"})
    for header in (*wrong, bearer(old), bearer(revoked)):
        answer = door.get(f"/{door.seen}", header)
        answers.add((answer.status_code, answer.headers["www-authenticate"], answer.content))
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (401, "Bearer")
    with reading(door.hub.engine) as connection:
        assert connection.execute(select(liaison_look)).all() == []


def test_a_token_is_nowhere_kept(door: Door) -> None:
    """S1: the store has its hash alone, with mission, countries and end."""
    with reading(door.hub.engine) as connection:
        (row,) = connection.execute(select(liaison)).all()
    assert door.germany["authorization"].removeprefix("Bearer ") not in str(tuple(row))
    assert len(row.token_hash) == 32


@pytest.mark.parametrize(
    ("mission", "countries", "days", "code"),
    [
        ("", ["DE"], 90, "input.mission"),
        ("x" * 121, ["DE"], 90, "input.mission"),
        ("x", [], 90, "input.country"),
        ("x", ["TH"], 90, "input.country"),
        ("x", ["ZZ"], 90, "input.country"),
        ("x", ["DE"], 366, "input.days"),
        ("x", ["DE"], 0, "input.days"),
    ],
)
def test_a_token_is_scoped_and_ends(
    new_hub: NewHub, mission: str, countries: list[str], days: int, code: str
) -> None:
    """S1: a mission, countries of the network, at most a year; else none is made."""
    hub = new_hub()
    with writing(hub.engine) as connection, pytest.raises(InputError) as refused:
        tokens.add(connection, mission, countries, days, now=hub.clock(), random=os.urandom)
    assert refused.value.code == code


def test_with_a_desk_says_not_which(door: Door, new_console: NewConsole) -> None:
    """S3: routed on, it is "with a desk"; when the parts are done it is back; parts are nobody's to see."""
    ref = door.berlin.refer("TH-00/tsda", further=["TH-00/dop"], **SIGHTED)
    tsda = at(new_console, door.hub, "tsda")
    acts.accept(tsda, ref)
    (part,) = route.prepare(tsda, ref, ["dop"])
    route.send(tsda, [part])
    assert door.get(f"/{ref}").json()["at"] == "with a desk"
    assert door.get(f"/{part.reference}").status_code == 404
    acts.reject(at(new_console, door.hub, "dop"), part.reference, "not_our_remit")
    assert door.get(f"/{ref}").json()["at"] == "TSDA"
    direct = door.berlin.refer("TH-00/dop", **SIGHTED)
    assert door.get(f"/{direct}").json()["at"] == "with a desk"


def test_only_the_latest_version_counts(door: Door) -> None:
    """S2: sight that the client took back with a new version is gone for the old one too."""
    door.berlin.refer("TH-00/tsda", again=door.seen, purpose="older_person", categories=("place",))
    assert door.get(f"/{door.seen}").status_code == 404
    assert door.get("").json()["referrals"] == []


def test_a_completed_tracing_says_only_that(door: Door, new_console: NewConsole) -> None:
    """C9: found or not, the liaison reads the same."""
    tsda = at(new_console, door.hub, "tsda")
    told = []
    for consented in (False, True):
        ref = door.berlin.refer("TH-00/tsda", purpose="tracing", categories=("name",), sight=True)
        acts.accept(tsda, ref)
        acts.start(tsda, ref)
        if consented:
            acts.traced_consent(tsda, ref)
        acts.complete(tsda, ref, "person_found" if consented else "not_found", Facts())
        seen = door.get(f"/{ref}").json()
        told.append({key: seen[key] for key in ("state", "stage", "at", "overdue")})
    assert told[0] == told[1] == {"state": "completed", "stage": "report", "at": "TSDA", "overdue": False}


def test_the_list_holds_the_own_countries_page_by_page(door: Door) -> None:
    """S2: in order of reference, bounded, filtered by state and overdue; nothing foreign or unsighted."""
    refs = {door.seen} | {door.berlin.refer("TH-00/tsda", **SIGHTED) for _ in range(look.PAGE)}
    first = door.get("").json()
    assert len(first["referrals"]) == look.PAGE
    rest = door.get(f"?after={first['after']}").json()
    assert rest["after"] == ""
    found = [one["reference"] for one in first["referrals"] + rest["referrals"]]
    assert found == sorted(refs)
    assert door.get("?state=completed").json()["referrals"] == []
    assert door.get("?overdue=true").json()["referrals"] == []
    pass_time(door, days=4)
    assert len(door.get("?overdue=true&state=received").json()["referrals"]) == look.PAGE


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("?state=lost", "input.unknown_code", "state"),
        ("?overdue=perhaps", "input.unknown_code", "overdue"),
        ("?after=DE02", "input.reference", None),
        ("?purpose=tracing", "input.unknown_code", "purpose"),
        ("?after=" + "x" * 300, "input.too_large", None),
    ],
)
def test_a_wrong_question_says_what_is_wrong(door: Door, query: str, code: str, field: str | None) -> None:
    """X1: a problem in RFC 9457's form, in both languages, with the field at fault."""
    answer = door.get(query)
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["code"], body.get("field")) == (code, field)
    assert body["status"] == answer.status_code
    assert body["title"] != body["title_th"]


def test_only_the_two_questions_are_answered(door: Door) -> None:
    """No other method, path or body; every answer forbids keeping, framing and guessing its type."""
    other = door.client.get("/", headers=door.germany)
    assert other.content == door.get(f"/{UNKNOWN}").content
    posted = door.client.post("/api/v1/referrals", headers=door.germany)
    assert (posted.status_code, posted.json()["code"]) == (405, "peer.method")
    body = door.client.request("GET", "/api/v1/referrals", headers=door.germany, content=b"x")
    assert (body.status_code, body.json()["code"]) == (413, "input.too_large")
    for answer in (other, posted, body, door.get("")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_guessing_references_is_locked_out(door: Door) -> None:
    """S4: after thirty misses the liaison waits, for hits as for misses; others do not."""
    for _ in range(30):
        assert door.get(f"/{UNKNOWN}").status_code == 404
        pass_time(door, milliseconds=200)
    locked = {door.get(f"/{text}").status_code for text in (UNKNOWN, door.seen)}
    assert locked == {429}
    assert 0 < int(door.get(f"/{UNKNOWN}").headers["retry-after"]) <= 60
    assert door.get(f"/{door.seen}", give_token(door.hub)).status_code == 200
    pass_time(door, minutes=1)
    assert door.get(f"/{door.seen}").status_code == 200


def test_guessing_tokens_and_hurrying_are_locked_out(door: Door) -> None:
    """S1, P5: ten wrong tokens from one address, or sixty calls at once, and it waits."""
    for _ in range(10):
        assert door.get("", {"authorization": "Bearer x"}).status_code == 401
    assert door.get("").status_code == 429
    pass_time(door, minutes=5)
    assert door.get("").status_code == 200
    pass_time(door, minutes=60)
    assert [door.get("").status_code for _ in range(61)] == [200] * 60 + [429]


def test_a_limit_forgets_the_longest_away_first() -> None:
    """Bounded in memory, whoever comes."""
    limit = Limit(1, timedelta(hours=1))
    for number in range(MAX_KEYS + 1):
        limit.take(str(number), NOW)
    assert limit.wait("1", NOW) == 3600
    assert limit.wait("0", NOW) == 0
    assert limit.wait("1", NOW + timedelta(minutes=30)) == 1800


def test_served_over_tls_a_miss_is_a_miss(served_hub: Serve) -> None:
    """S4 on the wire: TLS 1.3 under the network's root; foreign, unknown and unsighted are equal bytes."""
    served = served_hub()
    hub = served.hub
    berlin = Partner(hub, "DE-02")
    seen = berlin.refer("TH-00/tsda", **SIGHTED)
    hidden = berlin.refer("TH-00/tsda", purpose="older_person", categories=("place",))
    context = ssl.create_default_context(cadata=der_to_pem(hub.root).decode())
    url = f"https://127.0.0.1:{served.ready.liaison}/api/v1/referrals"
    with httpx2.Client(verify=context, headers=give_token(hub)) as client:
        assert client.get(f"{url}/{seen}").json()["reference"] == seen
        assert [one["reference"] for one in client.get(url).json()["referrals"]] == [seen]
        answers = set()
        for text in (hidden, UNKNOWN, "nonsense"):
            answer = client.get(f"{url}/{text}")
            headers = tuple((key, value) for key, value in answer.headers.items() if key != "date")
            answers.add((answer.status_code, headers, answer.content))
    assert len(answers) == 1
    assert "server" not in dict(next(iter(answers))[1])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with httpx2.Client(verify=context) as client, pytest.raises(httpx2.ConnectError):
        client.get(url)


def bearer(given: tuple[str, str]) -> dict[str, str]:
    return {"authorization": f"Bearer {given[1]}"}


def pass_time(door: Door, **time: float) -> None:
    assert isinstance(door.hub.clock, MovableClock)
    door.hub.clock.ahead += timedelta(**time)
