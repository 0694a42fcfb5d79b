"""Plans of rounds and their checklists: who looks, when, at what, and who hears where nobody says anything. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.common.named import localised
from backend.organisation.roles import Role
from backend.rulebook.gate_rules import Around, Post

if TYPE_CHECKING:
    from backend.rulebook.ruleset import Rung


class RoundKind(models.TextChoices):
    """The kinds of planned looking."""

    DAILY_REPORT = "daily_report", _("Daily report")
    SCHOOL_REPORT = "school_report", _("The school's report")
    MORNING_CHECK = "morning_check", _("Morning check")
    HEALTH_CHECK = "health_check", _("Health check later in the day")
    PATROL = "patrol", _("Patrol")
    LEADERS_WALK = "leaders_walk", _("Leader's walk")
    SWEEP = "sweep", _("Looking at places alike")
    GATE = "gate", _("Gate duty")
    INSPECTION = "inspection", _("Inspection")


class AnsweredBy(models.TextChoices):
    """The kinds of answer that an item of a checklist takes."""

    YES_NO = "yes_no", _("Yes or no")
    COUNT = "count", _("A number")
    REPORT = "report", _("A report of its own")


class Target(models.TextChoices):
    """The things a plan has one round each for."""

    OFFICES = "offices", _("Each office")
    CLASSES = "classes", _("Each class")
    SCHOOL = "school", _("The whole school")


TARGETS: Mapping[RoundKind, frozenset[Target]] = {
    RoundKind.DAILY_REPORT: frozenset({Target.OFFICES}),
    RoundKind.SCHOOL_REPORT: frozenset({Target.SCHOOL}),
    RoundKind.MORNING_CHECK: frozenset({Target.CLASSES}),
    RoundKind.HEALTH_CHECK: frozenset({Target.CLASSES}),
    RoundKind.PATROL: frozenset({Target.OFFICES}),
    RoundKind.LEADERS_WALK: frozenset({Target.SCHOOL}),
    RoundKind.SWEEP: frozenset({Target.OFFICES}),
    RoundKind.GATE: frozenset({Target.OFFICES}),
    RoundKind.INSPECTION: frozenset({Target.OFFICES}),
}
"""The targets that plans of a kind can have; boards and reports count by them."""
OVER_PLACES = frozenset({RoundKind.PATROL, RoundKind.LEADERS_WALK, RoundKind.SWEEP, RoundKind.INSPECTION})
"""The kinds whose rounds go over a route of places, each of which is ticked off."""

ON_REQUEST = frozenset({RoundKind.SWEEP, RoundKind.INSPECTION})
"""The kinds that the calendar does not bring: somebody asks for each round, with its places and its time."""


@dataclass(frozen=True, slots=True)
class Again:
    """Within a day a round is asked again `every` so often; the last one opens at `until` at the latest."""

    every: timedelta
    until: time


@dataclass(frozen=True, slots=True)
class Comes:
    """The times of the year at which an inspection comes by itself, and how many days it takes.

    Each `week` on a day (Monday is 1), each `month` on a day, at the start of each `term`, so many days before
    `holidays`, and each `year` on a month and day; none of these where it is empty.
    """

    days: int
    month: int | None = None
    term: bool = False
    holidays: int | None = None
    year: str = ""
    week: int | None = None

    def __str__(self) -> str:
        week = [f"each week on day {self.week}"] if self.week else []
        month = [f"each month on the {self.month}."] if self.month else []
        term = ["at the start of term"] if self.term else []
        holidays = [f"{self.holidays} days before holidays"] if self.holidays else []
        year = [f"each year on {self.year}"] if self.year else []
        return f"{' + '.join([*week, *month, *term, *holidays, *year])}, for {self.days} days"


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of a checklist.

    A yes says that all is well, a no is a finding of `category`, of a starred line at least P2. A count is kept and
    judged by nobody; one that `is_delicate` is not shown outside its class where it could be a single child. A
    line that `is_required` belongs to every answer. What is a report of its own concerns one child: it is reported
    under a strictly confidential category, and no answer holds anything of it.
    """

    key: str
    ask_zh: str
    ask_en: str
    kind: AnsweredBy
    category: str = ""
    is_starred: bool = False
    is_required: bool = False
    is_delicate: bool = False

    @property
    def label(self) -> str:
        """What is asked, in the reader's language."""
        return localised(self, "ask")


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines of what is looked at in a round."""

    code: str
    name_zh: str
    name_en: str
    items: tuple[CheckItem, ...]

    @property
    def name(self) -> str:
        """The checklist's name in the reader's language."""
        return localised(self, "name")

    @property
    def takes_one_tap(self) -> bool:
        """Whether "all well" is an answer without any line of it."""
        return not any(item.is_required for item in self.items)

    def item(self, key: str) -> CheckItem | None:
        """Return the line of this key; None where there is none."""
        return next((item for item in self.items if item.key == key), None)


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A duty that comes back: a round for each target on each school day, from `opens` to `due` by the school's clock.

    Whoever is asked hears once more at `due`. A round that nobody has answered `late_after` later is missed, and
    climbs `rungs`, whose offsets count from then. One that `is_off` makes none. `only` names by their codes the units
    that it is held for, where these are not all of its target. A round that comes `again` has several turns a day, by
    night until the next morning. On a `route` each place, named by its code, is looked at with the whole checklist. An
    inspection `comes` by the calendar, or only when somebody asks for it. One with `posts` has a round for each of them
    at the same time. `around` is the window that follows the school's hours, unless its times are fixed. One of
    `every_day` is held on days without school too.
    """

    code: str
    name_zh: str
    name_en: str
    kind: RoundKind
    checklist: Checklist
    asked: Role
    target: Target
    opens: time
    due: time
    late_after: timedelta
    rungs: "tuple[Rung, ...]"
    is_off: bool = False
    only: tuple[str, ...] = ()
    again: Again | None = None
    route: tuple[str, ...] = ()
    comes: Comes | None = None
    posts: tuple[Post, ...] = ()
    around: Around | None = None
    has_fixed_times: bool = False
    every_day: bool = False

    @property
    def name(self) -> str:
        """The plan's name in the reader's language."""
        return localised(self, "name")

    @property
    def said_of_all(self) -> Checklist:
        """The lines that an answer takes: over places none, since each place has been asked all of them."""
        return replace(self.checklist, items=()) if self.goes_over_places else self.checklist

    @property
    def goes_over_places(self) -> bool:
        """Whether each place of a route is ticked off."""
        return self.kind in OVER_PLACES

    @property
    def is_on_request(self) -> bool:
        """Whether somebody asks for each round, with places and a time of its own."""
        return self.kind in ON_REQUEST

    @property
    def is_over_night(self) -> bool:
        """Whether its turns go on into the next morning, so that it belongs to the school day that follows."""
        return self.again is not None and self.again.until < self.opens

    @property
    def follows_hours(self) -> bool:
        """Whether its times follow the hours of the school on each day."""
        return self.around is not None and not self.has_fixed_times

    @property
    def lasts(self) -> timedelta:
        """How long somebody who said so stands at its posts, from when it opens."""
        return self.around.lasts if self.around else since_midnight(self.due) - since_midnight(self.opens)

    @property
    def turns(self) -> Sequence[timedelta]:
        """By how much the turns of a day come after the first one, itself included; posts are turns at once."""
        if self.again is None:
            return (timedelta(0),) * max(1, len(self.posts))
        return turns_of(self.opens, self.again)

    def opens_of(self, turn: int) -> time:
        """Return the time of the day at which a turn opens."""
        minutes = (since_midnight(self.opens) + self.turns[turn]) // timedelta(minutes=1)
        return time(minutes // 60 % 24, minutes % 60)

    def post_of(self, turn: int) -> Post | None:
        """Return the post that a turn is asked for; None for a plan without posts."""
        return self.posts[turn] if turn < len(self.posts) else None

    def name_of(self, turn: int) -> str:
        """Return its name, with the post or the time at which a turn opens, where there are several."""
        post = self.post_of(turn)
        if post:
            return f"{self.name} · {post.name}"
        return f"{self.name} {self.opens_of(turn):%H:%M}" if self.again else self.name

    def asks(self, units: "UnitsAsked") -> Sequence[UUID | None]:
        """Return the units for each of which it has rounds, of those of a school; None for the school as a whole."""
        return () if self.is_on_request else self.may_ask(units)

    def may_ask(self, units: "UnitsAsked") -> Sequence[UUID | None]:
        """Return the units that it has rounds for, or that somebody may ask for one of."""
        if self.is_off:
            return ()
        if self.target is Target.SCHOOL:
            return (None,)
        of_target = units[self.target]
        return [of_target[code] for code in self.only if code in of_target] if self.only else [*of_target.values()]


def since_midnight(clock: time) -> timedelta:
    """Return how long after midnight a clock shows a time, to the minute."""
    return timedelta(hours=clock.hour, minutes=clock.minute)


def turns_of(opens: time, again: Again) -> Sequence[timedelta]:
    """Return by how much the turns of a day come after the first, which opens at a time, itself included."""
    over_night = timedelta(days=1) if again.until < opens else timedelta(0)
    count = (since_midnight(again.until) + over_night - since_midnight(opens)) // again.every
    return [again.every * number for number in range(count + 1)]


UnitsAsked = Mapping[Target, Mapping[str, UUID]]
"""The units of a school by the targets of plans, and by their codes."""
RoundPlans = Mapping[str, RoundPlan]
"""The plans of a rulebook by code."""


class ClusterScope(models.TextChoices):
    """The groups of pupils over which cases are counted together."""

    CLASS = "class", _("A class")
    GRADE = "grade", _("A grade")
    SCHOOL = "school", _("The school")


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """So many cases of one line within so many days in one group are a cluster, which opens a ticket of `category`.

    The lines are counts of new cases; each is counted for itself, since only like symptoms make a cluster.
    """

    code: str
    lines: tuple[str, ...]
    within: ClusterScope
    cases: int
    days: int
    category: str


ClusterRules = Mapping[str, ClusterRule]
"""The cluster rules of a rulebook by code."""
