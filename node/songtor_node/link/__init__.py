"""The one room that speaks to the hub."""
