"""One process of a simulation with a database of its own: `python -m tools.prove.simulate.shard TICKETS SEED [SCHOOL]`.

It writes a line for each report that it filed, and a last one with what it found.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django
import yaml

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
django.setup()

from backend.organisation.models import ContactChannel, School  # noqa: E402 - after setup
from tools.prove.simulate.judge import broken, disagreements, disagreements_beside  # noqa: E402
from tools.prove.simulate.oracle import Oracle  # noqa: E402
from tools.prove.simulate.report import FILED  # noqa: E402
from tools.prove.simulate.rules import rulebook_read  # noqa: E402
from tools.prove.simulate.stage import stage_school  # noqa: E402
from tools.prove.simulate.twin import Twin  # noqa: E402
from tools.prove.simulate.watch import Watch  # noqa: E402
from tools.prove.simulate.watched_year import Beside, Watching  # noqa: E402
from tools.prove.simulate.year import BEGIN, Plan, Year  # noqa: E402
from tools.run.installation import ROOT  # noqa: E402

ZONES = {"qinghe": "Asia/Shanghai", "nanshan": "Europe/Berlin"}
"""One of the schools stands where the clocks change."""


def simulate(*, plan: Plan, seed: int, only: int | None, folder: Path = ROOT) -> dict[str, Any]:
    """Let a year pass over the demo schools; return what happened and every disagreement.

    Rounds are held at one of the schools, by its number, or at all: each process takes a year of them.
    """
    began = time.monotonic()
    rulebook = rulebook_read(folder / "rulebooks" / "cn-school.yaml")
    document = yaml.safe_load((folder / "demo" / "calendar.yaml").read_text(encoding="utf-8"))
    for code, zone in ZONES.items():
        School.objects.filter(code=code).update(time_zone=zone)
    # The demo verifies its addresses when it is laid out, which is not in the virtual year.
    ContactChannel.objects.update(verified_at=BEGIN)
    twin = Twin(Oracle(rulebook))
    stages = [
        stage_school(school=school, document=document, rulebook=rulebook, now=BEGIN)
        for school in School.objects.order_by("code")
    ]
    School.objects.update(live_at=None)  # those that are watched begin to work with rounds with the year
    watch = Watch(twin)
    year = Year(twin=twin, stages=stages, plan=plan, seed=seed, beside=Watching(watch, Beside(), seed, only))
    year.run(filed=lambda: print(FILED, flush=True))
    return {
        **twin.counts,
        "escalations": len(twin.oracle.fired),
        "of parts": sum(bool(key.part) for key in twin.oracle.fired),
        "rounds": len(watch.rounds.rounds),
        "rounds missed": len({key.round for key in watch.rounds.heard if key.what == "missed"}),
        "rungs beside tickets": len(watch.ladders.fired),
        "disagreements": [*twin.remarks, *disagreements(twin.oracle), *disagreements_beside(watch)],
        "broken": broken(year.end),
        "seconds": time.monotonic() - began,
    }


if __name__ == "__main__":
    tickets, number_of_seed, *one = map(int, sys.argv[1:])
    found = simulate(plan=Plan(tickets=tickets), seed=number_of_seed, only=one[0] if one else None)
    print(json.dumps(found), flush=True)
