"""Where help is to be had: what the network knows everywhere, and what this house has found out itself."""
