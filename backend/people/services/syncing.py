"""Bringing people from a portal: looked at first, then taken in by a worker exactly as looked at, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.common.current_request import Acting, acting_for
from backend.common.errors import NotFound, PermissionDenied
from backend.common.identities import identity_of
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.recording import ROWS_AT_ONCE
from backend.common.services import PURGE_BATCH
from backend.duty.selectors import actors_of
from backend.integrations.services.planning import account_actor
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, ContactChannel, Person, School, Unit
from backend.organisation.services.appointing import appointments_add, appointments_end, posts_ensure
from backend.organisation.services.entered_addresses import addresses_enter
from backend.people.bundle.faults import BundleFaulty, Fault, FaultCode
from backend.people.bundle.reading import Reader, roster_read
from backend.people.comparing import sync_plan
from backend.people.errors import SyncOutdated, TooManyLeave
from backend.people.models import PeopleSync, SourcedPerson, SourcedUnit
from backend.people.plan import Change, SyncPlan
from backend.people.roster import Roster, roster_of
from backend.people.selectors import linked_ids, state_load, sync_access, sync_get
from backend.setup.services.leaving import people_leave
from backend.setup.workbook.storing import rows_store

TOPIC = "people.sync"
ROSTER_KEPT = timedelta(hours=24)
MOST_SHOWN = 200
MOST_PREVIEWS = 10
State = PeopleSync.State


@dataclass(frozen=True, slots=True)
class Looked:
    """The plan of a roster, and the row by which it can be taken in; none where there is nothing to do."""

    plan: SyncPlan
    sync: PeopleSync | None
    others: int
    is_held: bool
    """True where unusually many would leave, so that an administrator has to look a second time."""

    @property
    def shown(self) -> Sequence[Change]:
        """The first of its changes."""
        return self.plan.changes[:MOST_SHOWN]


def bundle_look(*, actor: Actor, content: bytes, now: datetime) -> Looked:
    """Return what a OneRoster bundle would change, and keep its staff for a day; nothing else is stored.

    Raises BundleUnreadable, BundleFaulty, PeopleSyncClosed or NotAdministrator.
    """
    sync_access(actor=actor)
    school = School.objects.get(id=actor.school_scope)
    words = frozenset(identity_of(word) for word in (school.code, school.name_zh, school.name_en) if word)
    roster = roster_read(content=content, reader=Reader(words, linked_ids(school=school)))
    return _looked(actor, school, roster, now)


def _looked(actor: Actor, school: School, roster: Roster, now: datetime) -> Looked:
    plan = roster_planned(school=school, roster=roster, now=now)
    if plan.faults:
        raise BundleFaulty([Fault(one.file, one.line, one.column, FaultCode.TWICE, one.message) for one in plan.faults])
    is_too_many = is_held(plan)
    sync = None
    if plan.does_something:
        _older_end(school)
        sync = PeopleSync.objects.create(
            school=school,
            account_id=actor.through.id if actor.through else None,
            made_by_id=None if actor.through else actor.person_id,
            made_at=now,
            digest=plan.digest,
            roster=roster.content(),
            counts={**plan.count(), "others": roster.others, "is_held": is_too_many},
        )
    return Looked(plan, sync, roster.others, is_too_many)


def _older_end(school: School) -> None:
    """Keep no more than ten previews of a school, each of which holds its whole staff: the oldest are outdated."""
    previews = PeopleSync.objects.filter(school=school, state=State.PREVIEW).order_by("-made_at", "-id")
    older = PeopleSync.objects.filter(pk__in=previews.values("pk")[MOST_PREVIEWS - 1 :])
    older.update(roster=None, state=State.OUTDATED)


def sync_look_again(*, actor: Actor, sync_id: UUID, now: datetime) -> Looked:
    """Return what a roster that is kept would change now; raise NotFound, or SyncOutdated where it is kept no more."""
    sync = sync_get(actor=actor, sync_id=sync_id)
    sync_access(actor=actor)
    if sync.state != State.PREVIEW or sync.roster is None:
        raise SyncOutdated
    roster = roster_of(sync.roster)
    plan = roster_planned(school=sync.school, roster=roster, now=now)
    return Looked(plan, sync, roster.others, is_held(plan))


@transaction.atomic
def sync_apply(*, actor: Actor, sync_id: UUID, despite_guard: bool, now: datetime) -> PeopleSync:
    """Have a worker take in what was looked at; raise NotFound, SyncOutdated, TooManyLeave or PeopleSyncClosed.

    A program takes in what it sent itself; only an administrator lets unusually many leave.
    """
    sync_get(actor=actor, sync_id=sync_id)
    sync_access(actor=actor)
    sync = PeopleSync.objects.select_for_update(of=("self",)).select_related("account", "made_by").get(id=sync_id)
    if actor.through is not None and sync.account_id != actor.through.id:
        raise NotFound
    if sync.state != State.PREVIEW or sync.roster is None:
        raise SyncOutdated
    if sync.counts["is_held"] and (actor.through is not None or not despite_guard):
        raise TooManyLeave
    sync.state, sync.applied_at, sync.despite_guard = State.WAITING, now, despite_guard and actor.through is None
    sync.applied_by_id = None if actor.through else actor.person_id
    sync.save(update_fields=["state", "applied_at", "despite_guard", "applied_by"])
    outbox_add(drafts=[OutboxDraft(TOPIC, f"{TOPIC}:{sync.id}", {"sync": str(sync.id)})], now=now)
    return sync


@transaction.atomic
def sync_carry_out(*, sync_id: UUID, now: datetime) -> None:
    """Carry out the plan that was looked at, all of it or nothing: what the school is like now decides.

    Where it would do something else by now, or whoever wanted it may not any more, it is outdated and changes nothing.
    """
    sync = PeopleSync.objects.select_for_update(of=("self",)).select_related("account", "school").get(id=sync_id)
    if sync.state != State.WAITING or sync.roster is None:
        return
    School.objects.select_for_update(no_key=True).get(id=sync.school_id)
    plan = roster_planned(school=sync.school, roster=roster_of(sync.roster), now=now)
    by = _wanted_by(sync, now)
    is_as_seen = not plan.faults and plan.digest == sync.digest and (sync.despite_guard or not is_held(plan))
    sync.state = State.DONE if by is not None and is_as_seen else State.OUTDATED
    if by is not None and sync.state == State.DONE:
        through = by.name if by.through else ""
        with acting_for(Acting(None if by.through else by.user_id or None, through)):
            plan_carry_out(school=sync.school, by=by, plan=plan, now=now)
    sync.done_at, sync.roster = now, None
    sync.save(update_fields=["state", "done_at", "roster"])


def rosters_forget(*, now: datetime) -> int:
    """Forget up to 1000 rosters that nobody took in within a day; return how many."""
    old = PeopleSync.objects.filter(roster__isnull=False, made_at__lt=now - ROSTER_KEPT, state=State.PREVIEW)
    return PeopleSync.objects.filter(pk__in=old.order_by("made_at").values("pk")[:PURGE_BATCH]).update(
        roster=None, state=State.OUTDATED
    )


def roster_planned(*, school: School, roster: Roster, now: datetime) -> SyncPlan:
    """Return what a roster would change of a school now."""
    return sync_plan(plan=SyncPlan(now), state=state_load(school=school, now=now), roster=roster)


def is_held(plan: SyncPlan) -> bool:
    """Say whether unusually many would leave, so that an administrator has to look a second time."""
    return plan.are_too_many(percent=settings.PEOPLE_LEAVING_PERCENT)


def _wanted_by(sync: PeopleSync, now: datetime) -> Actor | None:
    """Return who takes it in: the administrator, or the program; None for somebody who may not any more."""
    if sync.applied_by_id is not None:
        actor = actors_of(person_ids=[sync.applied_by_id]).get(sync.applied_by_id)
    else:
        account = sync.account
        is_living = account is not None and account.revoked_at is None and account.ends_at > now
        actor = account_actor(account) if account is not None and is_living else None
    try:
        if actor is not None:
            sync_access(actor=actor)
    except (NotFound, PermissionDenied):
        return None
    return actor


def plan_carry_out(*, school: School, by: Actor, plan: SyncPlan, now: datetime) -> None:
    """Store everything in a plan, in the transaction of whoever made it under the lock of the school."""
    rows_store(Unit, plan.units, ["name_zh", "name_en"])
    SourcedUnit.objects.bulk_create(plan.unit_links, batch_size=ROWS_AT_ONCE)
    rows_store(Person, plan.people, ["name", "staff_number"])
    SourcedPerson.objects.bulk_create(plan.links, batch_size=ROWS_AT_ONCE)
    SourcedPerson.objects.filter(pk__in=[link.pk for link in plan.back]).update(left_at=None, is_removed=False)
    posts = posts_ensure(school=school, keys={key for _person, key in plan.posts}) if plan.posts else {}
    given = [Appointment(post=posts[key], person=person, starts_at=now) for person, key in plan.posts]
    if given:
        appointments_add(by=by, appointments=given, now=now)
    if plan.ends:
        appointments_end(by=by, appointments=plan.ends, now=now)
    email = ContactChannel.Kind.EMAIL
    channels = [ContactChannel(person=person, kind=email, address=address) for person, address in plan.emails]
    addresses_enter(by=by, channels=channels, now=now)
    _leave(by, plan.leavers, now)


def _leave(by: Actor, leavers: Sequence[SourcedPerson], now: datetime) -> None:
    people = Person.objects.filter(pk__in=[link.person_id for link in leavers])
    people_leave(by=by, people=list(people.select_related("user", "school", "bureau").order_by("id")), now=now)
    SourcedPerson.objects.filter(pk__in=[link.pk for link in leavers]).update(left_at=now)
