"""Drawing up, approving and ending special periods; what they ask takes effect on the days that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.models import Place, School, Unit
from backend.organisation.permissions import Permission
from backend.rounds.models import Period, PeriodAct, PeriodMeasure
from backend.rounds.period_errors import (
    MeasureWrong,
    PeriodBegun,
    PeriodDaysWrong,
    PeriodNeedsPlaces,
    PeriodNotDraft,
    PeriodNotInForce,
    PeriodScopeUnknown,
    ReviewTooLate,
    UnknownTemplate,
)
from backend.rounds.period_news import ToldOfPeriod
from backend.rounds.selectors.periods import Stage, midnight_of, period_lock, stage_of, templates_of, today_of
from backend.rounds.services.period_effects import period_settle
from backend.rounds.services.period_telling import period_tell
from backend.rulebook.period_content import Asked, measure_fault, plan_in_period
from backend.rulebook.period_rules import Measure, MeasureKind, PeriodTemplate
from backend.rulebook.selectors import content_in_use

LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class MeasureDraft:
    """A measure, with days of its own where they are not those of its period."""

    measure: Measure
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class PeriodDraft:
    """A period as it is drawn up; what is left out is as its template has it."""

    template: str
    starts_on: date
    ends_on: date
    name: str = ""
    goals: str = ""
    review_at: datetime | None = None
    units: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    measures: tuple[MeasureDraft, ...] | None = None


@transaction.atomic
def period_draw_up(*, actor: Actor, draft: PeriodDraft, words: str, now: datetime) -> Period:
    """Draw a period up from a template of the school's rules; nothing is asked before it is approved."""
    actor.require(Permission.PERIODS_DECIDE)
    version_id, templates = templates_of(actor=actor)
    template = templates.get(draft.template)
    if version_id is None or template is None:
        raise UnknownTemplate(pointer="/template")
    school = School.objects.get(id=actor.school_scope)
    row = Period(school=school, rulebook_id=version_id, template=template.code, made_by_id=actor.person_id, made_at=now)
    _fill(row, draft, template, now)
    row.save()
    _measures_store(row, draft, template)
    act_record(row, PeriodAct.Kind.DRAWN_UP, by=actor.person_id, now=now, words=words)
    return row


@transaction.atomic
def period_redraw(*, actor: Actor, period_id: UUID, draft: PeriodDraft, now: datetime) -> Period:
    """Draw a period up otherwise, as long as it is not approved."""
    row = period_lock(actor=actor, period_id=period_id)
    if row.state != Period.State.DRAFT:
        raise PeriodNotDraft
    version_id, templates = templates_of(actor=actor)
    template = templates.get(draft.template)
    if version_id is None or template is None:
        raise UnknownTemplate(pointer="/template")
    row.rulebook_id, row.template = version_id, template.code
    _fill(row, draft, template, now)
    row.save()
    row.measures.all().delete()
    _measures_store(row, draft, template)
    return row


@transaction.atomic
def period_approve(*, actor: Actor, period_id: UUID, words: str, now: datetime) -> Period:
    """Approve a period as it is drawn up: rounds, deadlines and the review follow at once, and whom it concerns hears.

    Raise RulebookReachesNobody where somebody would then wait for nobody.
    """
    row = period_lock(actor=actor, period_id=period_id)
    if row.state != Period.State.DRAFT:
        raise PeriodNotDraft
    if row.ends_on < today_of(row.school, now):
        raise PeriodDaysWrong(pointer="/ends_on")
    row.state = Period.State.APPROVED
    row.save(update_fields=["state"])
    act_record(row, PeriodAct.Kind.APPROVED, by=actor.person_id, now=now, words=words)
    period_settle(row=row, now=now, checks=True)
    period_tell(row=row, what=ToldOfPeriod.APPROVED, but=actor.person_id, now=now)
    return row


@transaction.atomic
def period_move_end(*, actor: Actor, period_id: UUID, ends_on: date, words: str, now: datetime) -> Period:
    """Lengthen an approved period, or have it end earlier, today at the earliest; measures until its end follow."""
    row = period_lock(actor=actor, period_id=period_id)
    if stage_of(row, now) not in {Stage.COMING, Stage.RUNNING}:
        raise PeriodNotInForce
    first = max(row.starts_on, today_of(row.school, now))
    if ends_on == row.ends_on or not first <= ends_on <= row.starts_on + LONGEST:
        raise PeriodDaysWrong(pointer="/ends_on")
    is_longer = ends_on > row.ends_on
    if is_longer:
        row.measures.filter(ends_on__gte=row.ends_on).update(ends_on=ends_on)
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    kind = PeriodAct.Kind.LENGTHENED if is_longer else PeriodAct.Kind.SHORTENED
    act_record(row, kind, by=actor.person_id, now=now, words=words)
    period_settle(row=row, now=now, checks=is_longer)
    return row


