"""A clock that was ahead and has been put right: nobody is shut out by it, nobody stays in by it."""

from __future__ import annotations

from datetime import timedelta

from songtor_node.bootstrap import Node
from songtor_node.store.engine import writing
from songtor_node.web.reach import authority
from tests.support.accounts import is_in, sign_in, with_account
from tests.support.hub import MovableClock
from tests.support.visitor import browser, front_of

YEAR = timedelta(days=365)


def test_nobody_is_shut_out(node: Node, secret: str, clock: MovableClock) -> None:
    """Neither who signed in meanwhile nor the others; and tries in vain still count."""
    other = with_account(node, "anong")
    clock.ahead += YEAR
    assert sign_in(browser(front_of(node)), secret, node).status_code == 303
    clock.ahead -= YEAR - timedelta(minutes=5)
    for code, known in (("malee", secret), ("anong", other)):
        client = browser(front_of(node))
        assert sign_in(client, known, node, code).status_code == 303
        assert is_in(client)


def test_no_session_lives_longer(node: Node, secret: str, clock: MovableClock) -> None:
    """Neither awake nor fresh, and over when its clock was a dream."""
    clock.ahead += YEAR
    client = browser(front_of(node))
    sign_in(client, secret, node)
    assert is_in(client)
    clock.ahead -= timedelta(seconds=20)  # (a few seconds are no other time)
    assert is_in(client)
    clock.ahead -= YEAR - timedelta(days=20)
    assert not is_in(client)
    assert client.get("/me/authenticator").status_code != 200


def test_the_first_code_may_be_typed_again(node: Node, clock: MovableClock) -> None:
    """The pause before the passphrase is at most a minute."""
    front = front_of(node)
    clock.ahead += YEAR
    front.knock()
    clock.ahead -= YEAR
    assert front.knock() == timedelta()


def test_phones_trust_the_same_authority_as_before(node: Node, clock: MovableClock) -> None:
    """One that a wrong clock made stands beside it, for as long as that clock holds."""
    now = clock()
    with writing(node.engine) as session:
        trusted = authority.ensure(session, now).certificate
    with writing(node.engine) as session:
        ahead = authority.ensure(session, now + 543 * YEAR).certificate
        assert ahead.not_valid_before_utc > now
    with writing(node.engine) as session:
        assert authority.ensure(session, now).certificate == trusted
        assert authority.ensure(session, now + 543 * YEAR).certificate == ahead
