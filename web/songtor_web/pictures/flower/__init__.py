"""The threat flower: a petal for each dimension of a life, in the colour of how threatened it is."""
