"""One synchronisation: certificates, directory, log and comparison, and what of it stops what."""

from __future__ import annotations

import os
from typing import Any

import pytest
from sqlmodel import select

from songtor_hub.desks import acts as desk_acts
from songtor_hub.seats import directory, registry
from songtor_hub.store.engine import writing
from songtor_hub.store.tables import log_cosignature
from songtor_hub.store.tables import task as task_table
from songtor_node.keys import KnownKey, OwnKey
from songtor_node.link.enrol import enrol
from songtor_node.link.models import Certificate, LogHead, Redeeming
from songtor_node.link.rotation import renew_keys
from songtor_node.link.state import state_of
from songtor_node.referrals.models import Outbox
from songtor_node.store.engine import reading
from songtor_proto.errors import InputError, LinkError, PeerError
from songtor_proto.identity.keys import SealingKey, SigningKey
from songtor_proto.identity.statement import make_entry
from songtor_proto.times import to_ms
from songtor_proto.translog.checkpoint import Checkpoint, sign
from songtor_proto.wire.envelope_pb2 import STATE_ACCEPTED
from songtor_proto.wire.exchange_pb2 import FetchResponse, GetCheckpointResponse, GetInclusionResponse
from tests.support.linked import LinkedNetwork, LinkedNode, new_node


def certificate(node: LinkedNode) -> Certificate:
    return node.rows(Certificate)[0]


def test_a_certificate_is_renewed_at_half_of_its_life(network: LinkedNetwork) -> None:
    """I7: not before, and then by itself, with another key."""
    berlin = network.node("DE-02")
    first = certificate(berlin)
    network.pass_time(days=3, hours=11)
    assert not berlin.sync().renewed
    network.pass_time(days=1)
    assert berlin.sync().renewed
    assert certificate(berlin).not_after > first.not_after
    assert certificate(berlin).key != first.key


def test_a_node_that_was_off_for_20_days_renews_by_itself(network: LinkedNetwork) -> None:
    """Row 11, I8: and what was done meanwhile goes out in the same synchronisation."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    network.pass_time(days=27)
    report = berlin.sync()
    assert (report.renewed, report.sent) == (True, 1)
    assert berlin.state(reference) == "received"


def test_a_revoked_node_cannot_renew_and_keeps_its_work(network: LinkedNetwork) -> None:
    """Row 11, I10: refused at once; nothing of its own is lost."""
    berlin = network.node("DE-02")
    berlin.refer()
    with writing(network.hub.engine) as connection:
        registry.revoke(connection, "DE-02", to_ms(network.clock()), network.hub.random)
    with pytest.raises(PeerError, match="revoked"):
        berlin.sync()
    network.pass_time(days=5)
    with pytest.raises(PeerError, match="revoked"):
        berlin.sync()
    assert [row.state for row in berlin.rows(Outbox)] == ["waiting"]


def test_that_a_seat_is_let_in_no_more_is_told_until_it_is_again(network: LinkedNetwork) -> None:
    """`status` and `/ready` do not call a node well that the hub refuses, however long its certificate is."""
    berlin = network.node("DE-02")
    with writing(network.hub.engine) as connection:
        registry.revoke(connection, "DE-02", to_ms(network.clock()), network.hub.random)
    for _ in range(2):
        with pytest.raises(PeerError, match="revoked"):
            berlin.sync()
    state = state_of(berlin.node)
    assert (state["not_let_in"], state["alerts"][0]["times"]) == ("peer.revoked", 2)
    with writing(network.hub.engine) as connection:
        registry.reinstate(connection, "DE-02", to_ms(network.clock()), network.hub.random)
    enrol(berlin.node, network.invite("DE-02"), network.line)
    berlin.sync()
    assert (state_of(berlin.node)["not_let_in"], berlin.alerts()) == ("", set())


def test_no_renewal_is_no_reason_to_stop_while_the_certificate_counts(network: LinkedNetwork) -> None:
    """The enrolment port is down; the exchange is not."""
    berlin = network.node("DE-02")
    berlin.refer()
    network.pass_time(days=5)
    network.line.lose = {"get_renewal_nonce": "request"}
    assert berlin.sync().sent == 1
    network.pass_time(days=5)
    with pytest.raises(LinkError):
        berlin.sync()


def test_a_lost_enrolment_reply_gives_the_same_certificate_again(network: LinkedNetwork) -> None:
    """Row 2, I6: the same code, the same keys, once more."""
    node = new_node(network.folder / "DE-05", clock=network.clock)
    linked = LinkedNode(node, network.line)
    network.nodes.append(linked)
    code = network.invite("DE-05")
    network.line.lose = {"enrol": "answer"}
    with pytest.raises(LinkError):
        enrol(node, code, network.line)
    keys = [row.entry for row in linked.rows(OwnKey)]
    network.line.lose = {}
    enrol(node, code, network.line)
    assert [row.entry for row in linked.rows(OwnKey)] == keys
    linked.sync()


def test_a_code_typed_again_burns_nothing(network: LinkedNetwork) -> None:
    """I6: a second time it comes with the key of the first; the next code comes with its own."""
    node = new_node(network.folder / "DE-05", clock=network.clock)
    linked = LinkedNode(node, network.line)
    network.nodes.append(linked)
    code = network.invite("DE-05")
    digits = enrol(node, code, network.line)
    chains = [row.chain for row in linked.rows(Certificate)]
    assert enrol(node, code, network.line) == digits
    assert [row.chain for row in linked.rows(Certificate)] == chains
    enrol(node, network.invite("DE-05"), network.line)
    assert [row.chain for row in linked.rows(Certificate)] != chains
    assert len(linked.rows(Redeeming)) == 1
    linked.sync()


def test_a_code_that_is_no_code_is_refused_before_anything_is_made(network: LinkedNetwork) -> None:
    """I4: one clear error; no keys are left behind."""
    node = new_node(network.folder / "DE-05", clock=network.clock)
    linked = LinkedNode(node, network.line)
    network.nodes.append(linked)
    with pytest.raises(InputError, match="invitation"):
        enrol(node, "songtor1:abc", network.line)
    assert not linked.rows(OwnKey)
    with pytest.raises(InputError, match="not_enrolled"):
        linked.sync()


def swap_keys(network: LinkedNetwork, seat: str) -> None:
    """The hub shows others another key in the seat's name."""
    signing, sealing = SigningKey.generate(os.urandom), SealingKey.generate(os.urandom)
    entry = make_entry(
        network=network.hub.network,
        owner=seat,
        version=2,
        signing_key=signing,
        sealing_key=sealing.public,
        now_ms=to_ms(network.clock()),
    )
    with writing(network.hub.engine) as connection:
        directory.publish(
            connection,
            network.hub.network,
            seat,
            entry,
            to_ms(network.clock()),
            network.hub.random,
            anew=True,
        )


