"""The first start: the first administrator, and how the store is unlocked; the invitation then has a page of
its own. Until there is a store, what is gathered stands in memory alone."""

from __future__ import annotations

import hmac
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session
from starlette.responses import Response

from songtor_node import founding, workers
from songtor_node.accounts import passwords, people
from songtor_node.bootstrap import Node
from songtor_node.store.engine import writing
from songtor_node.unlock import KEY_FILE
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asking import ask, wait_text
from songtor_node.web.forms.asks import Ask
from songtor_node.web.front import Gathered, When
from songtor_node.web.visit import Visit
from songtor_node.workers import ADMIN, Worker
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary

CREDENTIAL_FILE = "songtor-node.key"
_TOKEN_BYTES = 32
_CODE = (Ask("start_code", "code"),)
_YOU = (Ask("name"), Ask("code", words="worker_code"))
_PASSWORD = (Ask("new_password", "password"), Ask("again", "password"))
_LOCK = (Ask("lock", "choice", options=("passphrase", "credential", "keyfile")),)
_PASSPHRASE = (Ask("passphrase", "password"), Ask("again", "password"))
_KEYFILE = (Ask("acknowledgement"),)
_SHEET = (Ask("last_group"),)


def begin(visit: Visit) -> Response:
    if not visit.front.is_nobodys:
        return visit.go("/")
    return ask(visit, "start", _CODE)


def check_code(visit: Visit) -> Response:
    """Who reads what the program printed is at the machine, or is trusted by who is."""
    if not visit.front.is_nobodys:
        return visit.go("/")
    if wait := visit.front.knock():
        return ask(visit, "start", _CODE, message=wait_text(visit, wait))
    typed = "".join(visit.said("start_code").split())
    if not hmac.compare_digest(typed.encode(), visit.front.start_code.encode()):
        return ask(visit, "start", _CODE, error=InputError("start_code", field="start_code"))
    visit.front.let_in()
    return welcome(visit)


def welcome(visit: Visit) -> Response:
    """For who has the start code, or has unlocked a store that is nobody's yet."""
    token = visit.front.random(_TOKEN_BYTES).hex()
    visit.front.gathered.keep(sessions.digest_of(token), Gathered(), visit.now)
    return sessions.give_cookie(visit, visit.go("/start/you"), token, sessions.STEP)


def you(visit: Visit) -> Response:
    so_far = _so_far(visit)
    if so_far is None:
        return visit.go("/start")
    return ask(visit, "you", _YOU, values={"name": so_far.name, "code": so_far.code})


def keep_you(visit: Visit) -> Response:
    so_far = _so_far(visit)
    if so_far is None:
        return visit.go("/start")
    name, code = visit.said("name").strip(), visit.said("code").strip()
    try:
        workers.check(code, name)
        if visit.front.when is When.OPEN:
            with visit.reading() as session:
                _check_free(session, code)
    except InputError as error:
        return ask(visit, "you", _YOU, values={"name": name, "code": code}, error=error)
    _gather(visit, replace(so_far, name=name, code=code))
    return visit.go("/start/password")


def password(visit: Visit) -> Response:
    so_far = _so_far(visit)
    return visit.go("/start") if so_far is None or not so_far.code else ask(visit, "password", _PASSWORD)


def keep_password(visit: Visit) -> Response:
    so_far = _so_far(visit)
    if so_far is None or not so_far.code:
        return visit.go("/start")
    try:
        typed = passwords.chosen(visit.said("new_password"), visit.said("again"), own=so_far.code)
    except InputError as error:
        return ask(visit, "password", _PASSWORD, error=error)
    so_far = replace(so_far, password=passwords.hashed(typed, visit.front.cost, visit.front.random))
    _gather(visit, so_far)
    if visit.front.when is When.NEW:
        return visit.go("/start/lock")
    if not _add_administrator(visit.node, so_far):  # the store was there already: made on the command line
        return visit.go("/")
    return _to_second(visit, so_far)


