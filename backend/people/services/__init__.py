"""Writes of bringing people from a portal."""
