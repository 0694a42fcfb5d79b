"""The settings of what is kept outside the database: its backups, and the notary's key (docs/settings.md)."""

from backend.config.env import env_list, env_text
from backend.config.file_store import VAR

BACKUP_RECIPIENTS = env_list("BACKUP_RECIPIENTS")
BACKUP_FOLDER = env_text("BACKUP_FOLDER", str(VAR / "backups"))
NOTARY_FOLDER = env_text("NOTARY_FOLDER", str(VAR / "notary"))
