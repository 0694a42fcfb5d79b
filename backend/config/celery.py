"""The Celery application; it carries wake-ups and idempotent work, never a deadline."""

import os
import sys
from typing import Any

from celery import Celery, signals
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
# Django's checks load every page; `make check` runs them, and a worker would keep what they load.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("allclear")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize // 2
app.autodiscover_tasks()


@signals.task_prerun.connect
def renew_connections(**_facts: Any) -> None:
    """Close what is broken or too old before a task, as Django does before a request; what is good is kept.

    Celery itself would close every connection around every task, unless it is told to do so after very many.
    """
    close_old_connections()
