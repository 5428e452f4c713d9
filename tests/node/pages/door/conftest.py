"""A node where the administrator and malee can sign in, and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from songtor_node.bootstrap import Node
from tests.support.accounts import with_account
from tests.support.hub import MovableClock
from tests.support.node import new_node


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def node(tmp_path: Path, clock: MovableClock) -> Iterator[Node]:
    """Where the administrator and malee can sign in."""
    made = new_node(tmp_path / "node", clock=clock)
    with_account(made, "admin")
    yield made
    made.close()


@pytest.fixture
def secret(node: Node) -> str:
    return with_account(node, "malee")
