"""What lets a worker in besides the password: an authenticator, passkeys, recovery codes on paper. At the
first sign-in one of the first two is chosen; later each is found under /me."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session
from starlette.responses import Response

from songtor_node.accounts import authenticator, enter, paper_codes, passkeys, people, tries
from songtor_node.accounts.models import Account
from songtor_node.qr import qr
from songtor_node.settings import kept as kept_setting
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.entrance.device import device
from songtor_node.web.forms.asking import ask
from songtor_node.web.forms.asks import Ask
from songtor_node.web.visit import Visit
from songtor_node.workers import ADMIN
from songtor_proto.errors import InputError

_CODE = (Ask("second", "code", words="authenticator_code"),)


class Owner(NamedTuple):
    """Whose proofs are changed. `first`: this is what their first sign-in still lacks. `key`: under which
    digest things are held meanwhile."""

    worker: str
    first: bool
    key: bytes


def second(visit: Visit) -> Response:
    """Passkey or authenticator; where no passkey can be, the one that is left."""
    if not passkeys.party(visit.origin):
        return visit.go("/sign-in/authenticator")
    return visit.show("door/second.html") if _owner(visit) else visit.go("/sign-in")


def show_secret(visit: Visit) -> Response:
    owner = _owner(visit)
    return _way_back(visit) if owner is None else _secret_page(visit, owner)


def keep_secret(visit: Visit) -> Response:
    """It counts once the app has shown that it holds it."""
    owner = _owner(visit)
    if owner is None:
        return _way_back(visit)
    (secret,) = visit.front.shown.look(_secret_key(owner), visit.now) or ("",)
    step = authenticator.step_of(secret, visit.said("second"), visit.now) if secret else 0
    if not step:
        return _secret_page(visit, owner, InputError("one_time_code", field="second"))
    visit.front.shown.take(_secret_key(owner), visit.now)
    with visit.writing() as session:
        account = people.account_of(session, owner.worker, visit.node.random)
        account.secret, account.step = secret, step
        return _kept(session, visit, owner, "authenticator")


def _secret_page(visit: Visit, owner: Owner, error: InputError | None = None) -> Response:
    held = visit.front.shown.look(_secret_key(owner), visit.now)
    secret = held[0] if held else authenticator.new_secret(visit.node.random)
    visit.front.shown.keep(_secret_key(owner), (secret,), visit.now)
    address = authenticator.address(secret, owner.worker)
    return ask(
        visit,
        "authenticator",
        _CODE,
        error=error,
        template="door/authenticator.html",
        address=address,
        picture=qr(address),
        secret=[secret[at : at + 4] for at in range(0, len(secret), 4)],
    )


def list_passkeys(visit: Visit) -> Response:
    with visit.reading() as session:
        account = session.get(Account, visit.me.code)
        have = passkeys.of(session, visit.me.code)
    return visit.show(
        "door/passkeys.html",
        have=have,
        last=len(have) == 1 and not (account and account.secret),
        possible=bool(passkeys.party(visit.origin)),
    )


def ask_new_passkey(visit: Visit) -> Response:
    owner, party = _owner(visit), passkeys.party(visit.origin)
    if owner is None or not party:
        return _way_back(visit)
    challenge = passkeys.challenge(visit.node.random)
    visit.front.new_keys.keep(owner.key, challenge, visit.now)
    with visit.writing() as session:
        account = people.account_of(session, owner.worker, visit.node.random)
        have = passkeys.of(session, owner.worker)
    return visit.show(
        "door/passkey.html",
        title=visit.t("door.new_passkey_title"),
        lead=visit.t("door.new_passkey_lead"),
        go=visit.t("door.new_passkey_go"),
        does="create",
        options=passkeys.to_make(account, have, challenge=challenge, party=party),
        action=f"{visit.here}/done",
        name=device(visit.request.headers.get("user-agent", "")),
        back="/sign-in/second" if owner.first else "/me/passkeys",
    )


def keep_new_passkey(visit: Visit) -> Response:
    owner = _owner(visit)
    challenge = visit.front.new_keys.take(owner.key, visit.now) if owner else None
    if owner is None:
        return _way_back(visit)
    if challenge is None:
        raise InputError("passkey")
    with visit.writing() as session:
        passkeys.make(
            session,
            owner.worker,
            visit.said("answer"),
            challenge=challenge,
            origin=visit.origin,
            name=visit.said("name"),
            now=visit.now,
        )
        return _kept(session, visit, owner, "passkey")


def drop_passkey(visit: Visit) -> Response:
    """Not the last proof of all. InputError("not_here")."""
    if not sessions.is_fresh(visit):
        return _prove_again(visit, "/me/passkeys")
    with visit.writing() as session:
        account = session.get_one(Account, visit.me.code)
        have = {one.id.hex(): one for one in passkeys.of(session, visit.me.code)}
        chosen = have.get(visit.said("passkey"))
        if chosen is None or (len(have) == 1 and not account.secret):
            raise InputError("not_here", field="passkey")
        session.delete(chosen)
        people.happened(session, visit.me.code, "passkey_dropped", by=visit.me.code, now=visit.now)
    return visit.go("/me/passkeys", done="removed")


def codes(visit: Visit) -> Response:
    """Ten new codes, shown until it is said that they are on paper; then they count."""
    owner = _owner(visit)
    if owner is None:
        return _way_back(visit)
    held = visit.front.shown.look(owner.key, visit.now) or tuple(paper_codes.new_codes(visit.node.random))
    visit.front.shown.keep(owner.key, held, visit.now)
    return visit.show("door/codes.html", codes=held, made_at=visit.now)


def keep_codes(visit: Visit) -> Response:
    owner = _owner(visit)
    if owner is None:
        return _way_back(visit)
    held = visit.front.shown.take(owner.key, visit.now)
    if held is None:
        return visit.go("/me/recovery")
    with visit.writing() as session:
        first = not paper_codes.left(session, owner.worker)
        paper_codes.keep(session, owner.worker, held)
        people.happened(session, owner.worker, "recovery_codes", by=owner.worker, now=visit.now)
        joins = visit.me.role == ADMIN and not kept_setting(session, "seat")
    if not first:
        return visit.go("/me", done="saved")
    return visit.go("/node/join" if joins else "/")


def _owner(visit: Visit) -> Owner | None:
    """Who is signed in and has proven it a short while ago, or is at the second half of the first sign-in."""
    if visit.worker is not None:
        return Owner(visit.me.code, False, visit.token) if sessions.is_fresh(visit) else None
    row = sessions.half(visit)
    if row is None:
        return None
    with visit.reading() as session:
        account = session.get(Account, row.worker)
        lacks = account is not None and account.password and not enter.has_second(session, account)
    return Owner(row.worker, True, row.digest) if lacks else None


def _kept(session: Session, visit: Visit, owner: Owner, what: str) -> Response:
    people.happened(session, owner.worker, what, by=owner.worker, now=visit.now)
    if not owner.first:
        return visit.go("/me", done="saved")
    tries.clear(session, owner.worker)
    token = sessions.go_on(visit, session, owner.worker, proven=True)
    response = sessions.give_cookie(visit, visit.go("/me/recovery"), token)
    return sessions.know_browser(visit, session, response, owner.worker)


def _secret_key(owner: Owner) -> bytes:
    return b"secret" + owner.key


def _way_back(visit: Visit) -> Response:
    return _prove_again(visit, visit.here) if visit.worker else visit.go("/sign-in")


def _prove_again(visit: Visit, to: str) -> Response:
    return visit.go("/locked", to=to.removesuffix("/done").replace("/passkeys/new", "/passkeys"))


PAGES = (
    Page(path="/sign-in/second", may=May.ANYONE, get=second),
    Page(path="/sign-in/authenticator", may=May.ANYONE, get=show_secret, post=keep_secret),
    Page(path="/sign-in/passkeys/new", may=May.ANYONE, get=second, post=ask_new_passkey),
    Page(path="/sign-in/passkeys/new/done", may=May.ANYONE, get=second, post=keep_new_passkey),
    Page(path="/me/authenticator", may=May.WORKER, get=show_secret, post=keep_secret),
    Page(path="/me/passkeys", may=May.WORKER, get=list_passkeys, post=drop_passkey),
    Page(path="/me/passkeys/new", may=May.WORKER, get=list_passkeys, post=ask_new_passkey),
    Page(path="/me/passkeys/new/done", may=May.WORKER, get=list_passkeys, post=keep_new_passkey),
    Page(path="/me/recovery", may=May.WORKER, get=codes, post=keep_codes),
)
