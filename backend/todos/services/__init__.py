"""Every write of to-dos in other systems."""