def lock(visit: Visit) -> Response:
    return _lock_page(visit) if _is_ready(visit) else visit.go("/start")


def choose_lock(visit: Visit) -> Response:
    chosen = visit.said("lock")
    if chosen not in _LOCK[0].options:
        return _lock_page(visit, InputError("missing", field="lock"))
    return visit.go(f"/start/{chosen}")


def _lock_page(visit: Visit, error: InputError | None = None) -> Response:
    return ask(visit, "lock", _LOCK, error=error, hints="lock")


def passphrase(visit: Visit) -> Response:
    return ask(visit, "passphrase", _PASSPHRASE) if _is_ready(visit) else visit.go("/start")


def keep_passphrase(visit: Visit) -> Response:
    typed = visit.said("passphrase")
    try:
        founding.check_passphrase(typed, visit.said("again"))
    except InputError as error:
        return ask(visit, "passphrase", _PASSPHRASE, error=error)
    return _found(visit, passphrase=typed)


def credential(visit: Visit) -> Response:
    if not _is_ready(visit):
        return visit.go("/start")
    return ask(visit, "credential", template="door/credential.html", path=_credential_path(visit))


def make_credential(visit: Visit) -> Response:
    return _found(visit, key_path=_credential_path(visit))


def keyfile(visit: Visit) -> Response:
    if not _is_ready(visit):
        return visit.go("/start")
    return ask(visit, "keyfile", _KEYFILE, template="door/keyfile.html", words=_acknowledgement(visit))


def make_keyfile(visit: Visit) -> Response:
    words = _acknowledgement(visit)
    try:
        founding.check_acknowledged(visit.said("acknowledgement"), words)
    except InputError as error:
        return ask(visit, "keyfile", _KEYFILE, error=error, template="door/keyfile.html", words=words)
    return _found(visit, key_path=visit.front.data / KEY_FILE)


def sheet(visit: Visit) -> Response:
    """The store's recovery code, shown while this first start lasts, and never again."""
    so_far = _so_far(visit)
    if so_far is None or not so_far.sheet:
        return visit.go("/")
    return sheet_page(visit, "sheet", so_far.sheet)


def confirm_sheet(visit: Visit) -> Response:
    so_far = _so_far(visit)
    if so_far is None or not so_far.sheet:
        return visit.go("/")
    if not is_on_paper(visit, so_far.sheet):
        return sheet_page(visit, "sheet", so_far.sheet, InputError("recovery_code", field="last_group"))
    if so_far.key_path:
        return visit.go("/start/key-away")
    return _to_second(visit, so_far)


def is_on_paper(visit: Visit, code: str) -> bool:
    return visit.said("last_group").strip().upper() == code.rsplit(maxsplit=1)[-1]


def sheet_page(visit: Visit, page: str, code: str, error: InputError | None = None) -> Response:
    """The code to be written down, and its last group asked back."""
    return ask(
        visit,
        page,
        _SHEET,
        error=error,
        template="door/sheet.html",
        groups=code.split(),
        made_at=visit.now,
    )


def key_away(visit: Visit) -> Response:
    so_far = _so_far(visit)
    if so_far is None or not so_far.key_path:
        return visit.go("/")
    return ask(visit, "key_away", template="door/key_away.html", path=so_far.key_path)


def check_key_away(visit: Visit) -> Response:
    """The machine's key must not stay beside what it opens."""
    so_far = _so_far(visit)
    if so_far is None or not so_far.key_path:
        return visit.go("/")
    if Path(so_far.key_path).exists():
        still = str(visit.t("door.key_still_there"))
        return ask(visit, "key_away", message=still, template="door/key_away.html", path=so_far.key_path)
    return _to_second(visit, so_far)


