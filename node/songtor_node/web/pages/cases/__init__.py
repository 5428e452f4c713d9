"""A case along its eight steps."""
