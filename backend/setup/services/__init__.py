"""Writes of setting a school up."""
