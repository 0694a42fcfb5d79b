"""Bringing a school to what a configuration file says: what differs is written, and nothing is taken away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.calendars.models import Calendar
from backend.calendars.public_holidays import PublicDay
from backend.calendars.services.days import public_days_put
from backend.calendars.validation import calendar_errors
from backend.common.errors import Conflict
from backend.common.identities import identity_of
from backend.organisation.models import Bureau, School
from backend.organisation.services import calendar_import
from backend.rulebook.services import rulebook_activate, rulebook_activate_checked, rulebook_load
from backend.setup.configuration.comparing import (
    Section,
    calendar_merged,
    configuration_current,
    configurations_compare,
)
from backend.setup.configuration.duty import duty_write
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.writing import Target, organisation_write


class ConfigurationRefused(Conflict):
    """The file does not fit what is there; the message says where."""

    code = "configuration_refused"


@dataclass(frozen=True, slots=True)
class ConfigurationApplied:
    """The differences between a file and a school by section, and how many changes wait for a second person."""

    sections: Mapping[str, Section]
    waiting: int

    @property
    def is_same(self) -> bool:
        """Whether the file changes nothing."""
        return all(section.is_same for section in self.sections.values())


@transaction.atomic
def configuration_apply(*, content: Mapping[str, Any], now: datetime) -> ConfigurationApplied:
    """Write everything in which a school differs from a checked file, all of it or nothing.

    It is a command of whoever runs the installation: at a live school, posts that read sealed tickets and the addresses
    of whoever holds one wait for a second person (ADR 0018). A school that is not there yet is made, to be set up.
    """
    wanted = configuration_current(content=content, now=now)
    school = _school_find(wanted)
    present = configuration_of(school=school, now=now) if school else None
    sections = configurations_compare(present=present, wanted=wanted)
    if all(section.is_same for section in sections.values()):
        return ConfigurationApplied(sections, 0)
    target = Target(_school_put(school, wanted), now)
    try:
        organisation_write(target=target, sections=sections)
    except IntegrityError as error:
        raise ConfigurationRefused("Something in the file stands in the way of a rule of the database.") from error
    _offices_put(target, wanted)
    _calendar_put(target.school, present, wanted, sections["calendar"])
    _rulebook_put(target, wanted, sections["rulebook"])
    duty_write(target=target, section=sections["shifts"])
    return ConfigurationApplied(sections, target.waiting)


def _school_find(content: Mapping[str, Any]) -> School | None:
    found = School.objects.select_for_update(of=("self",), no_key=True).select_related("bureau", "calendar")
    school = found.filter(code__identity=identity_of(content["school"]["code"])).first()
    if school and identity_of(school.bureau.code) != identity_of(content["bureau"]["code"]):
        raise ConfigurationRefused(f"The school {school.code} belongs to the bureau {school.bureau.code} here.")
    return school


def _school_put(school: School | None, content: Mapping[str, Any]) -> School:
    """Store the school's name and time zone; a bureau that is there already stays as it is."""
    row = content["school"]
    if school is None:
        known = Bureau.objects.filter(code__identity=identity_of(content["bureau"]["code"])).first()
        bureau = known or Bureau.objects.create(code=content["bureau"]["code"], **_names(content["bureau"]))
        return School.objects.create(bureau=bureau, code=row["code"], time_zone=row["time_zone"], **_names(row))
    if school.time_zone != row["time_zone"]:
        Calendar.objects.filter(school=school).update(version=F("version") + 1)
    school.name_zh, school.name_en = row["name"]["zh"], row["name"]["en"]
    school.time_zone = row["time_zone"]
    school.save(update_fields=["name_zh", "name_en", "time_zone"])
    return school


def _offices_put(target: Target, content: Mapping[str, Any]) -> None:
    row = content["school"]
    for name in ("intake_unit", "protection_unit"):
        if name in row:
            setattr(target.school, name, target.units[identity_of(row[name])])
    target.school.save(update_fields=["intake_unit", "protection_unit"])


def _calendar_put(
    school: School, present: Mapping[str, Any] | None, content: Mapping[str, Any], section: Section
) -> None:
    if section.is_same:
        return
    merged = calendar_merged(present=(present or {}).get("calendar"), wanted=content["calendar"])
    errors = calendar_errors(merged)
    if errors:
        raise ConfigurationRefused("\n".join(f"calendar/{error}" for error in errors[:10]))
    calendar = calendar_import(school=school, content=merged)
    days = {
        date.fromisoformat(row["day"]): PublicDay(works_as=row.get("works_as"), note=row["note"])
        for row in content.get("public_days", ())
    }
    public_days_put(calendar=calendar, wanted=days)


def _rulebook_put(target: Target, content: Mapping[str, Any], section: Section) -> None:
    """Take the file's rulebook into use; at a live school only where every rung reaches somebody."""
    if section.is_same:
        return
    version, _is_new = rulebook_load(content=content["rulebook"], now=target.now)
    activate = rulebook_activate_checked if target.school.live_at else rulebook_activate
    activate(school=target.school, version=version, now=target.now)


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    return {"name_zh": row["name"]["zh"], "name_en": row["name"]["en"]}
