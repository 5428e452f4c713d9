"""A new version begins as the one before it went: what is not said is as before."""

from __future__ import annotations

from dataclasses import replace

from songtor_node.cases.models import Case
from songtor_node.cases.record import read_record
from songtor_node.consents.models import Consent
from songtor_node.referrals import history
from songtor_node.referrals.act import Act
from songtor_node.referrals.acts import Wish
from songtor_node.referrals.models import Referral
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_proto.wire import envelope_pb2 as wire


def as_before(act: Act, before: Referral, wish: Wish) -> Wish:
    """`wish`, and in all that it leaves out what `before` was sent with: recipient, purpose, ticks, what was
    cleared (it holds while a text is the same), the embassy's sight where a worker said no. Where the danger
    has grown, the case's urgency counts. The ground is not kept: a new one may be why it is sent again.

    InputError("not_here") where the case is gone.
    """
    if before.case_id is None:
        raise InputError("not_here", field="case")
    went = {line["category"] for line in before.lines if line["leaves"]}
    kept_back = {line["category"] for line in before.lines if line["why"] == "not_ticked"}
    said_no = (
        act.session.get_one(Consent, before.ground).liaison_sight
        and not wire.Terms.FromString(before.terms).liaison_sight
    )
    return replace(
        wish,
        to=wish.to or before.peer,
        purpose=wish.purpose or before.purpose,
        tick=wish.tick | (went - wish.untick),
        untick=wish.untick | (kept_back - wish.tick),
        cleared=wish.cleared | set(before.cleared),
        sight=False if wish.sight is None and said_no else wish.sight,
        urgency=wish.urgency or _graver(act, before),
    )


def _graver(act: Act, before: Referral) -> str:
    order = list(vocabulary().threat_levels)
    now = read_record(act.session, act.session.get_one(Case, before.case_id)).urgency
    return min((history.urgency(before), now), key=order.index)
