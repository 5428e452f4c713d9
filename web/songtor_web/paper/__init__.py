"""Paper: sheets as plain data, set by typst in a process of its own, as PDF."""
