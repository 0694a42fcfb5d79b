"""Weekly bulletins as colleagues of a school read them, and those that are prepared."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from backend.common.errors import NotFound
from backend.insights.models import Bulletin, BulletinContent, BulletinDraft
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.workflow.lessons import Lesson, lessons_among


def lessons_in(*, school_id: UUID, bulletins: Sequence[BulletinContent]) -> list[list[Lesson]]:
    """Return the lessons of each of a school's bulletins as they stand now; one statement."""
    ids = {lesson for bulletin in bulletins for lesson in bulletin.lessons}
    standing = lessons_among(school_id=school_id, ids=ids)
    return [[lesson for lesson in standing if lesson.id in bulletin.lessons] for bulletin in bulletins]


def bulletins_known(*, actor: Actor) -> QuerySet[Bulletin]:
    """Return what was published at the actor's school."""
    found = Bulletin.objects.filter(school=actor.school_scope)
    return found.select_related("school", "prepared_by", "published_by")


def bulletin_get(*, actor: Actor, bulletin_id: UUID) -> Bulletin:
    """Return one of them, or raise NotFound."""
    found = bulletins_known(actor=actor).filter(id=bulletin_id).first()
    if found is None:
        raise NotFound
    return found


def correction_of(*, bulletin: Bulletin) -> Bulletin | None:
    """Return the latest version of a bulletin where that is another one."""
    later = Bulletin.objects.filter(school=bulletin.school_id, week=bulletin.week, version__gt=bulletin.version)
    return later.order_by("-version").first()


def drafts_known(*, actor: Actor) -> QuerySet[BulletinDraft]:
    """Return what is prepared at the actor's school and not published yet; raise PermissionDenied for others."""
    actor.require(Permission.BULLETINS_PREPARE)
    found = BulletinDraft.objects.filter(school=actor.school_scope, is_open=True)
    return found.select_related("school", "prepared_by").order_by("-week")


def bulletins_standing(
    *, news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor], now: datetime
) -> set[UUID]:
    """Return, of news of bulletins, the ids of those that still hold by now; two statements.

    A draft has to wait as it was prepared then, for somebody who may publish it; no correction may have overtaken what
    is published.
    """
    asked = {one: (UUID(told["draft"]), told["revision"]) for one, told in news.items() if "draft" in told}
    named = {one: UUID(told["bulletin"]) for one, told in news.items() if "bulletin" in told}
    drafts = BulletinDraft.objects.filter(is_open=True, prepared_at__lte=now)
    waiting = set(drafts.filter(id__in={draft for draft, _revision in asked.values()}).values_list("id", "revision"))
    later = Bulletin.objects.filter(
        school=OuterRef("school"), week=OuterRef("week"), version__gt=OuterRef("version"), published_at__lte=now
    )
    latest = Bulletin.objects.filter(~Exists(later), id__in=set(named.values()))
    standing = waiting | set(latest.values_list("id", flat=True))
    may_read = {one for one, reader in readers.items() if one in named or reader.may(Permission.BULLETINS_PUBLISH)}
    return {one for one, key in {**asked, **named}.items() if key in standing and one in may_read}
