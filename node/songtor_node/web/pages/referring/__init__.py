"""A referral on its way out, and those that come in."""
