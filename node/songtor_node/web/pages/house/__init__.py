"""The organisation: its day, its people, its machine, what it knows and counts."""
