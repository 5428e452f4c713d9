"""The people of a node, and who sees which case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

import songtor_node
from songtor_node.accounts.models import Account
from songtor_node.bootstrap import Node
from songtor_node.cases.kinds import KINDS
from songtor_node.cases.models import Case, Look
from songtor_node.cli.app import run
from songtor_node.store.engine import reading, writing
from songtor_node.web.pages.cases.looks import words
from songtor_node.workers import Worker
from songtor_web.texts import LANGUAGES
from tests.node.pages.test_routes import NAME, one_case
from tests.node.pages.test_texts import TEXTS
from tests.support.accounts import PASSWORD, with_account
from tests.support.node import PASSPHRASE, new_node
from tests.support.visitor import Visitor, browser, front_of, visitor

_RECORDED = (
    r"""\bat(?:_case)?\((?:\s*(?:visit|context, \w+),)?\s*["']([a-z_ -]+)["']""",
    r"""\bwhat=["']([a-z_ -]+)["']""",
    r"""\bcolumn=["']([a-z_]+)["']""",
    r"""\bPart\(\s*path=["']/([a-z_/{}-]+)["']""",
)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "node")
    with_account(made, "admin")
    yield made
    made.close()


@pytest.fixture
def admin(node: Node) -> Visitor:
    return visitor(node, "admin")


@pytest.fixture
def case(node: Node) -> str:
    return one_case(node)


def once_of(admin: Visitor, worker: str) -> str:
    shown = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", admin.get(f"/people/{worker}/code").text)
    assert shown
    return shown[0]


def test_somebody_new_comes_in_by_a_code_that_is_shown_once(node: Node, admin: Visitor) -> None:
    """The administrator hands it over; the password is the newcomer's own."""
    new = {"name": "พระมหาสมชาย", "code": "somchai", "role": "monk"}
    assert admin.post("/people/new", new).headers["location"] == "/people/somchai/code"
    once = once_of(admin, "somchai")
    assert once not in admin.get("/people/somchai").text
    other = visitor(node, "admin")
    assert other.get("/people/somchai/code").headers["location"] == "/people/somchai"  # shown to who made it
    client = browser(front_of(node))
    done = client.post("/sign-in", {"code": "somchai", "password": once})
    assert done.headers["location"] == "/sign-in/password"


@pytest.mark.parametrize(
    "wrong", [{"code": "Malee!"}, {"code": "malee"}, {"role": "boss"}, {"role": ""}, {"name": "a\u202eb"}]
)
def test_what_is_wrong_with_somebody_new_is_said_at_its_field(admin: Visitor, wrong: dict[str, str]) -> None:
    """Nobody is added, and what was typed stands there still."""
    said = {"name": "ใหม่", "code": "newcomer", "role": "monk", **wrong}
    answer = admin.post("/people/new", said)
    assert answer.status_code == 422
    assert "field-wrong" in answer.text
    assert "newcomer" not in admin.get("/people").text


def test_a_new_code_ends_what_let_them_in_before(node: Node, admin: Visitor) -> None:
    """A lost phone or password opens nothing any more."""
    with_account(node, "malee")
    malee = visitor(node, "malee")
    admin.post("/people/malee/new-code")
    assert malee.get("/").headers["location"] == "/sign-in"
    assert malee.post("/sign-in", {"code": "malee", "password": PASSWORD}).status_code == 422
    with reading(node.engine) as session:
        account = session.get_one(Account, "malee")
        assert (account.password, account.secret) == ("", "")
    again = malee.post("/sign-in", {"code": "malee", "password": once_of(admin, "malee")})
    assert again.headers["location"] == "/sign-in/password"


def test_one_administrator_always_stays(node: Node, admin: Visitor) -> None:
    """The last can neither leave nor take another role; with a second one, the first can."""
    assert admin.post("/people/admin/leave").status_code == 422
    assert admin.post("/people/admin/role", {"role": "caseworker"}).status_code == 422
    admin.post("/people/anong/role", {"role": "node_admin"})
    assert admin.post("/people/admin/leave").headers["location"].startswith("/people")
    assert admin.get("/people").headers["location"] == "/sign-in"
    last = visitor(node, "anong")
    assert last.post("/people/anong/role", {"role": "monk"}).status_code == 422


