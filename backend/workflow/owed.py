"""The tickets on which an actor owes something, and which obligations those are: for the database, and for one at hand.

An obligation is an actor's when it is addressed to them or to a role they hold, and nothing refuses them its action:
whoever worked on a ticket does not check it, whoever proposed something does not decide it. A test compares both.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from backend.common.sql.statements import AlternativesQuerySet
from backend.deadlines.models import Timer
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import PARTS, ClockName, Confidentiality
from backend.workflow.actions import BY_NAME
from backend.workflow.clocks import OWN, SUBJECT_KIND
from backend.workflow.facts import Situation
from backend.workflow.models import NEVER_DUE, Ticket, TicketPart
from backend.workflow.obligations import ENDS_CLOCK, Obligation, obligations_of
from backend.workflow.policy import Relation, seal_keepers
from backend.workflow.relation_groups import OPEN
from backend.workflow.sight import QUERIES_KEPT, tickets_known
from backend.workflow.states import State

OF_OFFICE = (Role.HANDLER, Role.OFFICE_HEAD)
"""The roles that owe what is asked of an office: its head too, for a small office has nobody else."""
SEALED = Q(confidentiality=Confidentiality.K2)
WORK = frozenset(ENDS_CLOCK) - {ClockName.VERIFY, *PARTS}
HAS_CLOCK = Q(next_due_at__lt=NEVER_DUE)
ASKED_IN_HAND = HAS_CLOCK & Q(
    Exists(TicketPart.objects.filter(ticket=OuterRef("pk"), ended_at=None, office=None, person=None, role="")),
    part_count__gt=0,
)
"""Hold where something is asked of whoever has the ticket in hand."""
UNTOLD = HAS_CLOCK & Q(untold_count__gt=0)
"""Hold where whoever has the ticket in hand has to tell somebody affected."""
OF_NOBODY = (ASKED_IN_HAND | UNTOLD) & Q(assignee=None)
OF_ASSIGNEE = WORK - {ClockName.ACKNOWLEDGE, ClockName.WAIT}


def is_owed_by(*, actor: Actor, obligation: Obligation, relations: Collection[Relation]) -> bool:
    """Say whether an obligation on a ticket is the actor's, who stands to the ticket in these relations."""
    if not BY_NAME[obligation.action].refused.keys().isdisjoint(relations):
        return False
    if obligation.person_id is not None:
        return obligation.person_id == actor.person_id
    if obligation.office_id is None:
        return obligation.role is not None and actor.holds(obligation.role)
    roles = OF_OFFICE if obligation.role is Role.HANDLER else (Role.OFFICE_HEAD,)
    return obligation.office_id in actor.units(*roles)


def owed_of(*, situation: Situation, actor: Actor, relations: Collection[Relation]) -> tuple[Obligation, ...]:
    """Return the actor's own obligations on a ticket, the soonest due first."""
    owed = obligations_of(situation)
    return tuple(row for row in owed if is_owed_by(actor=actor, obligation=row, relations=relations))


def tickets_owed_by(*, actor: Actor) -> AlternativesQuerySet[Ticket]:
    """Return the tickets the actor may know of on which they owe something, each kind of it an alternative."""
    return _owed(actor).all()


@lru_cache(maxsize=QUERIES_KEPT)
def _owed(actor: Actor) -> AlternativesQuerySet[Ticket]:
    return tickets_known(actor=actor, as_reporter=False).matching_any(list(_alternatives(actor)))


def _alternatives(actor: Actor) -> Iterator[Q]:
    in_hand = Q(assignee=actor.person_id)
    yield in_hand & ~SEALED & (_runs(OF_ASSIGNEE) | ASKED_IN_HAND | UNTOLD)
    yield in_hand & SEALED & (_runs(WORK) | ASKED_IN_HAND | UNTOLD)
    if offices := actor.units(*OF_OFFICE):
        clocks = _asked_each(Q(clock=ClockName.ACKNOWLEDGE) | _of_nobody(OF_ASSIGNEE))
        yield Q(owner__in=offices) & ~SEALED & (clocks | OF_NOBODY)
    if headed := actor.units(Role.OFFICE_HEAD):
        waits = Q(school=actor.school_scope, state=State.WAITING)
        yield waits & Q(owner__in=headed) & ~SEALED & _runs({ClockName.WAIT})
    yield Q(id__in=_asked_of(actor, offices).values("ticket"))
    yield from _of_school(actor)


def _asked_of(actor: Actor, offices: Collection[UUID]) -> QuerySet[TicketPart]:
    """Return what is open and asked of the actor, of an office of theirs, or of a role they hold."""
    of_role = Q(role__in=sorted(actor.roles), ticket__school=actor.school_scope)
    if actor.holds(Role.BUREAU_OFFICER):
        of_role |= Q(role=Role.BUREAU_OFFICER, ticket__school__bureau=actor.bureau_id)
    own = Q(kind=ClockName.DECISION, asked_by=actor.person_id)
    return TicketPart.objects.filter(
        (of_role & Q(office=None) & ~own) | Q(person=actor.person_id) | Q(office__in=offices), ended_at=None
    )


def _of_school(actor: Actor) -> Iterator[Q]:
    here = Q(school=actor.school_scope)
    checks = here & Q(state=State.RESOLVED) & ~Q(workers__contains=[actor.person_id]) & _runs({ClockName.VERIFY})
    is_proposed = Q(declining__isnull=False) & ~Q(declining__proposed_by=actor.person_id)
    decides = here & Q(state__in=OPEN) & is_proposed
    if actor.holds(Role.COORDINATOR):
        yield checks & ~SEALED
        yield decides & ~SEALED
    if actor.holds(Role.PRINCIPAL):
        yield checks & SEALED
    if actor.holds(Role.PROTECTION_LEAD):
        yield here & SEALED & (_asked_each(_of_nobody(WORK)) | OF_NOBODY)
        yield decides & SEALED
    yield from _of_seal(actor)


def _of_seal(actor: Actor) -> Iterator[Q]:
    is_proposed = Q(lowering__isnull=False) & ~Q(lowering__proposed_by=actor.person_id)
    for confidentiality in Confidentiality:
        if actor.holds(*seal_keepers(confidentiality=confidentiality)):
            yield Q(school=actor.school_scope, confidentiality=confidentiality) & is_proposed


def _runs(clocks: Collection[ClockName]) -> Q:
    """Hold where one of these clocks of the ticket itself runs."""
    return HAS_CLOCK & Q(_running(Q(clock__in=sorted(clocks))))


def _of_nobody(clocks: Collection[ClockName]) -> Q:
    """Hold for a clock of these on a ticket that nobody has in hand."""
    return Q(IsNull(OuterRef("assignee"), True), clock__in=sorted(clocks))


def _asked_each(which: Q) -> Q:
    """Hold where one of these clocks runs, asked of each ticket in its turn.

    Nearly all that an office has open is owed by it. Joined to the clocks, the database takes it for a hundredth of
    that, and collects it all before it takes the first page.
    """
    return HAS_CLOCK & Q(Coalesce(_running(which), False, output_field=BooleanField()))


def _running(which: Q) -> Exists:
    timers = Timer.objects.filter(subject_kind=SUBJECT_KIND, subject_id=OuterRef("pk"), target=OWN)
    return Exists(timers.filter(which, armed=True, stopped_at=None))
