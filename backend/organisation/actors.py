"""Those who act: a signed-in person with the posts they hold at this instant, or the system itself."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.organisation.permissions import RULES, NoPost, Permission
from backend.organisation.roles import Role

NO_SCHOOL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A role held now, in a unit or (unit_id None) for the whole school or bureau.

    `since` is when its term began; None for the lead of a shift.
    """

    role: Role
    unit_id: UUID | None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """The service account by which another program acts, and its name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, with everything that decides what they may see and do.

    `through`: another program acts, by this service account, on behalf of the person or by itself.
    """

    user_id: int
    person_id: UUID
    name: str
    school_id: UUID | None
    bureau_id: UUID | None
    posts: tuple[HeldPost, ...]
    through: Service | None = None
    roles: frozenset[Role] = field(init=False, repr=False, compare=False)
    """The roles the person holds, anywhere in their school or bureau; a policy asks for them row by row."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(post.role for post in self.posts))

    @property
    def school_scope(self) -> UUID:
        """The school to read within; for people of the bureau the nil id, which no school has."""
        return self.school_id or NO_SCHOOL

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Everything the person may do by the posts they hold."""
        return tuple(permission for permission in Permission if self.may(permission))

    def may(self, permission: Permission) -> bool:
        """Say whether a post of the person gives a permission."""
        needed = RULES[permission].roles
        return needed is None or not needed.isdisjoint(self.roles)

    def require(self, permission: Permission, *, pointer: str | None = None) -> None:
        """Raise the permission's own error unless a post of the person gives it; without any post, always NoPost."""
        if not self.may(permission):
            raise (RULES[permission].refusal if self.posts else NoPost)(pointer=pointer)

    def holds(self, *roles: Role) -> bool:
        """Say whether the person holds one of the roles, anywhere in their school or bureau."""
        return not self.roles.isdisjoint(roles)

    def held_since(self, role: Role) -> datetime | None:
        """Return when the longest term began in which the person holds the role now; None for no term."""
        return min((post.since for post in self.posts if post.role is role and post.since), default=None)

    def units(self, *roles: Role) -> frozenset[UUID]:
        """Return the units in which the person holds one of the roles."""
        return frozenset(post.unit_id for post in self.posts if post.role in roles and post.unit_id)


@dataclass(frozen=True, slots=True)
class System:
    """The system itself, which routes tickets, fires deadlines and ends waits: it is nobody and holds no post."""


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """The system as it finishes what a person began: the deed is theirs, whatever posts they hold by then."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class AnonymousReporter:
    """Somebody who reported without saying who they are and holds the tracking code of it: nobody knows more."""


SYSTEM = System()
ANONYMOUS = AnonymousReporter()
Principal = Actor | System | OnBehalf | AnonymousReporter
"""Whoever changes something."""
