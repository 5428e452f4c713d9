"""One synchronisation with the hub, over a line in memory."""

from __future__ import annotations

from sqlmodel import select

from songtor_node.referrals import acts
from songtor_node.referrals.models import Outbox, Referral
from songtor_node.store.engine import reading
from tests.support.linked import LinkedNetwork, LinkedNode, wish


def states(node: LinkedNode) -> list[int]:
    with reading(node.node.engine) as session:
        return [referral.state for referral in session.exec(select(Referral))]


def test_offline_work_goes_out_at_the_next_sync(network: LinkedNetwork) -> None:
    """A referral made without a line leaves with the first sync that has one."""
    berlin = network.node("DE-02")
    case = berlin.case()
    berlin.consent(case)
    with berlin.act() as now:
        acts.refer(now, case, wish())
    report = berlin.sync()
    assert report.sent == 1
    with reading(berlin.node.engine) as session:
        assert session.exec(select(Outbox.state)).all() == ["sent"]
