"""What goes out: with its act, in order, once, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from songtor_hub.desks import acts as desk_acts
from songtor_hub.store.engine import reading as hub_reading
from songtor_hub.store.tables import envelope as envelope_table
from songtor_hub.store.tables import task as task_table
from songtor_node import keys
from songtor_node.link.enrol import enrol
from songtor_node.referrals import acts, outbox
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.store.engine import reading
from songtor_proto.envelope.check import digest
from songtor_proto.errors import ConsentError, EnvelopeError, LinkError, PeerError
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.wire.exchange_pb2 import Refusal, SubmitResponse, SubmitResult
from songtor_proto.wire.payload_pb2 import Facts
from tests.support.linked import LinkedNetwork, LinkedNode, wish


def taken_in(network: LinkedNetwork) -> list[Any]:
    """The hub's rows, in order."""
    with hub_reading(network.hub.engine) as connection:
        return list(connection.execute(select(envelope_table).order_by(envelope_table.c.sequence)))


def tasks(network: LinkedNetwork) -> list[Any]:
    with hub_reading(network.hub.engine) as connection:
        return list(connection.execute(select(task_table)))


def standing(node: LinkedNode) -> list[str]:
    return [row.state for row in node.rows(Outbox)]


def test_the_envelope_is_stored_with_the_act_or_neither_is(network: LinkedNetwork) -> None:
    """Row 20: an act that fails leaves no envelope, and no envelope is without its act."""
    berlin = network.node("DE-02")
    case = berlin.case()
    berlin.consent(case)
    with pytest.raises(ZeroDivisionError), berlin.act() as now:
        acts.refer(now, case, wish())
        raise ZeroDivisionError
    assert not berlin.rows(Outbox)
    assert not berlin.rows(Referral)
    with berlin.act() as now:
        acts.refer(now, case, wish())
    assert (len(berlin.rows(Outbox)), len(berlin.rows(Referral))) == (1, 1)


def test_offline_work_of_any_time_leaves_with_one_sync(network: LinkedNetwork) -> None:
    """Weeks without a line, then one synchronisation: all of it is at the hub, in the order of the acts."""
    berlin = network.node("DE-02")
    references = []
    for _ in range(5):
        references.append(berlin.refer())
        network.pass_time(days=6)
    assert berlin.sync().sent == 5
    assert [task.reference for task in tasks(network)] == references
    assert {berlin.state(reference) for reference in references} == {"received"}


def test_without_the_recipients_keys_the_act_is_refused_and_says_why(network: LinkedNetwork) -> None:
    """A seat that this node has never heard of cannot be sealed to; the error names it."""
    berlin = network.node("DE-02")
    case = berlin.case()
    berlin.consent(case, recipients=["TW-44"])
    with pytest.raises(PeerError) as caught, berlin.act() as now:
        acts.refer(now, case, wish(to="TW-44"))
    assert (caught.value.code, caught.value.field) == ("peer.unknown", "TW-44")
    assert not berlin.rows(Referral)


def test_a_receipt_lost_ten_times_is_one_delivery(network: LinkedNetwork) -> None:
    """Row 21, D3: the hub has one, and the node keeps the receipt of the first."""
    berlin = network.node("DE-02")
    berlin.refer()
    network.line.lose = {"submit": "answer"}
    for _ in range(10):
        with pytest.raises(LinkError):
            berlin.sync()
        assert standing(berlin) == ["waiting"]
    network.line.lose = {}
    berlin.sync()
    assert standing(berlin) == ["sent"]
    (row,) = taken_in(network)
    assert berlin.rows(Outbox)[0].receipt == row.receipt


def test_the_same_bytes_go_out_each_time(network: LinkedNetwork) -> None:
    """Row 18, D1: no retry seals or signs anew, whatever time has passed and however often the node
    restarts."""
    berlin = network.node("DE-02")
    berlin.refer()
    with reading(berlin.node.engine) as session:
        before = digest(outbox.envelope(outbox.batch(session)[0]))
    network.line.lose = {"submit": "answer"}
    with pytest.raises(LinkError):
        berlin.sync()
    network.pass_time(days=30)
    network.line.lose = {}
    berlin.restart()
    berlin.sync()
    (row,) = taken_in(network)
    assert row.digest == before


def forge(change: Callable[[SubmitResponse], None]) -> Callable[[SubmitResponse], SubmitResponse]:
    def forged(answer: SubmitResponse) -> SubmitResponse:
        change(answer)
        return answer

    return forged


def flip_a_bit(answer: SubmitResponse) -> None:
    receipt = bytearray(answer.results[0].receipt)
    receipt[-1] ^= 1
    answer.results[0].receipt = bytes(receipt)


def swap_two(answer: SubmitResponse) -> None:
    one, other = answer.results
    one.receipt, other.receipt = other.receipt, one.receipt


