"""Reads for checking a rulebook against a school's posts, absences and rosters."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.common.errors import NotFound
from backend.duty.selectors import directories_between
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.permissions import Permission
from backend.rulebook.coverage import Gap, Interval, Question, Questions, Use, gaps_find, questions_of
from backend.rulebook.findings import Coverage, coverage_in_words
from backend.rulebook.models import RulebookCheck
from backend.rulebook.nights import night_borders
from backend.rulebook.round_rules import Target, UnitsAsked
from backend.rulebook.ruleset import LEAD_GRADE, Category, Confidentiality, Ruleset
from backend.rulebook.words import Names

DAYS_AHEAD = 28
MOST_DAYS = 120


@dataclass(frozen=True, slots=True)
class Offices:
    """The units of a school, as far as they answer for categories."""

    school_id: UUID
    units: Mapping[UUID, Unit]
    by_code: Mapping[str, UUID]
    grades: Sequence[UUID]
    intake_id: UUID | None
    protection_id: UUID | None

    def owners_of(self, category: Category) -> list[UUID]:
        """Return the units that can come to own tickets of a category, its own first; without that, the intake office.

        An answer of the reporter may name others; of class K2 it is student protection, whatever is said.
        """
        if category.confidentiality is Confidentiality.K2:
            return _known([self.protection_id]) or _known([self.intake_id])
        own, *named = (self.led_by(lead) for lead in category.leads)
        found = [*(own or _known([self.intake_id])), *(unit for units in named for unit in units)]
        return list(dict.fromkeys(found))

    @property
    def targets(self) -> UnitsAsked:
        """The units of which rounds can be asked."""
        return units_by_target(self.units.values())

    def led_by(self, lead: str) -> list[UUID]:
        """Return the units that a lead can mean: every grade group, or the one office of this code."""
        return [*self.grades] if lead == LEAD_GRADE else _known([self.by_code.get(lead)])


def _known(units: Iterable[UUID | None]) -> list[UUID]:
    return [unit for unit in units if unit]


@dataclass(frozen=True, slots=True)
class Checked:
    """A ruleset held against a school for some time: the intervals looked at, the gaps found and what asks there."""

    offices: Offices
    owners: Mapping[str, Sequence[UUID]]
    intervals: Sequence[Interval]
    gaps: Sequence[Gap]
    uses: Questions
    zone: ZoneInfo
    until: datetime


def ruleset_check(*, school: School, ruleset: Ruleset, since: datetime, days: int = DAYS_AHEAD) -> Checked:
    """Hold a ruleset against a school's posts, absences and rosters; four queries."""
    until = since + timedelta(days=days)
    offices = offices_of(school)
    owners = {category.code: offices.owners_of(category) for category in ruleset.categories.values()}
    by_day = questions_of(ruleset=ruleset, offices=owners, targets=offices.targets, at_night=False)
    by_night = questions_of(ruleset=ruleset, offices=owners, targets=offices.targets, at_night=True)
    zone = _zone(school)
    intervals = list(_intervals(school, ruleset, zone, since, until))
    gaps = gaps_find(school_id=school.id, intervals=intervals, by_day=by_day, by_night=by_night)
    return Checked(offices, owners, intervals, gaps, _united(by_day, by_night), zone, until)


def ruleset_check_with(*, checked: Checked, school: School, ruleset: Ruleset, reached: Collection[UUID]) -> Checked:
    """Return a check as it will turn out once some more people can be reached; no query."""
    owners, targets = checked.owners, checked.offices.targets
    by_day = questions_of(ruleset=ruleset, offices=owners, targets=targets, at_night=False)
    by_night = questions_of(ruleset=ruleset, offices=owners, targets=targets, at_night=True)
    intervals = [replace(row, directory=row.directory.with_channels(reached)) for row in checked.intervals]
    gaps = gaps_find(school_id=school.id, intervals=intervals, by_day=by_day, by_night=by_night)
    return replace(checked, intervals=intervals, gaps=gaps)


def coverage_get(*, school: School, ruleset: Ruleset, since: datetime, days: int = DAYS_AHEAD) -> Coverage:
    """Return where and when a ruleset would reach nobody, or one person alone, at a school; six queries."""
    found = ruleset_check(school=school, ruleset=ruleset, since=since, days=days)
    return coverage_of(checked=found, ruleset=ruleset, since=since)


