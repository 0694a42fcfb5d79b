"""A call of a service account: whose token it is, on behalf of whom, whether it may, and the record of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts.authentication import TokenExpired, TokenInvalid
from backend.common.services import PURGE_BATCH
from backend.common.sql.statements import prepared_cursor
from backend.duty.selectors import actors_of
from backend.integrations.errors import OnBehalfRequired, OnBehalfUnknown, ScopeMissing
from backend.integrations.models import LONGEST_OPERATION, ServiceAccount, ServiceCall
from backend.integrations.selectors import person_meant, token_presented
from backend.integrations.services.planning import account_actor
from backend.organisation.actors import Actor, Service
from backend.organisation.models import Person
from backend.organisation.scopes import ANY

CALLS_KEPT = timedelta(days=400)
RECORD = """
INSERT INTO integrations_servicecall AS called (account_id, day, operation, person_id, count, last_at)
VALUES (%s, %s, %s, %s, 1, %s)
ON CONFLICT (account_id, day, operation, person_id)
DO UPDATE SET count = called.count + 1, last_at = greatest(called.last_at, excluded.last_at)
"""


class Caller:
    """Another program as the user of a request: it is signed in, proves nothing, and holds what its person holds."""

    is_authenticated = is_active = True
    is_anonymous = False
    proved_at = None
    throttle_scope = "service"

    def __init__(self, *, account: ServiceAccount, person: Person | None, actor: Actor) -> None:
        self.actor = actor
        self.throttle_ident = str(account.id)
        self.pk = f"service:{account.id}:{actor.person_id}"
        self.second_factor_at = person.user.second_factor_at if person and person.user else None


@dataclass(frozen=True, slots=True)
class Call:
    """A request of another program: its token, whom it names, the operation, and the scope that opens that.

    None is named by a request without the header; one that names nobody is not the account's own. `is_for_person`: the
    scope opens it only on behalf of somebody.
    """

    token: str
    on_behalf_of: str | None
    operation: str
    scope: str | None
    is_for_person: bool = False


def caller_find(*, call: Call) -> Caller:
    """Return who calls, and record the call, whether it may or not.

    Raises TokenInvalid, TokenExpired, ScopeMissing, OnBehalfUnknown or OnBehalfRequired.
    """
    found = token_presented(token=call.token)
    if found is None:
        raise TokenInvalid
    account = found.account
    person = person_meant(account=account, staff_number=call.on_behalf_of) if call.on_behalf_of else None
    _record(account, call, person, found.asked_at)
    if found.is_over:
        raise TokenExpired
    if call.scope is None or (call.scope != ANY and call.scope not in account.scopes):
        raise ScopeMissing
    if call.on_behalf_of is not None and person is None:
        raise OnBehalfUnknown
    if person is None and (call.is_for_person or account.bureau_id):
        raise OnBehalfRequired
    return Caller(account=account, person=person, actor=_actor(account, person))


def _actor(account: ServiceAccount, person: Person | None) -> Actor:
    """Return who acts: the person, or the account by itself, which stands to tickets as the coordinator does."""
    if person is None:
        return account_actor(account)
    known = actors_of(person_ids=[person.id])[person.id]
    return Actor(
        known.user_id,
        known.person_id,
        known.name,
        known.school_id,
        known.bureau_id,
        known.posts,
        through=Service(account.id, account.name),
    )


def _record(account: ServiceAccount, call: Call, person: Person | None, now: datetime) -> None:
    person_id: UUID | None = person.id if person else None
    with prepared_cursor() as cursor:
        cursor.execute(RECORD, [account.id, now.date(), call.operation[:LONGEST_OPERATION], person_id, now])


def calls_purge(*, now: datetime) -> int:
    """Delete up to 1000 rows of the record that are older than 400 days; return how many."""
    old = ServiceCall.objects.filter(day__lt=(now - CALLS_KEPT).date()).order_by("day")
    return ServiceCall.objects.filter(pk__in=old.values("pk")[:PURGE_BATCH]).delete()[0]
