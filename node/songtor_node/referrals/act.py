"""One act on this node's referrals: its transaction, and everything an act needs beside its own arguments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from songtor_node.bootstrap import Node
from songtor_node.keys import Identity, identity
from songtor_node.store.engine import writing
from songtor_proto.times import Random
from songtor_proto.vocabulary import Policy


@dataclass(frozen=True, slots=True)
class Act:
    """`by` is the worker's code; empty where the node acts by itself."""

    session: Session
    me: Identity
    policy: Policy
    now: datetime
    random: Random
    by: str


@contextmanager
def act(node: Node) -> Iterator[Act]:
    """What is done inside is stored as a whole, with the envelopes it causes, or not at all.

    InputError("not_enrolled"): without keys there is nothing to sign with.
    """
    with writing(node.engine) as session:
        yield Act(session, identity(session), node.policy, node.clock(), node.random, node.worker)
