"""Making a pair of keys for backups."""

from typing import Any

from django.core.management.base import BaseCommand
from pyrage.x25519 import Identity


class Command(BaseCommand):
    """Stores nothing: the secret key is shown once and must not stay on this machine."""

    help = "Print a new pair of age keys: the public one for BACKUP_RECIPIENTS, the secret one to keep elsewhere."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print both."""
        identity = Identity.generate()
        self.stdout.write(f"# Public key, for BACKUP_RECIPIENTS:\n# {identity.to_public()}")
        self.stdout.write("# Secret key. Keep these lines as a file away from this machine, twice:")
        self.stdout.write(str(identity))
