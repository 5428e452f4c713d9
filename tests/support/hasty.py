"""An event loop whose patience with TLS is short, by a name that uvicorn finds."""

from __future__ import annotations

from songtor_node.web.reach.doors import Loop

HANDSHAKE = 2.0


class HastyLoop(Loop):
    handshake_seconds = HANDSHAKE
