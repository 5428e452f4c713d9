"""The store's lock: opened with its passphrase or the printed sheet; and a new sheet in place of the old."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from songtor_node import founding
from songtor_node.unlock import Unlock
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asking import ask, wait_text
from songtor_node.web.forms.asks import Ask
from songtor_node.web.front import When
from songtor_node.web.pages.door import start
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError, StoreError

_SHEET_OF = b"sheet"
_UNLOCK = (Ask("passphrase", "password"),)
_RECOVER = (
    Ask("store_recovery", "prose"),
    Ask("passphrase", "password", words="new_passphrase"),
    Ask("again", "password"),
)


def unlock(visit: Visit) -> Response:
    return ask(visit, "unlock", _UNLOCK, template="door/unlock.html")


def open_store(visit: Visit) -> Response:
    error = _opened(visit, Unlock(passphrase=visit.said("passphrase")))
    if error is None:
        return _after_unlocking(visit)
    return ask(visit, "unlock", _UNLOCK, template="door/unlock.html", **error)


def recover(visit: Visit) -> Response:
    return ask(visit, "recover", _RECOVER)


def set_passphrase(visit: Visit) -> Response:
    """The printed code, and a new passphrase in place of the lost one."""
    typed, code = visit.said("passphrase"), visit.said("store_recovery")
    try:
        founding.check_passphrase(typed, visit.said("again"))
    except InputError as error:
        return ask(visit, "recover", _RECOVER, values={"store_recovery": code}, error=error)
    refused = _opened(visit, Unlock(passphrase=typed), recovery_code=code)
    if refused is None:
        return _after_unlocking(visit)
    return ask(visit, "recover", _RECOVER, values={"store_recovery": code}, **refused)


def _after_unlocking(visit: Visit) -> Response:
    return start.welcome(visit) if visit.front.is_nobodys else visit.go("/sign-in")


def _opened(visit: Visit, with_what: Unlock, recovery_code: str = "") -> dict[str, Any] | None:
    """None once the store is open; else what to say instead."""
    front = visit.front
    if wait := front.knock():
        return {"message": wait_text(visit, wait)}
    try:
        if recovery_code:
            founding.recover(front.data, recovery_code, with_what.passphrase or "", cost=front.cost)
        front.unlock(with_what)
    except StoreError as error:
        if error.code != "store.passphrase":
            raise
        return {"error": StoreError("passphrase", field="passphrase")}
    except InputError:
        return {"error": InputError("recovery_code", field="store_recovery")}
    front.let_in()
    return None


def new_sheet(visit: Visit) -> Response:
    """Where the old one is lost, or somebody else may have it."""
    return ask(visit, "new_sheet") if sessions.is_fresh(visit) else visit.go("/locked", to=visit.here)


def make_sheet(visit: Visit) -> Response:
    if not sessions.is_fresh(visit):
        return visit.go("/locked", to=visit.here)
    code = visit.node.keyring.set_recovery()
    visit.node.keyring.save()
    visit.front.shown.keep(_SHEET_OF + visit.token, (code,), visit.now)
    return visit.go("/recovery-sheet/code")


def made_sheet(visit: Visit) -> Response:
    held = visit.front.shown.look(_SHEET_OF + visit.token, visit.now)
    return start.sheet_page(visit, "made_sheet", held[0]) if held else visit.go("/recovery-sheet")


def confirm_made_sheet(visit: Visit) -> Response:
    held = visit.front.shown.look(_SHEET_OF + visit.token, visit.now)
    if held is None:
        return visit.go("/recovery-sheet")
    if not start.is_on_paper(visit, held[0]):
        return start.sheet_page(visit, "made_sheet", held[0], InputError("recovery_code", field="last_group"))
    visit.front.shown.take(_SHEET_OF + visit.token, visit.now)
    return visit.go("/people", done="saved")


PAGES = (
    Page(path="/unlock", may=May.ANYONE, when=When.LOCKED, get=unlock, post=open_store),
    Page(path="/unlock/recovery", may=May.ANYONE, when=When.LOCKED, get=recover, post=set_passphrase),
    Page(path="/recovery-sheet", may=May.ADMIN, get=new_sheet, post=make_sheet),
    Page(path="/recovery-sheet/code", may=May.ADMIN, get=made_sheet, post=confirm_made_sheet),
)
