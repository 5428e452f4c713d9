"""What the pages of a case share: its frame, its tasks, the forms of its entries."""
