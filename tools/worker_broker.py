"""A pytest plugin that gives each parallel test process its own number at the broker, before settings are read."""

import os
from urllib.parse import urlsplit


def numbered_broker(redis_url: str, worker: str) -> dict[str, str]:
    """Return REDIS_URL and CELERY_BROKER_URL of the parallel process `gw0`, `gw1` …: its numbers count from 1."""
    path = urlsplit(redis_url).path
    number = int(worker.removeprefix("gw")) + 1
    return {
        "REDIS_URL": f"unix://{path}?db={number}",
        "CELERY_BROKER_URL": f"redis+socket://{path}?virtual_host={number}",
    }


if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.update(numbered_broker(os.environ["REDIS_URL"], os.environ["PYTEST_XDIST_WORKER"]))
