"""Special periods of the reader's school, the review before them, and who is still lacking on duty."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from backend.calendars.working_time import first_instant
from backend.common.errors import NotFound
from backend.duty.models import DutyShift
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.rounds.models import Period, PeriodAct, PeriodDecision, PeriodMeasure, PeriodSummary
from backend.rounds.selectors.making import units_asked
from backend.rulebook.period_rules import PeriodTemplates
from backend.rulebook.round_rules import Target
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.selectors import active_version_id, period_templates_get, ruleset_get
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.sight import tickets_known

MOST_REVIEWED = 200
MOST_SHIFTS = 40
DAYS_LOOKED_AHEAD = timedelta(days=31)


class Stage(StrEnum):
    """The stages in which a period stands today."""

    DRAFT = "draft"
    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An open ticket of a review, and what was decided about it; None: nothing yet."""

    ticket: Ticket
    decision: PeriodDecision | None


@dataclass(frozen=True, slots=True)
class ShiftLacking:
    """A shift within a period in which fewer people serve than it asks for."""

    shift: DutyShift
    people: int
    asked: int


def today_of(school: School, now: datetime) -> date:
    """Return the day it is at a school."""
    return now.astimezone(ZoneInfo(school.time_zone)).date()


def midnight_of(school: School, day: date) -> datetime:
    """Return the instant at which a day begins at a school."""
    return first_instant(datetime.combine(day, datetime.min.time()), ZoneInfo(school.time_zone))


def stage_of(row: Period, now: datetime) -> Stage:
    """Say how a period stands by the school's calendar, whether the engine has said so by then or not."""
    if row.state != Period.State.APPROVED:
        return Stage(row.state)
    today = today_of(row.school, now)
    if today < row.starts_on:
        return Stage.COMING
    return Stage.RUNNING if today <= row.ends_on else Stage.OVER


def templates_of(*, actor: Actor) -> tuple[int | None, PeriodTemplates]:
    """Return the rules in use at the actor's school, and the kinds of periods that they have."""
    version_id = active_version_id(school_id=actor.school_id) if actor.school_id else None
    return version_id, period_templates_get(version_id) if version_id else {}


def periods_known(*, actor: Actor) -> QuerySet[Period]:
    """Return the periods of the actor's school, or of those their bureau looks after.

    What is not decided is known to those who decide it.
    """
    where = Q(school=actor.school_id) if actor.school_id else Q(school__bureau=actor.bureau_id)
    rows = Period.objects.filter(where).select_related("school", "made_by", "summary__by")
    if not actor.may(Permission.PERIODS_DECIDE):
        rows = rows.filter(state__in=(Period.State.APPROVED, Period.State.OVER))
    return rows.prefetch_related(
        Prefetch("measures", PeriodMeasure.objects.order_by("number")),
        Prefetch("acts", PeriodAct.objects.order_by("number").select_related("by")),
    )


def period_get(*, actor: Actor, period_id: UUID) -> Period:
    """Return one of them, else NotFound."""
    found = periods_known(actor=actor).filter(id=period_id).first()
    if found is None:
        raise NotFound
    return found


def period_lock(*, actor: Actor, period_id: UUID) -> Period:
    """Return a period of the actor's school, locked, for somebody who decides; else NotFound or a refusal."""
    found = Period.objects.select_for_update(of=("self",)).select_related("school").filter(school=actor.school_id)
    row = found.filter(id=period_id).first()
    if row is None or (row.state == Period.State.DRAFT and not actor.may(Permission.PERIODS_DECIDE)):
        raise NotFound
    actor.require(Permission.PERIODS_DECIDE)
    return row


def periods_held(*, actor: Actor, now: datetime) -> list[tuple[Period, bool]]:
    """Return the periods of the actor's school that hold, or begin within the week; whether they hold is said."""
    if actor.school_id is None:
        return []
    rows = periods_near(school_id=actor.school_id, now=now).select_related("school")
    stages = [(row, stage_of(row, now)) for row in rows.order_by("starts_on", "id")]
    return [(row, stage is Stage.RUNNING) for row, stage in stages if stage in {Stage.COMING, Stage.RUNNING}]


def periods_near(*, school_id: UUID, now: datetime) -> QuerySet[Period]:
    """Return the approved periods of a school that hold or begin within the week, and some at the edges of it."""
    near = {"starts_on__lte": now.date() + timedelta(days=8), "ends_on__gte": now.date() - timedelta(days=1)}
    return Period.objects.filter(school=school_id, state=Period.State.APPROVED, **near)


