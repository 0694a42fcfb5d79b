"""The two demo schools, and a small school whose posts a test fills itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from backend.calendars.files import calendar_read
from backend.common.clock import database_now
from backend.duty.files import bureau_read, school_read
from backend.duty.services import bureau_lay_out, school_lay_out
from backend.organisation.models import Bureau, Person, School, Unit
from backend.organisation.roles import Role
from backend.organisation.services import calendar_import, person_add, post_fill

DEMO = Path(__file__).resolve().parents[2] / "demo"


@dataclass
class SmallSchool:
    """A school with one office and one class, and nobody in it yet."""

    school: School
    office: Unit
    class_unit: Unit
    now: datetime

    def person(self, name: str, *, employer: School | Bureau | None = None) -> Person:
        """Add somebody who can be reached by e-mail."""
        return person_add(
            employer=employer or self.school, staff_number=name, name=name, email=f"{name}@school.example", now=self.now
        )

    def appoint(self, person: Person, role: Role, *, unit: Unit | None = None, is_deputy: bool = False) -> None:
        """Give the person a post since yesterday."""
        post_fill(person=person, role=role, unit=unit, is_deputy=is_deputy, starts_at=self.now - timedelta(days=1))


@pytest.fixture
def small_school(db: None) -> SmallSchool:
    """Lay out a school under a bureau, without people."""
    bureau = Bureau.objects.create(code="bureau", name_zh="教育局", name_en="Bureau")
    school = School.objects.create(code="school", name_zh="学校", name_en="School", bureau=bureau)
    office = Unit.objects.create(school=school, code="security", kind="office", name_zh="保卫处", name_en="Security")
    class_unit = Unit.objects.create(school=school, code="class-1", kind="class", name_zh="1班", name_en="Class 1")
    return SmallSchool(school, office, class_unit, database_now())


def import_demo(now: datetime) -> list[School]:
    """Import the demo's files as they are shipped; return the two schools."""
    bureau = bureau_lay_out(content=bureau_read(DEMO / "bureau.yaml"), now=now)
    schools = [
        school_lay_out(content=school_read(DEMO / f"{code}.yaml"), bureau=bureau, now=now)
        for code in ("qinghe", "nanshan")
    ]
    for school in schools:
        calendar_import(school=school, content=calendar_read(DEMO / "calendar.yaml"))
    return schools


@pytest.fixture
def demo_schools(db: None) -> list[School]:
    """Import the demo: the large school first, then the small one."""
    return import_demo(database_now())
