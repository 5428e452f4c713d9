"""From a case to what its pictures show."""
