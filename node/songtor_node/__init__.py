"""One partner organisation's node."""
