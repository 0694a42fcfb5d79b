"""Reads of the training log."""
