"""Settings, routes and the Celery application; the one place that names handlers of one app to another."""

from backend.config.celery import app as celery_app

__all__ = ["celery_app"]
