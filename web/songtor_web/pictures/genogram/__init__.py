"""The genogram: a family over its generations, as social work draws it by hand.

model        who is drawn, and what is between them
kin          whom the ties make a couple, a child, a twin
generations  on which row everybody stands
order        from left to right
place        how far apart
route        how lines go round words
lines, draft which lines there are, and where they lie
layout       all of it: where everything stands
draw, words  the drawing; the same in sentences
"""
