"""How often Python looks for garbage that references itself: seldom, for what a batch leaves behind has no cycles."""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50
"""A batch of events is some hundred thousand objects; with Python's own 700 a fifth of the CPU would go into looking at them."""


def look_seldom() -> None:
    """Call once a process has everything in memory that stays: that is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
