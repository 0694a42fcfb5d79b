"""The project's settings with quick passwords, for private installations that live for minutes and have many people."""

from backend.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tools.run.quick_passwords.QuickPasswordHasher"]
