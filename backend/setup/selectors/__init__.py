"""Reads about setting a school up."""
