"""The way in, and what is everybody's."""
