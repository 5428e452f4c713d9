"""The centre of the network."""
