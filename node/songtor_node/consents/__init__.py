"""What a disclosure rests on: recorded, shown, confirmed, withdrawn."""
