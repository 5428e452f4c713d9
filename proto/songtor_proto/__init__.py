"""What both sides of the network must agree on."""
