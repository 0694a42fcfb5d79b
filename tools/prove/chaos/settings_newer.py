"""The settings of a newer version: it knows one kind of subject more."""

from backend.config.settings import *  # noqa: F403
from backend.config.settings import DEADLINE_SUBJECTS

DEADLINE_SUBJECTS = {**DEADLINE_SUBJECTS, "rehearsal": "tools.prove.chaos.rehearsal.RehearsalSubjects"}
