"""Every write on rounds."""
