"""The node's encrypted store."""
