"""The pictures of social work, drawn as SVG by the server: one ink, one set of colours, one type.

model  what is drawn, as plain data
layout where everything stands, pure
draw   the drawing itself
words  the same in sentences, for whoever cannot see it
"""
