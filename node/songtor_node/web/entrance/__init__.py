"""Who comes, whether they may, and what they send."""
