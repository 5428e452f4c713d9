"""The organisations' places in the network: invited, enrolled, certified, listed with their keys, revoked."""
