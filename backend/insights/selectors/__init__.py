"""Reads of the figures, each by what the reader may count."""
