"""What the organisation's work comes to: counts over time and kind, without persons."""