@pytest.mark.parametrize("change", [flip_a_bit, swap_two])
def test_a_forged_or_swapped_receipt_leaves_the_envelope_pending(
    network: LinkedNetwork, change: Callable[[SubmitResponse], None]
) -> None:
    """Row 22, D5: nothing counts as sent, somebody is told, and the true receipt is taken later."""
    berlin = network.node("DE-02")
    berlin.refer()
    berlin.refer()
    network.line.change = {"submit": forge(change)}
    berlin.sync()
    assert "waiting" in standing(berlin)
    assert "envelope.receipt" in berlin.alerts()
    network.line.change = {}
    berlin.sync()
    assert standing(berlin) == ["sent", "sent"]
    assert len(taken_in(network)) == 2


def test_a_foreign_hubs_receipt_counts_for_nothing(network: LinkedNetwork) -> None:
    """Row 22: the receipt of another envelope, however genuine, is not this one's."""
    berlin = network.node("DE-02")
    berlin.refer()
    berlin.sync()
    old = berlin.rows(Outbox)[0].receipt
    berlin.refer()
    network.line.change = {"submit": forge(lambda answer: setattr(answer.results[0], "receipt", old))}
    berlin.sync()
    assert standing(berlin) == ["sent", "waiting"]


def test_what_the_hub_refuses_is_shown_with_its_code_and_stops_nothing_else(network: LinkedNetwork) -> None:
    """A refusal is for a person; the next envelope goes its way."""
    berlin = network.node("DE-02")
    soon = (network.clock() + timedelta(days=10)).date().isoformat()
    first = berlin.refer({"expires": soon})
    network.pass_time(days=12)
    second = berlin.refer()
    berlin.sync()
    assert standing(berlin) == ["refused", "sent"]
    assert berlin.rows(Outbox)[0].code == "envelope.expired"
    assert [berlin.state(one) for one in (first, second)] == ["draft", "received"]
    assert "envelope.expired" in berlin.alerts()


def test_a_busy_hub_is_asked_again(network: LinkedNetwork) -> None:
    """D8: what is the hub's own trouble leaves the envelope waiting."""
    berlin = network.node("DE-02")
    berlin.refer()
    busy = SubmitResponse(results=[SubmitResult(refusal=Refusal(code="link.busy"))])
    network.line.change = {"submit": lambda answer: busy}
    berlin.sync()
    assert standing(berlin) == ["waiting"]
    network.line.change = {}
    berlin.sync()
    assert standing(berlin) == ["sent"]


def test_an_answer_of_another_length_is_not_believed(network: LinkedNetwork) -> None:
    """An answer that does not fit its question changes nothing."""
    berlin = network.node("DE-02")
    berlin.refer()
    network.line.change = {"submit": lambda answer: SubmitResponse()}
    with pytest.raises(PeerError):
        berlin.sync()
    assert standing(berlin) == ["waiting"]


def test_a_batch_has_at_most_64_and_one_of_each_thread(network: LinkedNetwork) -> None:
    """P1: nothing overtakes what came before it in its thread."""
    berlin = network.node("DE-02")
    case = berlin.case()
    berlin.consent(case)
    for _ in range(65):
        with berlin.act() as now:
            acts.refer(now, case, wish())
    with berlin.act() as now:
        reference = acts.refer(now, case, wish()).reference
        acts.again(now, reference, wish())
        assert len(outbox.batch(now.session)) == outbox.MAX_BATCH
        threads = [row.thread for row in outbox.batch(now.session)]
    assert len(set(threads)) == len(threads)
    assert berlin.sync().sent == 67
    assert network.line.calls["submit"] == 3


def test_a_new_version_never_overtakes_the_one_before(network: LinkedNetwork) -> None:
    """L9: version 2 is only sent once version 1 has its receipt."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    with berlin.act() as now:
        acts.again(now, reference, wish())
    network.line.lose = {"submit": "answer"}
    with pytest.raises(LinkError):
        berlin.sync()
    assert [task.version for task in tasks(network)] == [1]
    network.line.lose = {}
    berlin.sync()
    assert [(task.version, task.state) for task in tasks(network)] == [(1, 10), (2, 3)]


def test_withdrawn_before_it_left_it_never_leaves(network: LinkedNetwork) -> None:
    """W1: what the hub cannot have is taken back without a word to anyone."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    with berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    berlin.sync()
    assert standing(berlin) == ["recalled"]
    assert berlin.state(reference) == "cancelled"
    assert not taken_in(network)
    assert berlin.referral(reference).payload is None


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_withdrawn_while_its_fate_is_unknown_it_is_not_offered_again(
    network: LinkedNetwork, lost: str
) -> None:
    """W1: the withdrawal goes, the referral does not, whether the hub had it or not."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    network.line.lose = {"submit": lost}
    with pytest.raises(LinkError):
        berlin.sync()
    network.line.lose = {}
    with berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    berlin.sync()
    berlin.sync()
    had_it = lost == "answer"
    assert standing(berlin) == ["recalled", "sent" if had_it else "recalled"]
    assert len(taken_in(network)) == (2 if had_it else 0)
    assert all(row.sealed is None for row in taken_in(network)[:1])
    assert not berlin.alerts()


def test_cancelled_before_it_left_says_nothing_to_anyone(network: LinkedNetwork) -> None:
    """A referral that is not needed any more and never left is simply not sent."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    with berlin.act() as now:
        acts.cancel(now, reference, "no_longer_needed")
    berlin.sync()
    assert standing(berlin) == ["recalled"]
    assert not taken_in(network)


