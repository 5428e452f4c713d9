"""Coming into the network and staying in it, against a real server. Rules I4 to I9; faults 1 to 4 and 11."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from songtor_hub.bootstrap import Hub
from songtor_hub.seats import registry
from songtor_hub.seats.enrolment import EnrolmentDesk, nonce_key
from songtor_hub.seats.issuing import Authority
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import certificate, invitation, log_leaf
from songtor_proto.errors import SongtorError
from songtor_proto.identity.certificates import make_key
from songtor_proto.identity.statement import check_entry
from songtor_proto.times import to_ms
from songtor_proto.wire.directory_pb2 import DirectoryEntry
from songtor_proto.wire.exchange_pb2 import EnrolRequest, GetRenewalNonceRequest, RenewRequest
from tests.support.hub import MovableClock, NewHub, Serve, ServedHub
from tests.support.keys import owner
from tests.support.pem import chain_to_pem
from tests.support.refusal import refused
from tests.support.seat import Seat


def desk_of(hub: Hub) -> EnrolmentDesk:
    """The desk without its port."""
    key = nonce_key(hub.keyring.get("signing_key"))
    return EnrolmentDesk(hub.engine, Authority.of(hub.keyring, hub.network), key, hub.clock, hub.random)


def state_of(hub: Hub, seat: str) -> str:
    with reading(hub.engine) as connection:
        state = connection.scalar(select(invitation.c.state).where(invitation.c.seat == seat))
    return str(state)


def alerts(logged: list[Any]) -> list[str]:
    return [line["what"] for line in logged if line["event"] == "alert"]


def test_a_code_gives_a_weeks_certificate_that_the_exchange_lets_in(served_hub: Serve, database: str) -> None:
    """I4, I7: an invited seat gets leaf and intermediate for seven days, and the hub's own entry."""
    hub = served_hub(database=database)
    seat = Seat.invited(hub, "DE-02")
    response = seat.enrol()
    leaf, intermediate = map(x509.load_der_x509_certificate, response.chain)
    leaf.verify_directly_issued_by(intermediate)
    left = leaf.not_valid_after_utc - hub.hub.clock()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert check_entry(response.hub, hub.hub.network).owner == "TH-00"
    seat.call_once()
    with reading(hub.hub.engine) as connection:
        assert "enrolled" in connection.scalars(select(log_leaf.c.kind)).all()


def test_the_hub_keeps_only_a_hash_of_the_code(new_hub: NewHub) -> None:
    """I4: nobody who reads the hub's database can enrol with what stands there."""
    hub = new_hub()
    seat = Seat.invited(ServedHub(hub), "DE-02")
    with reading(hub.engine) as connection:
        (row,) = connection.execute(select(invitation)).all()
    assert seat.invitation.secret not in tuple(row)
    assert row.expires_ms - to_ms(hub.clock()) <= 72 * 3600 * 1000


def test_a_code_ends_after_72_hours(served_hub: Serve) -> None:
    """I4: 72 hours and no longer, and the certificate that it gave before stays good."""
    clock = MovableClock()
    hub = served_hub(clock=clock)
    late, early = Seat.invited(hub, "DE-02"), Seat.invited(hub, "TW-44")
    first = early.enrol()
    clock.ahead = timedelta(hours=72, seconds=5)
    with refused("peer.invitation_expired"):
        late.enrol()
    assert early.enrol() == first


def test_invitation_used_again_with_another_key_is_refused_burnt_and_alerted(
    served_hub: Serve, database: str, logged: list[Any]
) -> None:
    """I6, fault 1: the second key gets nothing, the code is dead for both, the operator hears of it."""
    hub = served_hub(database=database)
    first = Seat.enrolled(hub, "DE-02")
    with refused("peer.invitation_burnt"):
        first.again().enrol()
    assert state_of(hub.hub, "DE-02") == "burnt"
    assert alerts(logged) == ["invitation_reused"]
    with refused("peer.invitation_burnt"):
        first.enrol()
    first.call_once()


