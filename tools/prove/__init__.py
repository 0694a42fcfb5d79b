"""Slow proofs: the bench, chaos, the simulation, the demo day, and the ways through the code."""
