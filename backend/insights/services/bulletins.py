"""Preparing the bulletin of a week that is over, and publishing it to everybody at the school."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from backend.common.errors import NotFound
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.services import answers_empty
from backend.insights.errors import BulletinChanged, CorrectionUnexplained, WeekNotOver
from backend.insights.models import Bulletin, BulletinDraft
from backend.insights.selectors.weeks import lessons_of_week, numbers_of
from backend.insights.shapes import LONGEST_WEEKS, WEEK
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.organisation.selectors.people import people_holding, people_visible
from backend.workflow.results import names_check

TOLD = "bulletin.told"
KEPT = ("school_id", "week", "numbers", "lessons", "words", "reason", "prepared_by_id", "prepared_at")
"""The parts of a draft that are published as they are."""


@dataclass(frozen=True, slots=True)
class BulletinWords:
    """The week, by its Monday, a few words about it, and of a correction what was wrong.

    Words that seem to name somebody of the school are taken on purpose only.
    """

    week: date
    words: str
    reason: str
    although_named: bool = False


@transaction.atomic
def bulletin_prepare(*, actor: Actor, said: Callable[[], BulletinWords], now: datetime) -> BulletinDraft:
    """Count a week that is over and keep the numbers with a few words; made again, it is another revision.

    Raise WeekNotOver for a week that is not, CorrectionUnexplained where one was published and no reason is given, and
    NamesSomebody where the words seem to name somebody.
    """
    actor.require(Permission.BULLETINS_PREPARE)
    given, school = said(), School.objects.select_for_update(no_key=True).get(id=actor.school_scope)
    today = now.astimezone(ZoneInfo(school.time_zone)).date()
    if given.week.weekday() or not today - LONGEST_WEEKS * WEEK <= given.week <= today - WEEK:
        raise WeekNotOver(pointer="/week")
    # Held first: it may be published at this moment, and is a correction then.
    draft = BulletinDraft.objects.select_for_update(no_key=True).filter(school=school, week=given.week).first()
    is_correction = Bulletin.objects.filter(school=school, week=given.week).exists()
    if is_correction and not given.reason:
        raise CorrectionUnexplained(pointer="/reason")
    if not given.although_named:
        for field, words in (("words", given.words), ("reason", given.reason)):
            names_check(words=words, school_id=school.id, pointer=f"/{field}")
    draft = draft or BulletinDraft(school=school, week=given.week, revision=0)
    draft.numbers = numbers_of(school=school, week=given.week, now=now)
    draft.lessons = lessons_of_week(school=school, week=given.week)
    draft.words, draft.reason = given.words, given.reason if is_correction else ""
    draft.prepared_by_id, draft.prepared_at = actor.person_id, now
    draft.revision, draft.is_open = draft.revision + 1, True
    draft.save()
    if not actor.may(Permission.BULLETINS_PUBLISH):
        outbox_add(drafts=[_asking(actor, draft)], now=now)
    return draft


@transaction.atomic
def bulletin_publish(*, actor: Actor, draft_id: UUID, revision: Callable[[], int], now: datetime) -> Bulletin:
    """Approve a draft in the revision that was read: it is published as it is, and everybody at the school is told."""
    actor.require(Permission.BULLETINS_PUBLISH)
    drafts = BulletinDraft.objects.filter(school=actor.school_scope, id=draft_id)
    draft = drafts.select_for_update(no_key=True).first()
    if draft is None:
        raise NotFound
    if not draft.is_open or draft.revision != revision():
        raise BulletinChanged
    bulletin = Bulletin.objects.create(
        **{name: getattr(draft, name) for name in KEPT},
        version=1 + Bulletin.objects.filter(school=draft.school_id, week=draft.week).count(),
        published_by_id=actor.person_id,
        published_at=now,
    )
    draft.is_open = False
    draft.save(update_fields=["is_open"])
    outbox_add(drafts=[_news(actor, bulletin)], now=now)
    return bulletin


@transaction.atomic
def bulletin_words_erase(*, bulletin_id: UUID, now: datetime) -> None:
    """Erase the words of a published bulletin and of the draft for its week; its numbers stay. Raise NotFound.

    Only the tables' owner may. Lessons are erased where they stand.
    """
    bulletin = Bulletin.objects.filter(id=bulletin_id).first()
    if bulletin is None:
        raise NotFound
    Bulletin.objects.filter(id=bulletin_id).update(words="", reason="", erased_at=now)
    _drafts_erase(BulletinDraft.objects.filter(school=bulletin.school_id, week=bulletin.week))
    answers_empty(naming=[bulletin_id])


@transaction.atomic
def draft_words_erase(*, draft_id: UUID) -> None:
    """Erase the words of a draft, published or not; what was published of it stays. Raise NotFound."""
    drafts = BulletinDraft.objects.filter(id=draft_id)
    if not drafts.exists():
        raise NotFound
    _drafts_erase(drafts)


def _drafts_erase(drafts: QuerySet[BulletinDraft]) -> None:
    """Erase words; what waits for approval is prepared again, for nobody has read it as it is without them."""
    drafts.update(words="", reason="", is_open=False)
    answers_empty(naming=list(drafts.values_list("id", flat=True)))


def _asking(actor: Actor, draft: BulletinDraft) -> OutboxDraft:
    """Tell whoever leads the school that a draft waits for them."""
    people = people_holding(people=people_visible(actor=actor), unit_id=None, role=Role.PRINCIPAL).order_by("id")
    told = {"draft": str(draft.id), "revision": draft.revision, "week": draft.week.isoformat()}
    payload = {**told, "school": str(draft.school_id), "people": [str(person.id) for person in people]}
    return OutboxDraft(topic=TOLD, dedup_key=f"bulletin:{draft.id}:{draft.revision}", payload=payload)


def _news(actor: Actor, bulletin: Bulletin) -> OutboxDraft:
    people = people_visible(actor=actor).exclude(id=actor.person_id).order_by("id").values_list("id", flat=True)
    told = {"bulletin": str(bulletin.id), "week": bulletin.week.isoformat(), "version": bulletin.version}
    payload = {**told, "school": str(bulletin.school_id), "people": [str(person_id) for person_id in people]}
    return OutboxDraft(topic=TOLD, dedup_key=f"bulletin:{bulletin.id}", payload=payload)
