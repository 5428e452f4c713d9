"""Where the hub keeps what it knows."""
