"""The settings of a newer version: it knows one kind of subject more."""

from backend.config.handlers import DEADLINE_SUBJECTS
from backend.config.settings import *  # noqa: F403

DEADLINE_SUBJECTS = {**DEADLINE_SUBJECTS, "rehearsal": "tools.prove.chaos.rehearsal.RehearsalSubjects"}
