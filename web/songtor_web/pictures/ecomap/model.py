"""What an ecomap shows, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HOUSEHOLD = ""
"""Whose tie it is, where it is nobody's alone."""


@dataclass(frozen=True, slots=True)
class Member:
    """Of the household. `name` is empty where it is hidden or not known; `relation`: to the client, who has
    none."""

    key: str
    name: str = ""
    relation: str = ""
    sex: str = "unknown"


@dataclass(frozen=True, slots=True)
class Connection:
    """With a service or somebody around. `kind`, `strength` and `flow`: codes of the vocabulary (around,
    tie_strengths, tie_flows); `whom`: a member's key, or HOUSEHOLD; `number`: by which its page finds it."""

    number: int
    kind: str
    name: str = ""
    whom: str = HOUSEHOLD
    strength: str = "ordinary"
    flow: str = "both"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ecomap:
    members: Sequence[Member]
    connections: Sequence[Connection]
