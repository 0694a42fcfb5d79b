"""Bounds of files, apart from those that an installation sets (docs/settings.md)."""

from datetime import timedelta

PART_BYTES = 128 * 1024
"""A phone with 100 kbit/s sends as much in about ten seconds, the time the proxy gives a request."""
LONGEST_NAME = 120
MOST_UNFINISHED = 40
"""Files that one person may have on the way at once."""
RECEIVED_WITHIN = timedelta(days=3)
"""A file of which nothing came for so long is given up."""
UPLOAD_KEPT = timedelta(days=7)
"""For so long its sender can ask what became of a file."""
LARGE_PIXELS = 1600
SMALL_PIXELS = 320
"""The longest side of a picture that opens, and of its thumbnail."""
MOST_ENTRIES = 5000
MOST_UNPACKED_BYTES = 256 * 1024 * 1024
MOST_UNPACKED_TIMES = 200
"""Bounds of what an Office document holds and becomes when a program unpacks it."""