def _so_far(visit: Visit) -> Gathered | None:
    token = sessions.token_of(visit, sessions.STEP)
    found = visit.front.gathered.look(sessions.digest_of(token), visit.now)
    return found if found is not None and (found.sheet or visit.front.is_nobodys) else None


def _gather(visit: Visit, so_far: Gathered) -> None:
    token = sessions.token_of(visit, sessions.STEP)
    visit.front.gathered.keep(sessions.digest_of(token), so_far, visit.now)


def _is_ready(visit: Visit) -> bool:
    """Whether the first administrator is known, and there is no store yet."""
    so_far = _so_far(visit)
    return visit.front.when is When.NEW and so_far is not None and bool(so_far.password)


def _credential_path(visit: Visit) -> Path:
    return (visit.front.data / CREDENTIAL_FILE).resolve()


def _acknowledgement(visit: Visit) -> str:
    return founding.ACKNOWLEDGEMENT[visit.lang == "en"]


def _found(visit: Visit, *, passphrase: str = "", key_path: Path | None = None) -> Response:
    """Makes the store, with its first administrator in it before anyone else can come."""
    front = visit.front
    with front.opening:
        if not _is_ready(visit):
            return visit.go("/start")
        so_far = _so_far(visit)
        assert so_far is not None
        node, code = founding.found(
            front.data,
            passphrase=passphrase,
            key_path=key_path,
            clock=front.clock,
            random=front.random,
            cost=front.cost,
        )
        _add_administrator(node, so_far)
        front.take(node)
    waits = str(key_path) if key_path is not None and key_path.name == CREDENTIAL_FILE else ""
    _gather(visit, replace(so_far, sheet=code, key_path=waits))
    return visit.go("/start/sheet")


def _add_administrator(node: Node, so_far: Gathered) -> bool:
    """False where somebody else was faster."""
    now = node.clock()
    with writing(node.engine) as session:
        if not people.nobody_yet(session):
            return False
        if session.get(Worker, so_far.code) is None:
            workers.add(session, so_far.code, name=so_far.name, role=ADMIN, vocabulary=vocabulary(), now=now)
        account = people.account_of(session, so_far.code, node.random)
        account.password = so_far.password
        people.happened(session, so_far.code, "made", by=so_far.code, now=now)
    return True


def _check_free(session: Session, code: str) -> None:
    """An administrator of the command line's, who never signed in, may be taken up; InputError("exists")."""
    found = session.get(Worker, code)
    if found is not None and found.role != ADMIN:
        raise InputError("exists", field="code")


def _to_second(visit: Visit, so_far: Gathered) -> Response:
    """On to the second half of a sign-in; what was gathered is forgotten."""
    visit.front.gathered.take(sessions.digest_of(sessions.token_of(visit, sessions.STEP)), visit.now)
    with visit.writing() as session:
        token = sessions.begin_here(visit, session, so_far.code, proven=False)
    response = sessions.give_cookie(visit, visit.go("/sign-in/second"), token)
    return sessions.take_cookie(visit, response, sessions.STEP)


PAGES = (
    Page(path="/start", may=May.ANYONE, when=None, get=begin, post=check_code),
    Page(path="/start/you", may=May.ANYONE, when=None, get=you, post=keep_you),
    Page(path="/start/password", may=May.ANYONE, when=None, get=password, post=keep_password),
    Page(path="/start/lock", may=May.ANYONE, when=When.NEW, get=lock, post=choose_lock),
    Page(path="/start/passphrase", may=May.ANYONE, when=When.NEW, get=passphrase, post=keep_passphrase),
    Page(path="/start/credential", may=May.ANYONE, when=When.NEW, get=credential, post=make_credential),
    Page(path="/start/keyfile", may=May.ANYONE, when=When.NEW, get=keyfile, post=make_keyfile),
    Page(path="/start/sheet", may=May.ANYONE, get=sheet, post=confirm_sheet),
    Page(path="/start/key-away", may=May.ANYONE, get=key_away, post=check_key_away),
)
