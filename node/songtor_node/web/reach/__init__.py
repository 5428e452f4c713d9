"""How browsers reach this node: by which addresses and names, over which TLS."""