def test_a_used_code_in_other_hands_is_alerted_too(served_hub: Serve, logged: list[Any]) -> None:
    """I6: the seat works already; somebody else still has its code."""
    first = Seat.enrolled(served_hub(), "DE-02")
    first.call_once()
    with refused("peer.invitation_burnt"):
        first.again().enrol()
    assert alerts(logged) == ["invitation_reused"]


def test_enrolment_reply_lost_and_asked_again_with_the_same_key_gives_the_same_certificate(
    served_hub: Serve, database: str
) -> None:
    """I6, fault 2: however often, and after a restart; until the certificate's first use, then no more."""
    hub = served_hub(database=database)
    seat = Seat.invited(hub, "DE-02")
    first = seat.enrol()
    hub.stop()
    hub.start()
    assert seat.enrol() == first
    seat.call_once()
    with refused("peer.invitation_used"):
        seat.enrol()
    with reading(hub.hub.engine) as connection:
        assert len(connection.execute(select(certificate)).all()) == 1


def test_of_two_redemptions_at_once_exactly_one_wins(served_hub: Serve, database: str) -> None:
    """I6, fault 3: two keys, two threads, one moment; the winner's certificate works."""
    hub = served_hub(database=database)
    for name in ("DE-02", "TW-44", "US-20", "JP-21", "FR-52"):
        seat = Seat.invited(hub, name)
        rivals = [seat, seat.again()]
        line = threading.Barrier(2)

        def redeem(rival: Seat, line: threading.Barrier = line) -> bool:
            line.wait()
            try:
                rival.enrol()
            except grpc.RpcError:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            won = list(threads.map(redeem, rivals))
        assert sorted(won) == [False, True]
        rivals[won.index(True)].call_once()


def other_csr(*names: x509.GeneralName, key: Any = None, subject: str = "") -> bytes:
    parts = [x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)] if subject else []
    builder = x509.CertificateSigningRequestBuilder(x509.Name(parts))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=True)
    request = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), SHA256())
    return request.public_bytes(Encoding.DER)


OWN = x509.UniformResourceIdentifier("spiffe://songtor.test/node/DE-02")
BAD_CSRS: dict[str, Callable[[], bytes]] = {
    "another seat's id": lambda: other_csr(
        x509.UniformResourceIdentifier("spiffe://songtor.test/node/DE-05")
    ),
    "the hub's id": lambda: other_csr(x509.UniformResourceIdentifier("spiffe://songtor.test/hub")),
    "another network": lambda: other_csr(x509.UniformResourceIdentifier("spiffe://other.test/node/DE-02")),
    "an extra name": lambda: other_csr(OWN, x509.DNSName("hub.example")),
    "two ids": lambda: other_csr(OWN, x509.UniformResourceIdentifier("spiffe://songtor.test/node/DE-05")),
    "no name": lambda: other_csr(),
    "a common name beside": lambda: other_csr(OWN, subject="DE-02"),
    "another curve": lambda: other_csr(OWN, key=ec.generate_private_key(ec.SECP384R1())),
    "rsa": lambda: other_csr(OWN, key=rsa.generate_private_key(65537, 2048)),
    "no request": lambda: b"\x30\x00",
}


@pytest.fixture
def waiting_seat(served_hub: Serve) -> Seat:
    return Seat.invited(served_hub(), "DE-02")


@pytest.mark.parametrize("case", BAD_CSRS)
def test_csr_for_another_seats_id_or_with_an_extra_name_is_refused(waiting_seat: Seat, case: str) -> None:
    """I5, fault 4: nothing but the own id; the code is still good for an honest request."""
    with refused("peer.csr"):
        waiting_seat.enrol(csr=BAD_CSRS[case]())
    waiting_seat.enrol()


