"""Writes of the figures: counting tickets, and making files of them."""
