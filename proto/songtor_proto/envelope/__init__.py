"""The sealed message between two parties: byte layout, composing, checking, opening. Rules E1 to E12."""

from __future__ import annotations

from songtor_proto.envelope.layout import pae, uuid7

__all__ = ["pae", "uuid7"]
