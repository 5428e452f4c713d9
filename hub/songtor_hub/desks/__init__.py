"""The ministry's desks: what comes to them is opened, decided, routed on and reported back, on record."""
