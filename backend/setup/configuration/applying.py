"""Bringing a school to what a configuration file says: what differs is written, and nothing is taken away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from backend.calendars.models import Calendar
from backend.calendars.public_holidays import PublicDay
from backend.calendars.services.days import public_days_put
from backend.calendars.validation import calendar_faults
from backend.common.errors import Conflict
from backend.common.file_faults import below
from backend.common.identities import identity_of
from backend.duty.selectors.away import absences_load
from backend.duty.services.rosters import ShiftWithoutLeader
from backend.organisation.actors import Actor
from backend.organisation.models import Bureau, School
from backend.organisation.permissions import Permission
from backend.organisation.selectors.bureaus import bureaus_of_own
from backend.organisation.services import calendar_import
from backend.responsibility.errors import SharePast, ShareTaken
from backend.rulebook.clock_edits import clocks_out_of_bounds
from backend.rulebook.services import rulebook_activate, rulebook_activate_checked, rulebook_load
from backend.setup.configuration.comparing import (
    Key,
    Section,
    calendar_merged,
    configuration_current,
    configurations_compare,
    key_shown,
    sections_digest,
)
from backend.setup.configuration.duty import Roster, duty_write, shifts_leaderless
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.replies import replies_write
from backend.setup.configuration.standing import standing_write
from backend.setup.configuration.writing import Target, officers_write, organisation_write

MOST_TOLD = 10


class ConfigurationRefused(Conflict):
    """The file does not fit what is there; the message says where."""

    code = "configuration_refused"
    title = _("This configuration does not fit what is there.")


class ConfigurationOutdated(Conflict):
    """The school changed since the differences were shown, so that the file would do something else now."""

    code = "configuration_outdated"
    title = _("Something changed meanwhile. Please look at the preview again and confirm that.")


@dataclass(frozen=True, slots=True)
class ConfigurationApplied:
    """The differences between a file and a school by section, and how many changes wait for a second person."""

    sections: Mapping[str, Section]
    waiting: int
    away: Mapping[Key, str] = field(default_factory=dict)
    """The shifts, by key, that somebody serves in who is away then, in words."""

    @property
    def is_same(self) -> bool:
        """Whether the file changes nothing."""
        return all(section.is_same for section in self.sections.values())

    @property
    def digest(self) -> str:
        """A name of everything that is new or changed: other differences have another one."""
        return sections_digest(self.sections)


@transaction.atomic
def configuration_apply(
    *, content: Mapping[str, Any], now: datetime, by: Actor | None = None, digest: str | None = None
) -> ConfigurationApplied:
    """Write everything in which a school differs from a checked file, all of it or nothing.

    Raises ConfigurationOutdated where the differences are not those that were shown under a digest. An administrator
    writes to their own school alone, and of the bureau only the officers, where it is the school's own; the command of
    whoever runs the installation (`by` is None) writes the bureau's duty too, and makes a school that is not there yet,
    to be set up. At a live school, posts that read sealed tickets and the addresses of whoever holds one wait for a
    second person (ADR 0018).
    """
    wanted = configuration_current(content=content if by is None else _of_administrator(by, content), now=now)
    school = _school_find(wanted) if by is None else _own_school(by, wanted)
    present = configuration_of(school=school, now=now, is_administrators=by is not None) if school else None
    sections = configurations_compare(present=present, wanted=wanted)
    if digest is not None and digest != sections_digest(sections):
        raise ConfigurationOutdated
    if all(section.is_same for section in sections.values()):
        return ConfigurationApplied(sections, 0)
    target = Target(_school_put(school, wanted), by, now)
    try:
        organisation_write(target=target, sections=sections)
    except IntegrityError as error:
        raise ConfigurationRefused(_("Something in the file stands in the way of a rule of the database.")) from error
    _offices_put(target, wanted)
    _calendar_put(target.school, present, wanted, sections["calendar"])
    _rulebook_put(target, wanted, sections["rulebook"])
    replies_write(school=target.school, rows=sections["replies"].touched())
    _standing_put(target, sections)
    away = _duty_put(target, sections)
    return ConfigurationApplied(sections, target.waiting, away)


def configuration_preview(
    *, content: Mapping[str, Any], now: datetime, by: Actor | None = None
) -> ConfigurationApplied:
    """Return what a checked file would do by doing it and taking it back; raises what writing it would."""
    with transaction.atomic():
        done = configuration_apply(content=content, now=now, by=by)
        transaction.set_rollback(True)
    return done


def _of_administrator(by: Actor, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a file without what an administrator does not write: a bureau's duty, and the people of a shared one."""
    by.require(Permission.CONFIGURATION_IMPORT)
    written = {"code", "name"}
    if bureaus_of_own(school_id=by.school_scope).exists():
        written.add("people")
    return {**content, "bureau": {name: row for name, row in content["bureau"].items() if name in written}}


