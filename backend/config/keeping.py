"""The settings of what is kept outside the database: backups, and the keys of notary and tickets (docs/settings.md)."""

from backend.config.env import env_list, env_pairs, env_text
from backend.config.file_store import VAR

BACKUP_RECIPIENTS = env_list("BACKUP_RECIPIENTS")
BACKUP_FOLDER = env_text("BACKUP_FOLDER", str(VAR / "backups"))
NOTARY_FOLDER = env_text("NOTARY_FOLDER", str(VAR / "notary"))
SEALING_FOLDER = env_text("SEALING_FOLDER", str(VAR / "sealing"))
CHECKPOINT_FOLDER = env_text("CHECKPOINT_FOLDER")
# The witnesses that cosign checkpoints: of each its address and its public key.
WITNESSES = env_pairs("WITNESSES")
# Records beside the tickets that have leaves of their own: by their kind the table, which is only added to, and what of
# it. A list of columns stands for good: what is added to a table needs a kind of its own.
NOTARY_RECORDS = {
    "change": (
        "administration_change",
        ("content_type_id", "object_pk", "object_repr", "action", "changes", "actor_id", "employer_id", "timestamp"),
    ),
    "opening": ("workflow_ticketopening", ("ticket_id", "school_id", "person_id", "hour", "opened_at", "is_paper")),
    "forgot": ("retention_forgotten", ("school_id", "what", "count", "at")),
    "matter": ("workflow_personhold", ("school_id", "person_id", "ends_id", "words", "by_id", "at")),
    "gap": ("deadlines_sweepgap", ("started_at", "ended_at", "noted_by")),
}
# Records of these kinds may be gone where their salt is too, as many as the lines of this account say.
NOTARY_FORGOTTEN = {"opening": ("retention_forgotten", "openings")}
