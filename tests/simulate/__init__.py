"""A hub and some nodes in one process, through the production wiring, under seeded faults.

Nothing here replaces production code but what a process stands on: the line (an in-memory `Network`), the
clock, and randomness. One seed decides all else: who does what and when, what the line loses, repeats and
delays, where a process dies. After each run the stores of all sides are read and checked.

    python -m tests.simulate --seeds 500            # seeds 1 to 500
    python -m tests.simulate --seed 1234            # this one, telling what happened
"""
