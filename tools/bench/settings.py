"""The project's settings with two more routes to compare with; only the bench's own web process uses them."""

from backend.config.settings import *  # noqa: F403
from backend.config.settings import INSTALLED_APPS as APPS

INSTALLED_APPS = [*APPS, "tools.bench"]
ROOT_URLCONF = "tools.bench.urls"
