"""Staff from a portal one by one: every change is a roster of one, planned and carried out as a whole roster is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.common.current_request import Acting, acting_for
from backend.common.errors import NotFound
from backend.common.identities import IdentityOf, identity_of
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.people.errors import PersonKept, TooManyLeave, UserChanged, UserTaken
from backend.people.models import PeopleSync, SourcedPerson
from backend.people.plan import Sort, SyncPlan
from backend.people.roster import Roster, RosterPerson
from backend.people.scim.reading import Wanted
from backend.people.scim.shapes import user_shown
from backend.people.selectors import sync_access, users_of
from backend.people.services.syncing import is_held, plan_carry_out, roster_planned

ANY_VERSION = "*"


@transaction.atomic
def user_add(*, actor: Actor, wanted: Wanted, now: datetime) -> SourcedPerson:
    """Take somebody in from a portal, found by their staff number where they are here already; raise UserTaken."""
    school = _locked(actor)
    known = SourcedPerson.objects.filter(school=school, sourced_id=wanted.sourced_id).first()
    if known is not None and not known.is_removed:
        raise UserTaken
    if known is None:
        _take_up(school, wanted)
    _bring(actor, school, wanted, is_here=False, now=now)
    link = SourcedPerson.objects.select_related("person").get(school=school, sourced_id=wanted.sourced_id)
    if link.is_removed:
        link.is_removed = False
        link.save(update_fields=["is_removed"])
    return link


@transaction.atomic
def user_change(
    *,
    actor: Actor,
    person_id: UUID,
    change: Callable[[Mapping[str, Any], str], Wanted],
    version: str | None,
    now: datetime,
) -> SourcedPerson:
    """Let somebody be as a portal has them, leave, or be back; raise NotFound, UserChanged, UserTaken or PersonKept."""
    school = _locked(actor)
    link = _there(actor, person_id)
    shown = user_shown(link)
    _version_check(shown, version)
    wanted = change(shown, link.sourced_id)
    if wanted.sourced_id != link.sourced_id:
        _rename(school, link, wanted.sourced_id)
    _bring(actor, school, wanted, is_here=link.left_at is None, now=now)
    return _there(actor, person_id)


@transaction.atomic
def user_remove(*, actor: Actor, person_id: UUID, version: str | None, now: datetime) -> None:
    """Let somebody leave whom the portal does not know any more; raise NotFound, UserChanged or PersonKept."""
    school = _locked(actor)
    link = _there(actor, person_id)
    _version_check(user_shown(link), version)
    if link.left_at is None:
        _let_go(actor, school, link.sourced_id, now)
    SourcedPerson.objects.filter(pk=link.pk).update(is_removed=True)


def _locked(actor: Actor) -> School:
    sync_access(actor=actor)
    return School.objects.select_for_update(no_key=True).get(id=actor.school_scope)


def _there(actor: Actor, person_id: UUID) -> SourcedPerson:
    link = users_of(actor=actor).filter(person_id=person_id).first()
    if link is None:
        raise NotFound
    return link


def _take_up(school: School, wanted: Wanted) -> None:
    """Give whom the portal took away and now has again under another id the new one: same number and same name."""
    removed = SourcedPerson.objects.filter(school=school, is_removed=True).select_related("person")
    same = removed.alias(number=IdentityOf("person__staff_number")).filter(number=identity_of(wanted.staff_number))
    for link in same:
        if identity_of(link.person.name) == identity_of(wanted.name):
            _rename(school, link, wanted.sourced_id)


def _rename(school: School, link: SourcedPerson, sourced_id: str) -> None:
    """Note another id of the portal for the same person; raise UserTaken for one that it gave to somebody else."""
    if SourcedPerson.objects.filter(school=school, sourced_id=sourced_id).exists():
        raise UserTaken
    link.sourced_id = sourced_id
    link.save(update_fields=["sourced_id"])


def _version_check(shown: Mapping[str, Any], version: str | None) -> None:
    if version not in {None, ANY_VERSION, shown["meta"]["version"]}:
        raise UserChanged


def _bring(actor: Actor, school: School, wanted: Wanted, *, is_here: bool, now: datetime) -> None:
    """Carry out the roster of somebody; who is not active and was not here is known, and gets no post."""
    row = RosterPerson(wanted.sourced_id, wanted.staff_number, wanted.name, wanted.email, (), "", 0)
    plan = roster_planned(school=school, roster=_roster(row), now=now)
    if not wanted.is_active and not is_here:
        if any(change.sort == Sort.KNOWN for change in plan.changes):
            raise UserTaken  # A colleague of whom the portal says that they do not work here: people look at that.
        plan.posts, plan.back, plan.ends, plan.emails = [], [], [], []
        for link in plan.links:
            link.left_at = now
    _carry_out(actor, school, plan, now)
    if not wanted.is_active and is_here:
        _let_go(actor, school, wanted.sourced_id, now)


def _let_go(actor: Actor, school: School, sourced_id: str, now: datetime) -> None:
    plan = roster_planned(school=school, roster=_roster(gone=(sourced_id,)), now=now)
    if is_held(plan):
        raise TooManyLeave
    _carry_out(actor, school, plan, now)


def _carry_out(actor: Actor, school: School, plan: SyncPlan, now: datetime) -> None:
    if plan.faults:
        raise UserTaken
    if any(change.sort == Sort.KEPT for change in plan.changes) and not plan.links:
        raise PersonKept
    if not plan.does_something:
        return
    PeopleSync.objects.create(
        school=school,
        account_id=actor.through.id if actor.through else None,
        made_by_id=None if actor.through else actor.person_id,
        made_at=now,
        applied_at=now,
        done_at=now,
        state=PeopleSync.State.DONE,
        digest=plan.digest,
        counts={**plan.count(), "others": 0, "is_held": False},
    )
    with acting_for(Acting(None if actor.through else actor.user_id or None, actor.name if actor.through else "")):
        plan_carry_out(school=school, by=actor, plan=plan, now=now)


def _roster(*people: RosterPerson, gone: tuple[str, ...] = ()) -> Roster:
    return Roster(is_whole=False, tells_classes=False, units=(), people=people, gone=gone, others=0)
