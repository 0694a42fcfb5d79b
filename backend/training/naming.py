"""The names of trainings in the reader's language."""

from backend.rulebook.selectors import training_rules_get
from backend.training.models import TrainingDue, TrainingSession


def name_of(row: TrainingSession | TrainingDue) -> str:
    """Return the name that the rules give, or under which it was entered."""
    if row.rulebook_id is not None and row.code:
        return training_rules_get(row.rulebook_id)[row.code].name
    return row.title if isinstance(row, TrainingSession) else row.code