def test_a_statement_that_is_not_the_seats_next_is_refused(waiting_seat: Seat) -> None:
    """K1, K2: owner, network, version and signature must be the seat's own; the code stays good."""
    honest = waiting_seat.entry()
    foreign = Seat(waiting_seat.hub, "DE-05", owner("DE-05"), waiting_seat.invitation).entry()
    with refused("peer.statement"):
        waiting_seat.enrol(entry=foreign)
    with refused("peer.statement"):
        waiting_seat.enrol(entry=DirectoryEntry(statement=honest.statement, owner_signature=bytes(64)))
    waiting_seat.invitation.statement_version = 2
    with refused("peer.key_version"):
        waiting_seat.enrol()
    waiting_seat.enrol(entry=honest)


def test_a_code_is_not_redeemed_with_what_stands_in_the_directory(served_hub: Serve) -> None:
    """I4, K1: who stole a code and has none of the seat's keys cannot slip in behind its public statement,
    unnoticed by all who pinned it."""
    hub = served_hub()
    before = Seat.enrolled(hub, "DE-02")
    thief = Seat(hub, "DE-02", owner("thief"), Seat.invited(hub, "DE-02").invitation)
    with refused("peer.key_version"):
        thief.enrol(entry=before.entry())
    before.call_once()


def test_a_code_serves_only_the_seat_it_was_made_for(served_hub: Serve) -> None:
    """I4: with an unknown secret, or another seat's, there is one answer."""
    hub = served_hub()
    one, other = Seat.invited(hub, "DE-02"), Seat.invited(hub, "TW-44")
    one.invitation.secret = other.invitation.secret
    with refused("peer.invitation"):
        one.enrol()
    one.invitation.secret = bytes(32)
    with refused("peer.invitation"):
        one.enrol()
    other.enrol()


def test_a_new_code_ends_the_one_before(served_hub: Serve) -> None:
    """I4: a seat has one open code."""
    hub = served_hub()
    first, second = Seat.invited(hub, "DE-02"), Seat.invited(hub, "DE-02")
    with refused("peer.invitation_burnt"):
        first.enrol()
    second.enrol()


def test_a_seat_that_lost_everything_enrols_anew(served_hub: Serve) -> None:
    """I4, K3: a new code names the next version; the certificate from before counts no more."""
    hub = served_hub()
    before = Seat.enrolled(hub, "DE-02")
    after = Seat(hub, "DE-02", owner("new laptop"), Seat.invited(hub, "DE-02").invitation)
    assert after.invitation.statement_version == 2
    after.enrol()
    after.call_once()
    with refused("peer.revoked"):
        before.call_once()


def test_a_seat_renews_with_a_new_key(served_hub: Serve, database: str) -> None:
    """I7, I9: before the end, on the enrolment port; the certificate from before works to its end."""
    seat = Seat.enrolled(served_hub(database=database), "DE-02")
    before = Seat(seat.hub, seat.name, seat.keys, seat.invitation, seat.tls, seat.chain)
    seat.renew()
    assert seat.chain != before.chain
    seat.call_once()
    before.call_once()


@contextmanager
def enrolled_before(served_hub: Serve, days: int, database: str = "") -> Iterator[tuple[ServedHub, Seat]]:
    """A seat whose certificate ended so many days ago, by every clock."""
    clock = MovableClock(timedelta(days=-7 - days))
    hub = served_hub(clock=clock, database=database, started=False)
    seat = Seat.invited(hub, "DE-02")
    seat.chain = chain_to_pem(desk_of(hub.hub).enrol(seat.enrol_request()).chain)
    clock.ahead = timedelta()
    hub.start()
    yield hub, seat


def test_a_node_off_for_20_days_past_expiry_renews_by_itself(served_hub: Serve, database: str) -> None:
    """I8, fault 11: mutual TLS lets it in no more, and the enrolment port still does."""
    with enrolled_before(served_hub, 20, database) as (_, seat):
        with pytest.raises(grpc.RpcError):
            seat.call_once()
        seat.renew()
        seat.call_once()


def test_a_revoked_node_past_expiry_cannot_renew(served_hub: Serve, database: str) -> None:
    """I8, fault 11: revocation holds on the port without certificates too."""
    with enrolled_before(served_hub, 20, database) as (hub, seat):
        with writing(hub.hub.engine) as connection:
            registry.revoke(connection, "DE-02", to_ms(hub.hub.clock()), hub.hub.random)
        with refused("peer.revoked"):
            seat.renew()