def test_a_key_put_in_its_name_alarms_the_node_and_stops_its_sending(network: LinkedNetwork) -> None:
    """K6: nothing is sent while the directory shows a key that this node did not make; the proof is kept."""
    berlin = network.node("DE-02")
    berlin.refer()
    swap_keys(network, "DE-02")
    for _ in range(2):
        with pytest.raises(PeerError, match="own_keys"):
            berlin.sync()
    assert [row.state for row in berlin.rows(Outbox)] == ["waiting"]
    assert "peer.own_keys" in berlin.alerts()
    assert "submit" not in network.line.calls


def test_another_seats_swapped_key_is_not_believed(network: LinkedNetwork) -> None:
    """K4: whoever hands out keys cannot quietly swap one."""
    berlin = network.node("DE-02")
    network.node("TW-44")
    berlin.sync()
    swap_keys(network, "TW-44")
    berlin.sync()
    newest = [row for row in berlin.rows(KnownKey) if row.owner == "TW-44"][-1]
    assert (newest.version, newest.trusted) == (2, False)
    assert "peer.key_changed" in berlin.alerts()


def test_a_directory_that_the_hub_did_not_sign_is_refused(network: LinkedNetwork) -> None:
    """K5."""
    berlin = network.node("DE-02", synced=False)

    def forge(answer: Any) -> Any:
        answer.directory.signature = bytes(64)
        return answer

    network.line.change = {"get_directory": forge}
    with pytest.raises(PeerError, match="directory"):
        berlin.sync()
    assert not [row for row in berlin.rows(KnownKey) if row.owner != "TH-00"]


def test_each_head_is_cosigned_and_the_hub_keeps_it(network: LinkedNetwork) -> None:
    """T5: the cosignature of one synchronisation is given at the next."""
    berlin = network.node("DE-02")
    berlin.refer()
    berlin.sync()
    berlin.sync()
    with network.hub.engine.connect() as connection:
        (row,) = connection.execute(log_cosignature.select()).all()
    assert row.seat == "DE-02"
    assert not berlin.alerts()


def test_another_history_is_not_cosigned_and_the_evidence_is_kept(network: LinkedNetwork) -> None:
    """Row 32, T6: a head that the hub signed and that does not extend the known one."""
    berlin = network.node("DE-02")
    known = berlin.rows(LogHead)[0]
    origin = f"{network.hub.network}/log"
    other = sign(Checkpoint(origin, known.size + 5, os.urandom(32)), network.hub.signing_key())
    network.line.change = {
        "get_checkpoint": lambda answer: GetCheckpointResponse(
            checkpoint=other, consistency=[os.urandom(32)] * 3
        )
    }
    berlin.refer()
    assert berlin.sync().sent == 1
    assert berlin.rows(LogHead)[0] == known
    with reading(berlin.node.engine) as session:
        from songtor_node.alerts import Alert

        (alarm,) = session.exec(select(Alert).where(Alert.code == "peer.log_proof")).all()
    assert known.note.encode() in alarm.evidence
    assert other.encode() in alarm.evidence


