"""The key directory as the hub keeps it and hands it out, against a real server. Rules K1 to K6."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from songtor_hub.bootstrap import Hub
from songtor_hub.seats import directory, registry
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import log_leaf
from songtor_proto.errors import PeerError
from songtor_proto.identity.directory import check_directory, check_own
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SigningKey
from songtor_proto.identity.statement import Accepted, NeedsVoice, Pin, check_entry, make_entry, next_pin
from songtor_proto.times import to_ms
from songtor_proto.wire.directory_pb2 import Directory, DirectoryEntry
from songtor_proto.wire.exchange_pb2 import GetDirectoryRequest, PublishKeysRequest
from tests.support.hub import NETWORK, NewHub, Serve, ServedHub
from tests.support.keys import Owner, owner
from tests.support.refusal import refused
from tests.support.seat import TIMEOUT, Seat


def asked(seat: Seat, since: int = 0) -> Directory:
    """What the hub answers, as a node checks it."""
    with seat.exchange() as stub:
        response = stub.GetDirectory(GetDirectoryRequest(since=since), timeout=TIMEOUT)
    public = seat.hub.hub.signing_key().public
    return check_directory(response.directory, NETWORK, public, since)


def publish(seat: Seat, entry: DirectoryEntry) -> int:
    with seat.exchange() as stub:
        return int(stub.PublishKeys(PublishKeysRequest(entry=entry), timeout=TIMEOUT).version)


def entry_of(keys: Owner, name: str, version: int, previous: SigningKey | None = None) -> DirectoryEntry:
    return make_entry(
        network=NETWORK,
        owner=name,
        version=version,
        signing_key=keys.signing,
        sealing_key=keys.sealing.public,
        now_ms=1_790_000_000_000,
        previous=previous,
    )


def owners(directory: Directory) -> set[str]:
    return {check_entry(entry, NETWORK).owner for entry in directory.entries}


def test_the_directory_names_hub_desks_and_enrolled_seats_signed_as_a_whole(
    served_hub: Serve, database: str
) -> None:
    """K1, K2, K5: every entry vouched for by its owner, all of them by the hub."""
    hub = served_hub(database=database)
    berlin, _ = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    found = owners(asked(berlin))
    assert {"TH-00", "DE-02", "TW-44", "TH-00/dwf", "TH-00/tsda", "TH-00/hotline_1300"} <= found
    assert not any(name.startswith("TH-00/province") for name in found)


def test_only_what_changed_is_told_again(served_hub: Serve, database: str) -> None:
    """K5: entries after the version that the caller holds; the version never falls."""
    hub = served_hub(database=database)
    berlin = Seat.enrolled(hub, "DE-02")
    whole = asked(berlin)
    assert not asked(berlin, whole.version).entries
    Seat.enrolled(hub, "TW-44")
    news = asked(berlin, whole.version)
    assert owners(news) == {"TW-44"}
    assert news.version > whole.version


def test_another_hubs_signature_is_not_believed(served_hub: Serve) -> None:
    """K5: what somebody else signed is refused by the node's check."""
    seat = Seat.enrolled(served_hub(), "DE-02")
    with seat.exchange() as stub:
        response = stub.GetDirectory(GetDirectoryRequest(), timeout=TIMEOUT)
    with pytest.raises(PeerError, match=r"peer\.directory"):
        check_directory(response.directory, NETWORK, owner("DE-02").signing.public, 0)


def test_a_seat_changes_its_keys_with_the_key_before(served_hub: Serve, database: str) -> None:
    """K3, K4: who pinned the old key accepts the new one without a voice."""
    hub = served_hub(database=database)
    berlin, taipei = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    held = asked(taipei).version
    new = owner("DE-02 next")
    assert publish(berlin, entry_of(new, "DE-02", 2, berlin.keys.signing)) == held + 1
    (entry,) = asked(taipei, held).entries
    accepted = next_pin(Pin(1, berlin.keys.signing.public), entry, NETWORK)
    assert isinstance(accepted, Accepted)
    assert accepted.pin == Pin(2, new.signing.public)


def test_the_same_keys_said_again_change_nothing(served_hub: Serve) -> None:
    """K1: a reply that was lost is asked for again."""
    berlin = Seat.enrolled(served_hub(), "DE-02")
    entry = entry_of(owner("DE-02 next"), "DE-02", 2, berlin.keys.signing)
    assert publish(berlin, entry) == publish(berlin, entry)


def test_a_change_that_the_key_before_did_not_sign_is_refused(served_hub: Serve) -> None:
    """K3: a stolen certificate alone swaps no key."""
    berlin, thief = Seat.enrolled(served_hub(), "DE-02"), owner("a thief")
    with refused("peer.statement"):
        publish(berlin, entry_of(thief, "DE-02", 2))
    with refused("peer.statement"):
        publish(berlin, entry_of(thief, "DE-02", 2, thief.signing))