def _own_school(by: Actor, content: Mapping[str, Any]) -> School:
    """Return the school of an administrator, locked; another school's file is refused, whether that is here or not."""
    by.require(Permission.CONFIGURATION_IMPORT)
    found = School.objects.select_for_update(of=("self",), no_key=True).select_related("bureau", "calendar")
    school = found.get(id=by.school_scope)
    if identity_of(school.code) != identity_of(content["school"]["code"]):
        words = _("This is the configuration of another school (%(code)s), not of yours.")
        raise ConfigurationRefused(words % {"code": content["school"]["code"]})
    return school


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
        return School.objects.create(bureau=bureau, code=row["code"], **_fields(row))
    if school.time_zone != row["time_zone"]:
        Calendar.objects.filter(school=school).update(version=F("version") + 1)
    for name, value in _fields(row).items():
        setattr(school, name, value)
    school.save(update_fields=list(_fields(row)))
    return school


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a school that a file gives."""
    emergency = {f"emergency_{name}": number for name, number in row.get("emergency", {}).items()}
    said = {name: row[name] for name in ("time_zone", "kind", "country", "takes_anonymous") if name in row}
    return {**_names(row), **said, **emergency}


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
    faults = list(below(("calendar",), calendar_faults(merged)))
    if faults:
        raise ConfigurationRefused("\n".join(one.said_at_place for one in faults[:MOST_TOLD]))
    calendar = calendar_import(school=school, content=merged)
    days = {
        date.fromisoformat(row["day"]): PublicDay(works_as=row.get("works_as"), note=row["note"])
        for row in content.get("public_days", ())
    }
    public_days_put(calendar=calendar, wanted=days)


def _rulebook_put(target: Target, content: Mapping[str, Any], section: Section) -> None:
    """Take the file's rulebook into use: its clocks within bounds, and at a live school every rung reaches somebody."""
    if section.is_same:
        return
    faults = list(islice(clocks_out_of_bounds(content["rulebook"]), MOST_TOLD))
    if faults:
        raise ConfigurationRefused("\n".join(f"rulebook/{place}: {error}" for place, error in faults))
    version, _new = rulebook_load(content=content["rulebook"], now=target.now)
    activate = rulebook_activate_checked if target.school.live_at else rulebook_activate
    activate(school=target.school, version=version, now=target.now, by=target.by)


def _standing_put(target: Target, sections: Mapping[str, Section]) -> None:
    try:
        standing_write(target=target, sections=sections)
    except (SharePast, ShareTaken) as error:
        raise ConfigurationRefused(str(error)) from error


def _duty_put(target: Target, sections: Mapping[str, Section]) -> dict[Key, str]:
    leaderless = [key for name in ("shifts", "bureau_shifts") for key in shifts_leaderless(sections[name])]
    if leaderless:
        told = "\n".join(key_shown(key) for key in leaderless[:MOST_TOLD])
        raise ConfigurationRefused(f"{ShiftWithoutLeader.title}\n{told}")
    is_of_bureau = not all(section.is_same for name, section in sections.items() if name.startswith("bureau_"))
    bureau = target.school.bureau
    officers = officers_write(target=target, bureau=bureau, sections=sections) if is_of_bureau else {}
    everybody = [person.id for person in (*target.people.values(), *officers.values())]
    absences = absences_load(person_ids=everybody, now=target.now)
    roster = Roster(target.school, target.people, target.places, absences)
    away = duty_write(by=target.by, roster=roster, section=sections["shifts"], now=target.now)
    roster = Roster(bureau, officers, {}, absences)
    return away | duty_write(by=target.by, roster=roster, section=sections["bureau_shifts"], now=target.now)


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    return {"name_zh": row["name"]["zh"], "name_en": row["name"]["en"]}
