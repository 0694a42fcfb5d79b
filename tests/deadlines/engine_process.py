"""An engine as a process of its own, on the test's database, for subjects of the probe's kind; argument: its name."""

import sys

import django
from django.conf import settings
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    settings.DEADLINE_SUBJECTS = {"probe": "tests.deadlines.probe.ProbeSubjects"}
    call_command("deadlines_engine", name=sys.argv[1])
