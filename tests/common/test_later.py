"""Libraries that few requests need are loaded by the request that needs them, and by no process before."""

import subprocess
import sys

from backend.common.later import Later
from tests.conftest import ROOT, process_environment

LOAD = """
import sys
import django
FEW_NEED = {"apprise", "holidays", "icalendar", "joserfc", "jsonschema", "openpyxl", "segno", "typst", "webauthn"}
django.setup()
import backend.config.celery
from backend.config.celery import app
app.loader.import_default_modules()
import backend.deadlines.management.commands.deadlines_engine
import backend.common.management.commands.outbox_relay
print(sorted(FEW_NEED & set(sys.modules)))
import backend.config.urls
print(sorted(FEW_NEED & set(sys.modules)))
from backend.portal.views.factors import segno
print(callable(segno.make), sorted(FEW_NEED & set(sys.modules)))
"""


def test_no_process_loads_them_before_somebody_needs_one(db: None) -> None:
    environment = {**process_environment(), "DJANGO_SETTINGS_MODULE": "backend.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["[]", "[]", "True ['segno']"]


def test_looking_a_module_through_loads_nothing() -> None:
    assert not hasattr(Later("antigravity"), "__wrapped__")
    assert "antigravity" not in sys.modules
