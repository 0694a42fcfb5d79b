"""Writes of who answers for what."""
