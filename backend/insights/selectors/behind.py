"""The tickets behind a number, as far as the reader may open them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.common.sql.statements import AlternativesQuerySet
from backend.insights.behind import CONDITIONS, What
from backend.insights.selectors.extents import reach_of
from backend.insights.selectors.figures import OPEN
from backend.insights.shapes import AGES, MOST_LISTED, WEEK, Narrowing, Period
from backend.insights.statements import BEHIND, OF_AGE, Asked
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_of_offices


@dataclass(frozen=True, slots=True)
class Behind:
    """A number whose tickets are asked for: in the whole period or in one week, or open ones of an age.

    Or those filed on a day of the week (1 is Monday) in an hour of the day, or about a category at a place.
    """

    what: What
    week: date | None = None
    age: int | None = None
    hour: tuple[int, int] | None = None
    repeated: tuple[UUID, str] | None = None


def tickets_behind(
    *, actor: Actor, period: Period, narrowing: Narrowing, behind: Behind, now: datetime
) -> AlternativesQuerySet[Ticket]:
    """Return the tickets behind a number that the reader may open, the newest of them; the bureau counts more.

    Raise as `figures_of` does.
    """
    actor.require(Permission.FIGURES_READ)
    reach = reach_of(actor=actor)
    reach.check(narrowing)
    asked = Asked(reach.countable, _within(period, behind.week), narrowing, reach.groups)
    if behind.age is None:
        weekday, hour = behind.hour or (None, None)
        place, category = behind.repeated or (None, None)
        chosen = {"weekday": weekday, "hour": hour, "place": place, "category": category}
        rows = asked.rows(BEHIND, seals=OPEN, condition=CONDITIONS[behind.what], most=MOST_LISTED, **chosen)
    else:
        rows = asked.rows(OF_AGE, seals=OPEN, now=now, ages=list(AGES), age=behind.age, most=MOST_LISTED)
    return tickets_of_offices(actor=actor).filter(id__in=[row[0] for row in rows])


def _within(period: Period, week: date | None) -> Period:
    """Return the days of a week that belong to a period; none where the week lies outside, at the end of dates too."""
    if week is None:
        return period
    to_sunday = WEEK - timedelta(days=1)
    return Period(max(week, period.first), min(week, period.last - to_sunday) + to_sunday)
