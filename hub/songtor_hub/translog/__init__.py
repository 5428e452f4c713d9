"""The hub's append-only log: leaves and head in the transaction of what they record, proofs, checkpoints."""

from __future__ import annotations

from songtor_hub.translog.append import Place, append, append_many

__all__ = ["Place", "append", "append_many"]
