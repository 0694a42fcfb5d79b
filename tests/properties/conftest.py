"""The simulated school of the property tests: the cast's own, with the demo's calendar, in the year 2026."""

from datetime import timedelta

import yaml

from backend.organisation.models import Appointment, ContactChannel, School
from tests.world import World, rulebook_content
from tools.prove.simulate.oracle import Oracle
from tools.prove.simulate.rules import Rulebook
from tools.prove.simulate.stage import SchoolStage, stage_school
from tools.prove.simulate.twin import Twin
from tools.prove.simulate.year import BEGIN
from tools.run.installation import ROOT


def twin_of(world: World, zone: str) -> tuple[Twin, SchoolStage]:
    """Return the real system and the oracle in step, and the school, by the clocks of a zone, before its first day."""
    long_ago = BEGIN - timedelta(days=1)
    Appointment.objects.update(starts_at=long_ago)
    ContactChannel.objects.update(verified_at=long_ago)
    School.objects.filter(id=world.school.id).update(time_zone=zone)
    rulebook = Rulebook(rulebook_content())
    document = yaml.safe_load((ROOT / "demo" / "calendar.yaml").read_text(encoding="utf-8"))
    school = School.objects.get(id=world.school.id)
    stage = stage_school(school=school, document=document, rulebook=rulebook, now=BEGIN)
    twin = Twin(Oracle(rulebook))
    twin.stage(stage)
    return twin, stage