def test_who_left_is_kept_and_may_come_back(node: Node, admin: Visitor) -> None:
    """By name among those who left; with a new code they are here again."""
    admin.post("/people/somsri/leave")
    with reading(node.engine) as session:
        assert session.get_one(Worker, "somsri").active is False
    assert "somsri" in admin.get("/people").text
    assert admin.post("/people/somsri/new-code").status_code == 404
    assert admin.post("/people/somsri/return").headers["location"] == "/people/somsri/code"
    with reading(node.engine) as session:
        assert session.get_one(Worker, "somsri").active is True


def test_a_case_is_seen_by_whom_it_is_given_to(node: Node, case: str) -> None:
    """Given and taken away; nobody who left and no administrator can be given one."""
    malee, somsri = visitor(node, "malee"), visitor(node, "somsri")
    assert somsri.get(f"/cases/{case}").status_code == 403
    malee.post(f"/cases/{case}/team", {"worker": "somsri"})
    assert somsri.get(f"/cases/{case}").status_code == 200
    assert somsri.get(f"/cases/{case}/team").status_code == 403
    malee.post(f"/cases/{case}/team", {"take": "somsri"})
    assert somsri.get(f"/cases/{case}").status_code == 403
    assert malee.post(f"/cases/{case}/team", {"worker": "admin"}).status_code == 404
    with writing(node.engine) as session:
        session.get_one(Worker, "lek").active = False
    assert malee.post(f"/cases/{case}/team", {"worker": "lek"}).status_code == 403
    assert 'value="lek"' not in malee.get(f"/cases/{case}/team").text


def test_every_look_is_listed_in_words(node: Node, case: str) -> None:
    """Who, what, when; the newest first, so many to a page; of no other case."""
    malee, anong = visitor(node, "malee", lang="en"), visitor(node, "anong", lang="en")
    other = one_case(node)
    anong.get(f"/cases/{other}")
    for _ in range(60):
        anong.get(f"/cases/{case}/team")
    page = malee.get(f"/cases/{case}/looks").text
    assert "Looked at who sees the case" in page
    assert page.count("<time>") == 50
    assert page.index("Looked at who has looked") < page.index("Looked at who sees the case")
    assert malee.get(f"/cases/{case}/looks?page=2").text.count("<time>") > 10
    for odd in ("0", "-1", "x", "9" * 30):
        assert malee.get(f"/cases/{case}/looks?page={odd}").status_code == 200
    with reading(node.engine) as session:
        counted = session.exec(select(Look).join(Case).where(Case.code == other)).all()
        assert {one.by for one in counted} == {"anong"}


def test_what_was_looked_at_is_told_in_words() -> None:
    """Whatever the program records of a look has a word of its own, in both languages."""
    folder = Path(songtor_node.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    recorded = {found for pattern in _RECORDED for found in re.findall(pattern, source)}
    recorded |= {f"{verb} {kind}" for verb in ("add", "change", "take out") for kind in KINDS}
    for lang in LANGUAGES:
        other = words(TEXTS, lang, "of another age")
        assert not sorted(what for what in recorded if words(TEXTS, lang, what) == other)


def test_the_administrator_sees_people_and_no_case(node: Node, admin: Visitor, case: str) -> None:
    """No page of the administrator's own says whose case it is, nor its code."""
    for path in ("/", "/people", "/people/malee", "/node", "/figures", "/me", "/more"):
        text = admin.get(path).text
        assert NAME not in text
        assert case not in text


def test_the_command_line_gives_a_code_too(
    node: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no administrator can sign in; and it ends somebody's access, with their sessions."""
    words = tmp_path / "words"
    words.write_text(PASSPHRASE, encoding="utf-8")
    here = ["--json", "--data", str(node.data), "--passphrase-file", str(words), "worker"]
    lek = visitor(node, "lek")
    assert run([*here, "code", "lek"]) == 0
    once = json.loads(capsys.readouterr().out)["code"]
    assert lek.get("/me").headers["location"] == "/sign-in"
    assert lek.post("/sign-in", {"code": "lek", "password": once}).headers["location"] == "/sign-in/password"
    assert run([*here, "leave", "lek"]) == 0
    assert lek.get("/sign-in/password").headers["location"] == "/sign-in"
    assert run([*here, "leave", "admin"]) == 2
