"""Settings of an engine: the rooms whose deadlines it fires and those they stand on, so that it loads no other room."""

from backend.config.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "knox",
    "backend.common",
    "backend.accounts",
    "backend.calendars",
    "backend.files",
    "backend.deadlines",
    "backend.organisation",
    "backend.duty",
    "backend.rulebook",
    "backend.workflow",
    "backend.rounds",
    "backend.response",
    "backend.outside",
]
