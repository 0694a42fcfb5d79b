"""Keeping an administrator: no change leaves a school or a bureau sooner without one who can sign in."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.organisation.models import Appointment, Person, Post
from backend.organisation.powers import covered_until
from backend.organisation.roles import Role


class LastAdministrator(Conflict):
    """The change would leave nobody who can sign in and administer the school or bureau."""

    code = "last_administrator"
    title = _(
        "Then nobody could sign in as administrator here. Appoint another administrator first, and wait until they "
        "have an account."
    )


@contextmanager
def administrators_kept(*, people: Collection[Person], now: datetime) -> Iterator[None]:
    """Let a change to the posts or accounts of people happen; raise LastAdministrator where nobody is left.

    The administrators' posts where these people work are locked meanwhile: of two administrators who take each other's
    post at one instant, the second finds that only one is left. A place that had no administrator before may go on.
    """
    posts = _posts_lock(people)
    before = _covered(posts, now) if posts else {}
    yield
    after = _covered(posts, now) if posts else {}
    if any(after[post] < before[post] for post in posts):
        raise LastAdministrator


def _posts_lock(people: Collection[Person]) -> list[UUID]:
    if not people:
        return []
    held = Appointment.objects.filter(person__in=[person.pk for person in people]).values("post")
    schools = {person.school_id for person in people if person.school_id}
    bureaus = {person.bureau_id for person in people if person.bureau_id}
    where = Q(school__in=schools) | Q(bureau__in=bureaus) | Q(id__in=held)
    posts = Post.objects.filter(where, role=Role.ADMINISTRATOR).order_by("id").select_for_update(no_key=True)
    return list(posts.values_list("id", flat=True))


def _covered(posts: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Return until when each post is held without a gap, deputies included, by people whose account is open."""
    terms: dict[UUID, list[tuple[datetime, datetime | None]]] = {post: [] for post in posts}
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    rows = Appointment.objects.filter(lasting, post__in=posts, person__user__is_active=True)
    for post, starts_at, ends_at in rows.values_list("post", "starts_at", "ends_at"):
        terms[post].append((starts_at, ends_at))
    return {post: covered_until(terms=held, now=now) for post, held in terms.items()}
