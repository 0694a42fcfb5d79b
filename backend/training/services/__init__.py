"""Writes of the training log."""
