"""The libraries of second factors are loaded by who asks for these: web processes, never engines or workers."""

import subprocess
import sys

from tests.conftest import ROOT, process_environment

LOAD = """
import sys
import django
django.setup()
import backend.config.celery
from backend.config.celery import app
app.loader.import_default_modules()
import backend.deadlines.management.commands.deadlines_engine
import backend.common.management.commands.outbox_relay
print(sorted({"webauthn", "pyotp", "segno"} & set(sys.modules)))
import backend.config.urls
print(sorted({"webauthn", "pyotp", "segno"} & set(sys.modules)))
"""


def test_engines_relay_and_workers_load_none_of_them(db: None) -> None:
    environment = {**process_environment(), "DJANGO_SETTINGS_MODULE": "backend.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["[]", "['pyotp', 'segno', 'webauthn']"]
