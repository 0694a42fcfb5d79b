"""The Celery application of `beat`: it knows the schedule and the broker, loads no models and needs no database."""

from celery import Celery

app = Celery("allclear", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
