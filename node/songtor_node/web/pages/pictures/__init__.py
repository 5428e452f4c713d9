"""The tools that draw: a life, a family, what threatens, what is around."""