def coverage_added(*, school: School, ruleset: Ruleset, usual: Ruleset, since: datetime, until: datetime) -> Coverage:
    """Return what of a ruleset, which holds for a time in place of another, reaches nobody, and of the other did not.

    Only what the other does not ask is looked at: rules that ask no more than it cost two queries for any time.
    """
    offices = offices_of(school)
    by_day, by_night = (_asked_besides(ruleset, usual, offices, at_night=at_night) for at_night in (False, True))
    zone = _zone(school)
    intervals = list(_intervals(school, ruleset, zone, since, until)) if by_day or by_night else []
    gaps = gaps_find(school_id=school.id, intervals=intervals, by_day=by_day, by_night=by_night)
    checked = Checked(offices, {}, intervals, gaps, _united(by_day, by_night), zone, until)
    found = coverage_of(checked=checked, ruleset=ruleset, since=since)
    before = coverage_of(checked=replace(checked, gaps=(), uses={}), ruleset=usual, since=since)
    known = {finding.identity for finding in before.findings}
    return replace(found, findings=tuple(finding for finding in found.findings if finding.identity not in known))


def _asked_besides(ruleset: Ruleset, usual: Ruleset, offices: Offices, *, at_night: bool) -> Questions:
    asked, known = (
        questions_of(
            ruleset=rules,
            offices={category.code: offices.owners_of(category) for category in rules.categories.values()},
            targets=offices.targets,
            at_night=at_night,
        )
        for rules in (ruleset, usual)
    )
    return {question: uses for question, uses in asked.items() if question not in known}


def coverage_of(*, checked: Checked, ruleset: Ruleset, since: datetime) -> Coverage:
    """Return what a check found in words; one query for the names, one where a plan leads over places."""
    offices = checked.offices
    return coverage_in_words(
        ruleset=ruleset,
        known_offices=offices.by_code,
        has_grades=bool(offices.grades),
        targets=offices.targets,
        places=_places_of_routes(ruleset, offices.school_id),
        gaps=checked.gaps,
        uses=checked.uses,
        names=Names(offices.units, _people(checked.gaps), checked.zone, (since, checked.until)),
    )


def _places_of_routes(ruleset: Ruleset, school_id: UUID) -> set[str]:
    codes = {code for plan in ruleset.round_plans.values() for code in plan.route}
    places = Place.objects.filter(school=school_id, code__in=codes) if codes else Place.objects.none()
    return set(places.values_list("code", flat=True))


def offices_of(school: School) -> Offices:
    """Return the units of a school as far as they answer for categories; one query."""
    return offices_among(school=school, units=list(Unit.objects.filter(school=school).order_by("code")))


def offices_among(*, school: School, units: Sequence[Unit]) -> Offices:
    """Return the same from the units of a school that are at hand."""
    return Offices(
        school_id=school.id,
        units={unit.id: unit for unit in units},
        by_code={unit.code: unit.id for unit in units},
        grades=[unit.id for unit in units if unit.kind == Unit.Kind.GRADE],
        intake_id=school.intake_unit_id,
        protection_id=school.protection_unit_id,
    )


def units_by_target(units: Iterable[Unit]) -> UnitsAsked:
    """Return the units that plans of rounds can ask, by their target and code."""
    kinds: dict[str, Target] = {Unit.Kind.OFFICE: Target.OFFICES, Unit.Kind.CLASS: Target.CLASSES}
    found: dict[Target, dict[str, UUID]] = {target: {} for target in Target}
    for unit in units:
        if unit.kind in kinds:
            found[kinds[unit.kind]][unit.code] = unit.id
    return found


def _zone(school: School) -> ZoneInfo:
    try:
        return ZoneInfo(school.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _intervals(
    school: School, ruleset: Ruleset, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[Interval]:
    borders = night_borders(quiet_hours=ruleset.quiet_hours, zone=zone, since=since, until=until)
    directories = directories_between(school_id=school.id, since=since, until=until, borders=[*borders])
    for start, end in pairwise([*directories, until]):
        at_night = ruleset.is_night(at=start, zone=zone.key)
        yield Interval(start, end, at_night, directories[start])


def _people(gaps: Sequence[Gap]) -> dict[UUID, str]:
    named = {gap.only for gap in gaps} | {skip.person_id for gap in gaps for skip in gap.skips}
    return dict(Person.objects.filter(id__in=[person for person in named if person]).values_list("id", "name"))


def _united(
    by_day: Mapping[Question, Sequence[Use]], by_night: Mapping[Question, Sequence[Use]]
) -> Mapping[Question, Sequence[Use]]:
    uses: defaultdict[Question, dict[Use, None]] = defaultdict(dict)
    for asked in (by_day, by_night):
        for question, found in asked.items():
            uses[question].update(dict.fromkeys(found))
    return {question: list(found) for question, found in uses.items()}


def check_get(*, actor: Actor) -> RulebookCheck:
    """Return the last check of the actor's school, for those who keep posts and rosters; else NotFound or refused."""
    actor.require(Permission.RULEBOOK_READ_CHECK)
    check = RulebookCheck.objects.filter(school_id=actor.school_scope).first()
    if check is None:
        raise NotFound
    return check
