"""The journey of services: a row per dimension, goals as bars through their stages, touch points on them."""
