"""Reads of who answers for what."""
