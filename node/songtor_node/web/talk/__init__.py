"""A conversation about consent, screen by screen."""
