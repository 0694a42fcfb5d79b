"""Bounds of files made of figures and tickets. Pure."""

from datetime import timedelta

KEPT_FOR = timedelta(days=1)
"""After this a file is removed, ready or not."""
MOST_AT_ONCE = 3
"""The most files that are made for one person at a time."""
MOST_SWEPT = 200
LONGEST_BULLETIN = 2000
"""The longest words that a bulletin adds to its numbers."""