def test_what_the_two_sides_see_differently_is_found_within_a_day(network: LinkedNetwork) -> None:
    """D9: the hub's state counts, and a person is told."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    berlin.sync()
    with writing(network.hub.engine) as connection:
        connection.execute(task_table.update().values(state=STATE_ACCEPTED))
    berlin.sync()
    assert berlin.state(reference) == "received"
    network.pass_time(days=1)
    berlin.sync()
    assert berlin.state(reference) == "accepted"
    assert "peer.differs" in berlin.alerts()


def test_mail_that_is_on_its_way_is_no_difference(network: LinkedNetwork) -> None:
    """D9: what arrives while the two compare explains it."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    berlin.sync()
    network.pass_time(days=1)
    dwf = network.desk("dwf")
    once = [True]

    def meanwhile(answer: Any) -> Any:
        if once and once.pop():
            desk_acts.accept(dwf, reference)
        return answer

    network.line.change = {"get_checkpoint": meanwhile}
    berlin.sync()
    assert berlin.state(reference) == "accepted"
    assert not berlin.alerts()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda answer: FetchResponse(cursor=0, deliveries=answer.deliveries),
        lambda answer: FetchResponse(cursor=answer.cursor, deliveries=[*answer.deliveries] * 2),
        lambda answer: FetchResponse(cursor=answer.cursor, deliveries=[*answer.deliveries] * 65),
    ],
)
def test_an_answer_out_of_order_is_not_believed(network: LinkedNetwork, wrong: Any) -> None:
    """D6, P1: a cursor that goes back, or deliveries twice or too many, change nothing."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    reference = berlin.refer(to="TW-44")
    berlin.sync()
    network.line.change = {"fetch": wrong}
    with pytest.raises(PeerError, match="answer"):
        taipei.sync()
    network.line.change = {}
    taipei.sync()
    assert taipei.state(reference) == "received"


def test_the_state_says_what_is(network: LinkedNetwork) -> None:
    """Last contact, backlog and the certificate's days, as they are; nothing of a case."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    network.pass_time(hours=2)
    network.line.cut = True
    with pytest.raises(LinkError):
        berlin.sync()
    state = state_of(berlin.node)
    assert state["backlog"] == 1
    assert 7200 <= state["seconds_since_contact"] < 7300
    assert 6.8 < state["certificate_days"] < 7
    assert reference not in str(state)


def test_an_envelope_that_is_not_in_the_log_is_found_out(network: LinkedNetwork) -> None:
    """T3: a receipt names a place in the log, and the hub has to show it there."""
    berlin = network.node("DE-02")
    berlin.refer()
    berlin.sync()
    network.line.change = {"get_inclusion": lambda answer: GetInclusionResponse(path=answer.path[1:])}
    berlin.sync()
    assert "peer.log_proof" in berlin.alerts()
    assert not berlin.rows(Outbox)[0].proven
    network.line.change = {}
    berlin.sync()
    assert berlin.rows(Outbox)[0].proven


def test_new_keys_that_the_old_ones_vouch_for_need_no_voice(network: LinkedNetwork) -> None:
    """K3, K4: what was sealed to the old ones is still opened; a lost answer is asked for again."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    before = berlin.refer(to="TW-44")
    berlin.sync()
    network.line.lose = {"publish_keys": "answer"}
    with pytest.raises(LinkError):
        renew_keys(taipei.node, taipei.link.connect())
    network.line.lose = {}
    renew_keys(taipei.node, taipei.link.connect())
    assert [row.version for row in taipei.rows(OwnKey)] == [1, 2]
    taipei.sync()
    assert taipei.referral(before).payload is not None
    berlin.sync()
    after = berlin.refer(to="TW-44")
    network.sync_all()
    assert (taipei.state(after), berlin.state(after)) == ("received", "received")
    assert taipei.referral(after).payload is not None
    assert not berlin.alerts() | taipei.alerts()


def test_new_keys_of_which_the_answer_was_lost_still_renew_the_certificate(network: LinkedNetwork) -> None:
    """I9: the hub knows the new keys alone; a node that does not know so is not locked out, however late."""
    taipei = network.node("TW-44")
    network.line.lose = {"publish_keys": "answer"}
    with pytest.raises(LinkError):
        renew_keys(taipei.node, taipei.link.connect())
    network.line.lose = {}
    network.pass_time(days=20)
    assert taipei.sync().renewed
    assert [row.published for row in taipei.rows(OwnKey)] == [True, True]


def test_new_keys_of_which_the_answer_was_lost_are_found_in_the_directory(network: LinkedNetwork) -> None:
    """K6, T5: from the next synchronisation on they sign, the cosignature of the log's head too."""
    taipei = network.node("TW-44")
    taipei.sync()
    network.line.lose = {"publish_keys": "answer"}
    with pytest.raises(LinkError):
        renew_keys(taipei.node, taipei.link.connect())
    network.line.lose = {}
    taipei.sync()
    assert [row.published for row in taipei.rows(OwnKey)] == [True, True]
    taipei.sync()
    assert not taipei.alerts()


def test_a_node_of_one_seat_does_not_become_another(network: LinkedNetwork) -> None:
    """Its cases, keys and mail are of that seat."""
    berlin = network.node("DE-02")
    with pytest.raises(InputError, match="another_seat"):
        enrol(berlin.node, network.invite("DE-05"), network.line)
    assert berlin.seat == "DE-02"
