"""What a node answers over HTTP, on loopback."""
