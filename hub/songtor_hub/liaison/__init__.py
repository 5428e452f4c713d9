"""What embassy liaisons may see: where a referral stands, never what it says. Rules S1 to S4."""
