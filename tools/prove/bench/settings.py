"""The settings of a rehearsal with two more routes to compare with; only the bench's own processes use them."""

from tools.run.rehearsal_settings import *  # noqa: F403
from tools.run.rehearsal_settings import INSTALLED_APPS as APPS
from tools.run.rehearsal_settings import STORAGES as BASE_STORAGES

INSTALLED_APPS = [*APPS, "tools.prove.bench"]
ROOT_URLCONF = "tools.prove.bench.urls"
STORAGES = {**BASE_STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
"""Pages name their styles and scripts as they are called; nothing collects them for a run."""
