"""What every form does: what it asks, its draft, two people's words."""