def test_sealed_to_keys_that_were_replaced_it_is_sealed_again_under_the_same_id(
    network: LinkedNetwork,
) -> None:
    """D1, K4: the recipient signed its new keys with the old ones, so no person is needed."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    reference = berlin.refer(to="TW-44")
    enrol(taipei.node, network.invite("TW-44"), network.line)
    before = berlin.rows(Outbox)[0]
    berlin.sync()
    after = berlin.rows(Outbox)[0]
    assert after.state == "sent"
    assert (after.envelope_id, after.sealed == before.sealed) == (before.envelope_id, False)
    taipei.sync()
    assert taipei.state(reference) == "received"
    assert taipei.referral(reference).payload is not None


def test_a_recipient_who_lost_all_keys_waits_for_a_voice(network: LinkedNetwork) -> None:
    """K4: nothing is sent to a key that nobody vouched for; after the comparison it goes by itself."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    reference = berlin.refer(to="TW-44")
    network.nodes.remove(taipei)
    taipei = network.node("TW-44", folder="TW-44 anew")
    berlin.sync()
    assert standing(berlin) == ["held"]
    assert {"peer.key_changed", "peer.stale_key"} <= berlin.alerts()
    case = berlin.case()
    berlin.consent(case, recipients=["TW-44"])
    with pytest.raises(PeerError, match="key_changed"), berlin.act() as now:
        acts.refer(now, case, wish(to="TW-44"))
    with taipei.act() as there:
        digits = fingerprint(there.me.network, "TW-44", there.me.signing.public)
    with berlin.act() as now:
        with pytest.raises(PeerError, match="fingerprint"):
            keys.trust(now.session, now.me.network, "TW-44", "0" * 40)
        keys.trust(now.session, now.me.network, "TW-44", digits)
    berlin.sync()
    taipei.sync()
    assert taipei.state(reference) == "received"


def test_a_withdrawal_leaves_though_the_recipients_key_is_in_doubt(network: LinkedNetwork) -> None:
    """W1: who took over the name must not be able to stop the client from taking back."""
    berlin, taipei = network.node("DE-02"), network.node("TW-44")
    berlin.sync()
    reference = berlin.refer(to="TW-44")
    berlin.sync()
    taipei.sync()
    network.nodes.remove(taipei)
    anew = network.node("TW-44", folder="TW-44 anew")
    berlin.sync()
    with berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    berlin.sync()
    assert standing(berlin) == ["sent", "sent"]
    anew.sync()


def test_a_cancelled_and_a_completed_referral_end_as_the_hub_has_them(network: LinkedNetwork) -> None:
    """Two acts that crossed: the desk's came first, so the node's cancellation is refused and both say
    completed."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    berlin.sync()
    dwf = network.desk("dwf")
    for step in (desk_acts.accept, desk_acts.start):
        step(dwf, reference)
    desk_acts.complete(dwf, reference, "assisted", Facts())
    with berlin.act() as now:
        acts.cancel(now, reference, "no_longer_needed")
    assert berlin.state(reference) == "cancelled"
    berlin.sync()
    assert berlin.state(reference) == "completed"
    assert berlin.referral(reference).outcome == "assisted"
    assert standing(berlin) == ["sent", "refused"]


def test_nobody_takes_back_twice(network: LinkedNetwork) -> None:
    """A second withdrawal says that it is done."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    with berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    with pytest.raises(ConsentError, match="withdrawn"), berlin.act() as now:
        acts.withdraw(now, reference, person="client")


def test_a_closed_referral_is_not_cancelled(network: LinkedNetwork) -> None:
    """Row 29: nobody skips or repeats a state."""
    berlin = network.node("DE-02")
    reference = berlin.refer()
    with berlin.act() as now:
        acts.cancel(now, reference, "duplicate")
    with pytest.raises(EnvelopeError, match="transition"), berlin.act() as now:
        acts.cancel(now, reference, "duplicate")