def test_after_30_days_past_expiry_only_a_new_code_helps(served_hub: Serve) -> None:
    """I8: the grace ends."""
    with enrolled_before(served_hub, 31) as (hub, seat):
        with refused("peer.grace_over"):
            seat.renew()
        Seat.enrolled(hub, "DE-02").call_once()


def test_a_renewal_is_signed_by_the_seats_key_in_force(served_hub: Serve) -> None:
    """I9: another's signature, or the seat's over another nonce, gets nothing."""
    hub = served_hub()
    seat, other = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    with refused("peer.renewal"):
        seat.renew(keys=other.keys)
    with refused("peer.renewal"):
        seat.renew(nonce=other.nonce())
    with refused("peer.renewal"):
        seat.renew(nonce=bytes(32))
    seat.renew()


def test_a_nonce_serves_once_and_five_minutes(served_hub: Serve, database: str) -> None:
    """I8: a renewal that was heard cannot be said again, nor one that was kept."""
    clock = MovableClock()
    seat = Seat.enrolled(served_hub(clock=clock, database=database), "DE-02")
    nonce = seat.nonce()
    seat.renew(nonce=nonce)
    with refused("peer.renewal"):
        seat.renew(nonce=nonce)
    late = seat.nonce()
    clock.ahead = timedelta(minutes=5, seconds=1)
    with refused("peer.renewal"):
        seat.renew(nonce=late)


def test_a_nonce_is_given_to_strangers_alike(served_hub: Serve) -> None:
    """I8: whether a seat exists or is enrolled cannot be asked here."""
    seat = Seat.invited(served_hub(), "DE-02")
    for name in ("DE-02", "ZZ-31", "US-99"):
        seat.name = name
        assert len(seat.nonce()) == 32


def test_any_process_of_a_hub_knows_the_nonces_of_the_others(new_hub: NewHub) -> None:
    """I8: with two workers behind one address a renewal may reach either."""
    hub = new_hub()
    seat = Seat.invited(ServedHub(hub), "DE-02")
    one, two = desk_of(hub), desk_of(hub)
    one.enrol(seat.enrol_request())
    nonce = one.get_renewal_nonce(GetRenewalNonceRequest(seat="DE-02")).nonce
    two.renew(seat.renew_request(make_key(), nonce))


requests = st.builds(
    EnrolRequest,
    seat=st.sampled_from(["DE-02", "", "TH-00", "x\x00"]),
    secret=st.binary(max_size=40),
    csr=st.binary(max_size=200),
    entry=st.builds(
        DirectoryEntry, statement=st.binary(max_size=100), owner_signature=st.binary(max_size=70)
    ),
)
renewals = st.builds(
    RenewRequest,
    seat=st.sampled_from(["DE-02", "", "TH-00", "x"]),
    nonce=st.binary(max_size=40),
    csr=st.binary(max_size=200),
    signature=st.binary(max_size=70),
    signing_key_version=st.integers(0, 2**32 - 1),
)


@pytest.fixture
def desk_and_code(new_hub: NewHub) -> tuple[EnrolmentDesk, bytes]:
    hub = new_hub()
    return desk_of(hub), Seat.invited(ServedHub(hub), "DE-02").invitation.secret


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=requests, renewal=renewals, known=st.booleans())
def test_whatever_comes_in_at_the_enrolment_port_only_declared_errors_come_out(
    desk_and_code: tuple[EnrolmentDesk, bytes], request: EnrolRequest, renewal: RenewRequest, known: bool
) -> None:
    """X1: for strangers' bytes, and for those of somebody who holds a code."""
    desk, secret = desk_and_code
    if known:
        request.seat, request.secret = "DE-02", secret
        renewal.seat = "DE-02"
        renewal.nonce = desk.get_renewal_nonce(GetRenewalNonceRequest(seat=renewal.seat)).nonce
    with pytest.raises(SongtorError):
        desk.enrol(request)
    with pytest.raises(SongtorError):
        desk.renew(renewal)
