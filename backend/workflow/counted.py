"""The tickets that count in somebody's figures: rows of the policy, read for numbers instead of lists.

Leaders and the coordinator count their school, a head of office the offices they head, the bureau its schools: it
counts all that they answer for although it reads only what reached it, since numbers tell of no single report. The
classes are those that the policy opens to them. Whoever a ticket concerns does not count it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from backend.organisation.actors import NO_SCHOOL, Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.policy import RULES, Relation, Tie


class Extent(Enum):
    """The extents of somebody's figures, the widest first."""

    SCHOOL = "school"
    BUREAU = "bureau"
    OFFICES = "offices"


@dataclass(frozen=True, slots=True)
class Countable:
    """The tickets that count for a reader: of a school, of a bureau's schools, or of offices, in these classes.

    Without a reader it is for everybody at once, and leaves out whatever concerns anybody.
    """

    reader: UUID | None
    extent: Extent
    ids: tuple[UUID, ...]
    classes: frozenset[Confidentiality]


COUNTING: Mapping[tuple[Relation, Tie], Extent] = {
    (Relation.LEADER, Tie.SCHOOL): Extent.SCHOOL,
    (Relation.COORDINATOR, Tie.SCHOOL): Extent.SCHOOL,
    (Relation.BUREAU, Tie.CLIMBED): Extent.BUREAU,
    (Relation.OFFICE_HEAD, Tie.OFFICE): Extent.OFFICES,
}
"""The rows of the policy that let somebody count, and what they count by them."""


def countable_by(*, actor: Actor) -> Countable:
    """Return what counts in the figures of somebody; the widest extent where their posts give several."""
    rules = [rule for rule in RULES if (rule.relation, rule.tie) in COUNTING and rule.opens_ticket]
    held = [(COUNTING[rule.relation, rule.tie], rule) for rule in rules if rule.is_for(actor)]
    for extent in Extent:
        found = [rule for reached, rule in held if reached is extent]
        if found:
            roles = frozenset(role for rule in found for role in rule.roles)
            ids = {
                Extent.SCHOOL: (actor.school_scope,),
                Extent.BUREAU: (actor.bureau_id or NO_SCHOOL,),
                Extent.OFFICES: tuple(sorted(actor.units(*roles))),
            }
            classes = frozenset(one for rule in found for one in rule.classes)
            return Countable(actor.person_id, extent, ids[extent], classes)
    return Countable(actor.person_id, Extent.OFFICES, (), frozenset())
