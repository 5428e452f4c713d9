"""A conversation about consent, and what became of it."""
