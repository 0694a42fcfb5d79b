"""Reasons for which a backup cannot be made, restored or rehearsed, in words for whoever runs the command."""


class BackupError(Exception):
    """Says what is wrong and what to do."""
