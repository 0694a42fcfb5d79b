"""A pytest plugin that gives each parallel test process its own number at the broker, before settings are read."""

import os
from urllib.parse import urlsplit


def numbered_broker(redis_url: str, worker: str) -> str:
    """Return REDIS_URL of the parallel process `gw0`, `gw1` …: its numbers count from 1."""
    number = int(worker.removeprefix("gw")) + 1
    return f"unix://{urlsplit(redis_url).path}?db={number}"


if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["REDIS_URL"] = numbered_broker(os.environ["REDIS_URL"], os.environ["PYTEST_XDIST_WORKER"])
