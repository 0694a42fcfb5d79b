"""Reads for people without a name: which schools take what they report, and the one report that a code opens."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from backend.anonymous.errors import CodeUnknown, NotTaken
from backend.common.identities import identity_of
from backend.incidents.models import Report
from backend.incidents.selectors import Promise, promise_of
from backend.organisation.models import Place, School
from backend.rulebook.ruleset import Category
from backend.rulebook.selectors import categories_of_school
from backend.workflow.conversation import Message, can_write, messages_of, steps_now

MOST_SCHOOLS = 200
LONGEST_CODE = 40


def schools_taking() -> list[School]:
    """Return the schools that take reports without a name, by name."""
    return list(School.objects.filter(takes_anonymous=True).order_by("name_zh", "id")[:MOST_SCHOOLS])


def any_school_takes() -> bool:
    """Say whether a school takes reports without a name."""
    return School.objects.filter(takes_anonymous=True).exists()


def school_taking(*, code: str) -> School:
    """Return a school by its code; raise NotTaken where it takes no reports without a name, or is not there."""
    known = School.objects.filter(code__identity=identity_of(code[:LONGEST_CODE]), takes_anonymous=True).first()
    if known is None:
        raise NotTaken
    return known


def school_at(*, token: str) -> School | None:
    """Return the school of the place whose QR code carries this token, where it takes reports without a name."""
    found = Place.objects.filter(token=token, school__takes_anonymous=True).select_related("school").first()
    return found.school if found else None


@dataclass(frozen=True, slots=True)
class Choices:
    """The categories and places of a school."""

    categories: list[Category]
    places: list[Place]


def choices_at(*, school: School) -> Choices:
    """Return the categories and the places of a school."""
    places = list(Place.objects.filter(school=school).order_by("code", "id"))
    return Choices(categories_of_school(school_id=school.id), places)


def report_by_digest(*, digest: str) -> Report | None:
    """Return the report whose tracking code has this hash."""
    return _with_ticket().filter(tracking_code__digest=digest).first()


def report_of_code(*, digest: str) -> Report:
    """Return the report whose tracking code has this hash; raise CodeUnknown."""
    found = report_by_digest(digest=digest)
    if found is None:
        raise CodeUnknown
    return found


def report_again(*, report: Report) -> Report:
    """Return a report that was opened as it is now."""
    return _with_ticket().get(id=report.id)


def _with_ticket() -> QuerySet[Report]:
    named = ("ticket__owner", "ticket__last_wait", "ticket__school__intake_unit", "place")
    return Report.objects.select_related(*named)


@dataclass(frozen=True, slots=True)
class Followed:
    """A report as whoever has its code sees it: where it stands, what was written, and what they can do now."""

    report: Report
    promise: Promise
    messages: list[Message]
    steps: list[str]
    can_write: bool


def followed(*, report: Report, now: datetime) -> Followed:
    """Return what a code opens."""
    ticket = report.ticket
    steps = [action.name for action in steps_now(ticket=ticket, now=now)]
    return Followed(
        report, promise_of(report=report), messages_of(ticket=ticket), steps, can_write(ticket=ticket, now=now)
    )