def to_review(*, school: UUID, now: datetime) -> Q:
    """Hold for what a review decides on: what is open at a school and urgent, important or overdue; drills are not."""
    pressing = Q(severity__in=(Severity.P1, Severity.P2)) | Q(next_due_at__lt=now)
    return Q(school=school, next_due_at__lt=NEVER_DUE, is_exercise=False) & pressing


def review_of(*, actor: Actor, period: Period, now: datetime) -> Sequence[Reviewed]:
    """Return the tickets of a review that the actor may know of, with what was decided; the undecided ones first.

    Nobody is shown it who does not decide. Once the period has begun, only what was decided stands there.
    """
    if not actor.may(Permission.PERIODS_DECIDE) or period.state in {Period.State.DRAFT, Period.State.CALLED_OFF}:
        return []
    decided = {row.ticket_id: row for row in period.decisions.select_related("by")}
    wanted = Q(id__in=decided)
    if stage_of(period, now) is Stage.COMING:
        wanted |= to_review(school=period.school_id, now=now)
    known = tickets_known(actor=actor, as_reporter=False).filter(wanted).values_list("id", flat=True)
    ids = list(known[:MOST_REVIEWED])
    tickets = Ticket.objects.filter(id__in=ids).select_related("owner", "place", "school")
    ordered = sorted(tickets, key=lambda one: (one.id in decided, one.severity, one.next_due_at, str(one.id)))
    return [Reviewed(ticket, decided.get(ticket.id)) for ticket in ordered]


def summary_shown(period: Period, *, may_decide: bool) -> PeriodSummary | None:
    """Return the summary of a period; one that is not approved is shown to those who decide."""
    found: PeriodSummary | None = getattr(period, "summary", None)
    return found if found and (found.approved_at or may_decide) else None


def units_concerned(*, row: Period) -> Iterator[UUID]:
    """Yield the offices that a period concerns, and its classes where a plan of rounds asks these; two statements."""
    plans = ruleset_get(row.rulebook_id).round_plans
    named = {plans[one.said["plan"]].target for one in row.measures.all() if one.said.get("plan") in plans}
    for target, units in units_asked(school=row.school).items():
        if target is Target.OFFICES or target in named:
            yield from (unit_id for code, unit_id in units.items() if not row.units or code in row.units)


def is_undecided(*, period: Period, now: datetime) -> bool:
    """Say whether something waits for a decision that is not strictly confidential; scoped to nobody."""
    return Ticket.objects.filter(_undecided(period, now)).exists()


def undecided_counts(*, actors: Iterable[Actor], period: Period, now: datetime) -> Mapping[UUID, int]:
    """Return on how many of the tickets that they may know of these few people have to decide, one statement for each.

    What is strictly confidential does not count. Who has nothing to decide on is left out.
    """
    known = {actor.person_id: tickets_known(actor=actor, as_reporter=False) for actor in actors}
    counts = {person_id: rows.filter(_undecided(period, now)).count() for person_id, rows in known.items()}
    return {person_id: count for person_id, count in counts.items() if count}


def _undecided(period: Period, now: datetime) -> Q:
    decided = PeriodDecision.objects.filter(period=period, ticket=OuterRef("id"))
    strict = Q(confidentiality=Confidentiality.K2)
    return to_review(school=period.school_id, now=now) & ~strict & ~Q(Exists(decided))


def shifts_lacking(*, period: Period, now: datetime) -> Sequence[ShiftLacking]:
    """Return the shifts of the coming month within the period in which too few people serve; one statement."""
    asked: dict[str, int] = {}
    spans = Q(pk__in=[])
    for measure in period.measures.all():
        if "shift" not in measure.said:
            continue
        kind, people = measure.said["shift"], measure.said["people"]
        asked[kind] = max(asked.get(kind, 0), people)
        first = midnight_of(period.school, measure.starts_on)
        after = midnight_of(period.school, min(measure.ends_on, period.ends_on) + timedelta(days=1))
        spans |= Q(kind=kind, starts_at__gte=first, starts_at__lt=after)
    if not asked:
        return []
    coming = DutyShift.objects.filter(spans, school=period.school_id, ends_at__gt=now)
    rows = coming.filter(starts_at__lt=now + DAYS_LOOKED_AHEAD).select_related("place", "school")
    counted = rows.annotate(people=Count("slots")).order_by("starts_at", "id")
    lacking = [ShiftLacking(row, row.people, asked[row.kind]) for row in counted if row.people < asked[row.kind]]
    return lacking[:MOST_SHIFTS]
