"""The stored log: every leaf provable at every size, whatever was added in between. Rules T1 to T5."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from songtor_hub import translog
from songtor_hub.seats import registry
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import log_cosignature, log_leaf
from songtor_hub.translog.append import frontier
from songtor_hub.translog.read import stored_subtrees
from songtor_proto.errors import InputError, PeerError
from songtor_proto.times import to_ms
from songtor_proto.translog.checkpoint import Checkpoint, cosign, verify
from songtor_proto.translog.entry import encode, leaf
from songtor_proto.translog.proof import check_consistency, check_inclusion, root_of
from songtor_proto.wire.exchange_pb2 import GetCheckpointRequest, GetInclusionRequest
from tests.support.post import Post


def grow(post: Post, count: int) -> int:
    """Adds that many entries in one transaction; the size before."""
    with writing(post.hub.engine) as connection:
        size = frontier(connection).size
        entries = [encode("test", {"number": str(number)}) for number in range(count)]
        translog.append_many(connection, "test", entries, 1, post.hub.random)
    return size


def checkpoint(post: Post, known: int = 0, cosignature: str = "") -> tuple[Checkpoint, list[bytes]]:
    request = GetCheckpointRequest(known_size=known, cosignature=cosignature)
    answer = post.exchange.get_checkpoint("DE-02", request)
    key = post.hub.signing_key().public
    return verify(answer.checkpoint, "songtor.test/log", key), list(answer.consistency)


def test_every_leaf_is_proven_through_tiles(post: Post) -> None:
    """T2, T3: in a tree of several tiles, from what a node is told alone."""
    grow(post, 700)
    head, _ = checkpoint(post)
    with reading(post.hub.engine) as connection:
        stored = select(log_leaf.c.index, log_leaf.c.hash, log_leaf.c.entry, log_leaf.c.salt)
        rows = connection.execute(stored.order_by(log_leaf.c.index)).all()
    assert [index for index, *_ in rows] == list(range(head.size))
    for index, hash_, entry, salt in rows[:: len(rows) // 50]:
        assert hash_ == leaf(entry, salt)
        asked = GetInclusionRequest(index=index, size=head.size)
        path = post.exchange.get_inclusion("DE-02", asked).path
        check_inclusion(hash_, index, head.size, path, head.root)


def test_each_head_extends_the_one_before(post: Post) -> None:
    """T5: however much was added at once."""
    known, _ = checkpoint(post)
    for count in (1, 2, 250, 300, 7):
        grow(post, count)
        head, path = checkpoint(post, known.size)
        check_consistency(known.size, known.root, head.size, head.root, path)
        known = head


def test_a_tree_read_back_is_the_tree_that_grew(post: Post) -> None:
    """T1: the root from leaves and tiles is the frontier's, at every size that was a head."""
    roots = {}
    for count in (3, 254, 1, 600):
        grow(post, count)
        with reading(post.hub.engine) as connection:
            tree = frontier(connection)
            roots[tree.size] = tree.root()
    with reading(post.hub.engine) as connection:
        assert {size: root_of(size, stored_subtrees(connection)) for size in roots} == roots


def test_what_is_rolled_back_leaves_no_leaf(post: Post) -> None:
    """T1: the log is of one piece with what it records."""
    before, _ = checkpoint(post)
    with pytest.raises(ZeroDivisionError), writing(post.hub.engine) as connection:
        translog.append(connection, "revoked", {"seat": "DE-02"}, 1, post.hub.random)
        raise ZeroDivisionError
    assert checkpoint(post)[0] == before


def test_a_nodes_cosignature_is_checked_and_the_largest_kept(post: Post) -> None:
    """T5: over the head of the size it names, by the seat's own key; an older one does not take its place."""
    head, _ = checkpoint(post)
    key = post.berlin.keys.signing
    first = cosign(head, "DE-02", key, post.clock())
    grow(post, 5)
    later, _ = checkpoint(post, head.size, first)
    second = cosign(later, "DE-02", key, post.clock())
    checkpoint(post, later.size, second)
    checkpoint(post, head.size, first)
    with reading(post.hub.engine) as connection:
        (row,) = connection.execute(select(log_cosignature)).all()
    assert (row.seat, row.size, row.line) == ("DE-02", later.size, second)
    for line, size in (
        (cosign(later, "DE-02", post.taipei.keys.signing, post.clock()), later.size),
        (cosign(later, "TW-44", key, post.clock()), later.size),
        (second, head.size),
        (second, later.size + 1),
        ("no line", later.size),
    ):
        with pytest.raises(PeerError):
            checkpoint(post, size, line)


def test_a_range_that_is_not_there_is_refused(post: Post) -> None:
    """X1: a proof of what the log does not hold is an error of the caller's."""
    size = checkpoint(post)[0].size
    for request in (GetInclusionRequest(index=size, size=size), GetInclusionRequest(index=0, size=size + 1)):
        with pytest.raises(InputError, match=r"input\.log_range"):
            post.exchange.get_inclusion("DE-02", request)
    with pytest.raises(InputError, match=r"input\.log_range"):
        checkpoint(post, size + 1)


def test_what_happens_to_seats_and_keys_is_in_it(post: Post) -> None:
    """T1: each with its leaf, and without a word about people."""
    with writing(post.hub.engine) as connection:
        registry.revoke(connection, "TW-44", to_ms(post.clock()), post.hub.random)
    with reading(post.hub.engine) as connection:
        entries = connection.scalars(select(log_leaf.c.entry).where(log_leaf.c.kind == "revoked")).all()
    assert [json.loads(entry) for entry in entries] == [{"kind": "revoked", "seat": "TW-44"}]
