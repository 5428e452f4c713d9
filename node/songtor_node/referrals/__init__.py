"""Referrals: composed, previewed, sent, answered, withdrawn. Only this room builds or reads a payload."""