@transaction.atomic
def period_call_off(*, actor: Actor, period_id: UUID, words: str, now: datetime) -> Period:
    """Call a period off that has not begun."""
    row = period_lock(actor=actor, period_id=period_id)
    stage = stage_of(row, now)
    if stage is Stage.RUNNING:
        raise PeriodBegun
    if stage not in {Stage.DRAFT, Stage.COMING}:
        raise PeriodNotInForce
    row.state = Period.State.CALLED_OFF
    row.save(update_fields=["state"])
    act_record(row, PeriodAct.Kind.CALLED_OFF, by=actor.person_id, now=now, words=words)
    if stage is Stage.COMING:
        period_settle(row=row, now=now, checks=False)
        period_tell(row=row, what=ToldOfPeriod.CALLED_OFF, but=actor.person_id, now=now)
    return row


def act_record(row: Period, kind: PeriodAct.Kind, *, by: UUID | None, now: datetime, words: str = "") -> None:
    """Record a step in the life of a period, which the caller has locked; `by` nobody: its day had come."""
    number = row.acts.count() + 1
    PeriodAct.objects.create(period=row, number=number, kind=kind, by_id=by, at=now, words=words, ends_on=row.ends_on)


def _fill(row: Period, draft: PeriodDraft, template: PeriodTemplate, now: datetime) -> None:
    today = today_of(row.school, now)
    if not today <= draft.starts_on <= today + FURTHEST:
        raise PeriodDaysWrong(pointer="/starts_on")
    if not draft.starts_on <= draft.ends_on <= draft.starts_on + LONGEST:
        raise PeriodDaysWrong(pointer="/ends_on")
    begins = midnight_of(row.school, draft.starts_on)
    usual = min(max(begins - template.review_before, now), begins)
    review_at = draft.review_at or usual
    if draft.review_at and not now <= review_at <= max(begins, now):
        raise ReviewTooLate(pointer="/review_at")
    row.name, row.goals = draft.name or template.name, draft.goals or template.goals
    row.starts_on, row.ends_on, row.review_at = draft.starts_on, draft.ends_on, review_at
    row.units, row.places = list(dict.fromkeys(draft.units)), list(dict.fromkeys(draft.places))
    if Unit.objects.filter(school=row.school, code__in=row.units).count() < len(row.units):
        raise PeriodScopeUnknown(pointer="/units")
    if Place.objects.filter(school=row.school, code__in=row.places).count() < len(row.places):
        raise PeriodScopeUnknown(pointer="/places")


def _measures_store(row: Period, draft: PeriodDraft, template: PeriodTemplate) -> None:
    drafts: Sequence[MeasureDraft] = (
        [MeasureDraft(one) for one in template.measures] if draft.measures is None else draft.measures
    )
    content = content_in_use(school_id=row.school_id) or {}
    made = []
    for number, one in enumerate(drafts):
        first, last = one.starts_on or row.starts_on, one.ends_on or row.ends_on
        if not row.starts_on <= first <= row.ends_on:
            raise PeriodDaysWrong(pointer=f"/measures/{number}/starts_on")
        if not first <= last <= row.ends_on:
            raise PeriodDaysWrong(pointer=f"/measures/{number}/ends_on")
        if wrong := measure_fault(content, one.measure):
            raise MeasureWrong(pointer=f"/measures/{number}/{wrong}")
        if one.measure.kind is MeasureKind.ROUND:
            plan, alone = content["rounds"]["plans"][one.measure.plan], Asked(one.measure, (), tuple(row.places))
            if plan_in_period(plan, alone, usual=plan).get("switched_off"):
                raise PeriodNeedsPlaces(pointer="/places")
        said = one.measure.written()
        made.append(
            PeriodMeasure(
                period=row, number=number + 1, kind=one.measure.kind, said=said, starts_on=first, ends_on=last
            )
        )
    if not made:
        raise MeasureWrong(pointer="/measures")
    PeriodMeasure.objects.bulk_create(made)
