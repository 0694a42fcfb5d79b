"""Settings of the relay: it works on the tables of `common` alone, so that it loads no other room."""

from backend.config.settings import *  # noqa: F403

INSTALLED_APPS = ["backend.common"]
