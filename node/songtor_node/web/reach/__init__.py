"""How browsers reach this node, and how the node's own line stands."""