def test_nobody_publishes_for_another_or_skips_a_version(served_hub: Serve) -> None:
    """K1: the owner in a statement is the caller, its version the next."""
    hub = served_hub()
    berlin, taipei = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    with refused("peer.statement"):
        publish(berlin, entry_of(owner("x"), "TW-44", 2, berlin.keys.signing))
    with refused("peer.statement"):
        publish(berlin, entry_of(owner("x"), "TW-44", 2, taipei.keys.signing))
    with refused("peer.key_version"):
        publish(berlin, entry_of(owner("x"), "DE-02", 3, berlin.keys.signing))
    with refused("peer.key_version"):
        publish(berlin, entry_of(owner("x"), "DE-02", 1, berlin.keys.signing))


def test_a_seat_publishes_no_flood_of_keys(served_hub: Serve) -> None:
    """P5, K5: each statement goes to every node for good, so a seat makes ten, then one an hour."""
    berlin = Seat.enrolled(served_hub(), "DE-02")
    again = berlin.entry()
    for _ in range(10):
        publish(berlin, again)
    with refused("link.busy"):
        publish(berlin, again)


def test_a_key_that_only_an_invitation_stands_behind_needs_a_voice(served_hub: Serve) -> None:
    """K3, K4: after a seat lost all it had, two people compare fingerprints; the old chain is not told."""
    hub = served_hub()
    before, taipei = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    after = Seat(hub, "DE-02", owner("new laptop"), Seat.invited(hub, "DE-02").invitation)
    after.enrol()
    own = [entry for entry in asked(taipei).entries if check_entry(entry, NETWORK).owner == "DE-02"]
    assert len(own) == 1
    judged = next_pin(Pin(1, before.keys.signing.public), own[0], NETWORK)
    assert isinstance(judged, NeedsVoice)
    check_own(asked(taipei), "DE-02", {own[0].statement})


def revoke(hub: Hub, name: str) -> None:
    with writing(hub.engine) as connection:
        registry.revoke(connection, name, to_ms(hub.clock()), hub.random)


def reinstate(hub: Hub, name: str) -> None:
    with writing(hub.engine) as connection:
        registry.reinstate(connection, name, to_ms(hub.clock()), hub.random)


def test_a_revoked_owner_is_told_to_all(served_hub: Serve, database: str) -> None:
    """K1, I10: the next delta marks it, so that nobody sends to it any more."""
    hub = served_hub(database=database)
    _, taipei = Seat.enrolled(hub, "DE-02"), Seat.enrolled(hub, "TW-44")
    held = asked(taipei).version
    revoke(hub.hub, "DE-02")
    (entry,) = asked(taipei, held).entries
    assert entry.revoked


def test_a_revoked_key_does_not_come_back(served_hub: Serve) -> None:
    """I10: a seat that is reinstated enrols with a new signing key; the thief's is worth nothing."""
    hub = served_hub()
    stolen = Seat.enrolled(hub, "DE-02")
    revoke(hub.hub, "DE-02")
    reinstate(hub.hub, "DE-02")
    again = Seat.invited(hub, "DE-02")
    with refused("peer.statement"):
        again.enrol()
    anew = Seat(hub, "DE-02", owner("after the theft"), again.invitation)
    anew.enrol()
    anew.call_once()
    with refused("peer.revoked"):
        stolen.call_once()


def test_the_hubs_word_on_a_seats_keys_is_what_the_seat_said(served_hub: Serve) -> None:
    """K6: a node finds its own statement in the directory, and would find a swapped one."""
    berlin = Seat.enrolled(served_hub(), "DE-02")
    told = asked(berlin)
    check_own(told, "DE-02", {berlin.entry().statement})
    with pytest.raises(PeerError, match=r"peer\.own_keys"):
        check_own(told, "DE-02", set())


def test_fingerprints_by_voice_are_the_same_at_both_ends(served_hub: Serve) -> None:
    """K4: what the hub's operator reads aloud is what the seat's worker sees."""
    berlin = Seat.enrolled(served_hub(), "DE-02")
    with reading(berlin.hub.hub.engine) as connection:
        row = directory.latest(connection, "DE-02")
    assert row is not None
    spoken = fingerprint(NETWORK, "DE-02", row.signing_key)
    assert spoken == fingerprint(NETWORK, "DE-02", berlin.keys.signing.public)
    assert len(spoken.split()) == 8


def test_every_change_of_keys_is_in_the_log(new_hub: NewHub, database: str) -> None:
    """T1: who had which version when can be proven later."""
    hub = new_hub(database=database)
    seat = Seat.invited(ServedHub(hub), "DE-02")
    with writing(hub.engine) as connection:
        directory.publish(connection, NETWORK, "DE-02", seat.entry(), 1, hub.random, anew=True)
    with reading(hub.engine) as connection:
        entries = connection.scalars(select(log_leaf.c.entry).order_by(log_leaf.c.index)).all()
    assert entries[-1] == b'{"kind":"key_changed","owner":"DE-02","version":"1"}'


def test_a_long_directory_is_told_in_parts(new_hub: NewHub) -> None:
    """K5, P2: the caller asks on from the version that it got, and misses nothing."""
    hub = new_hub()
    found: list[bytes] = []
    with reading(hub.engine) as connection:
        whole = directory.since(connection, NETWORK, 0, 1)
        version = 0
        while True:
            part = directory.since(connection, NETWORK, version, 1, limit=4)
            found += [entry.statement for entry in part.entries]
            if part.version == version:
                break
            version = part.version
    assert found == [entry.statement for entry in whole.entries]
    assert version == whole.version
