"""Tests of setting a school up."""
