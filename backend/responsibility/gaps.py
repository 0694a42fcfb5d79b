"""The gaps in who answers for what: places, offices, classes, categories, plans, and names that no longer hold. Pure.

Of duty leaders nothing is said here: they change with the roster, whose holes the check of the rules finds.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.common.named import localised
from backend.duty.reach import Directory
from backend.organisation.models import Person, Place, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.response.asking import Ground
from backend.responsibility.models import LeadingGroup, OfficeSlot, Share
from backend.rulebook.ruleset import Ruleset
from backend.rulebook.selectors.checking import Offices
from backend.rulebook.training_rules import TrainingRule
from backend.rulebook.wording import Group
from backend.training.dues import is_asked_of


class GapKind(models.TextChoices):
    """The sorts of gaps, in the order in which they are read."""

    CATEGORY_WITHOUT_OFFICE = "category_without_office", _("Category whose office does not exist")
    OFFICE_WITHOUT_HEAD = "office_without_head", _("Office without a head")
    OFFICE_WITH_MANY_HEADS = "office_with_many_heads", _("Office with more than one head")
    CLASS_WITHOUT_TEACHER = "class_without_teacher", _("Class without a head teacher")
    PLACE_WITHOUT_SHARE = "place_without_share", _("Place nobody answers for")
    GROUP_MISSING = "group_missing", _("No leading group for safety")
    GROUP_UNANSWERED = "group_unanswered", _("Leading group with a seat nobody sits on")
    ROUNDS_UNANSWERED = "rounds_unanswered", _("Plan of rounds nobody answers for")
    RESPONSE_UNANSWERED = "response_unanswered", _("Response plan nobody answers for")
    SHARE_LEFT = "share_left", _("Answers for a place, but has left or is closed")
    SLOT_LEFT = "slot_left", _("Stands beside a head of office, but has left or is closed")
    POST_CLOSED = "post_closed", _("Holds a post, but their account is closed")
    TRAINING_OVERDUE = "training_overdue", _("Training or lesson that is overdue")


TO_DO = {
    GapKind.CATEGORY_WITHOUT_OFFICE: _("Choose one of the school's offices in its rules, or set the office up."),
    GapKind.OFFICE_WITHOUT_HEAD: _("Appoint somebody as its head."),
    GapKind.OFFICE_WITH_MANY_HEADS: _("One person is accountable: keep one as head, and make the others deputies."),
    GapKind.CLASS_WITHOUT_TEACHER: _("Appoint the head teacher as the head of the class."),
    GapKind.PLACE_WITHOUT_SHARE: _("Name who answers for it, or for the building around it."),
    GapKind.GROUP_MISSING: _("Set the group up: who sits on it by which post, and how often it meets."),
    GapKind.GROUP_UNANSWERED: _("Appoint somebody to the post, or set the group up anew."),
    GapKind.ROUNDS_UNANSWERED: _("Appoint somebody to the posts that it asks, or change the plan."),
    GapKind.RESPONSE_UNANSWERED: _("Appoint somebody to the posts that its steps ask."),
    GapKind.SHARE_LEFT: _("Name somebody else for it."),
    GapKind.SLOT_LEFT: _("Name somebody else, or end it."),
    GapKind.POST_CLOSED: _("Give the post to somebody else, or open the account again."),
    GapKind.TRAINING_OVERDUE: _("Have it held, and enter who was there."),
}
ROSTERED = frozenset({Role.DUTY_LEADER})


@dataclass(frozen=True, slots=True)
class MapGap:
    """One thing nobody answers for: the id of its subject, of a category or plan its code; its name, and what of it."""

    kind: GapKind
    subject: str
    name: str
    details: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post somebody holds now, whether as its deputy, and whether their account is open."""

    role: Role
    unit_id: UUID | None
    person: Person
    is_open: bool
    is_deputy: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """A training that is overdue of a person, or a lesson of a class."""

    rule: TrainingRule
    person_id: UUID | None
    unit_id: UUID | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything of one school that the gaps are found in, as of one day; `gone` are people who have left."""

    offices: Offices
    places: Sequence[Place]
    shares: Sequence[Share]
    coming_shares: Sequence[Share]
    slots: Sequence[OfficeSlot]
    heads: Mapping[UUID, Sequence[Person]]
    posts: Sequence[HeldPost]
    directory: Directory
    gone: Collection[UUID]
    ruleset: Ruleset | None
    group: LeadingGroup | None
    overdue: Sequence[Overdue]


def gaps_of(school: Standing) -> list[MapGap]:
    """Return the gaps of a school, by their sort."""
    found = [*_places(school), *_units(school), *_group(school), *_gone(school), *_trainings(school)]
    if school.ruleset is not None:
        found += [*_categories(school, school.ruleset), *_rounds(school, school.ruleset)]
        found += _responses(school, school.ruleset)
    order = {kind: number for number, kind in enumerate(GapKind)}
    return sorted(found, key=lambda gap: order[gap.kind])


def _categories(school: Standing, ruleset: Ruleset) -> Iterator[MapGap]:
    for category in ruleset.categories.values():
        lacking = [lead for lead in category.leads if not school.offices.led_by(lead)]
        if lacking:
            name = f"{category.code} {localised(category, 'name')}"
            yield MapGap(GapKind.CATEGORY_WITHOUT_OFFICE, category.code, name, lacking)


def _units(school: Standing) -> Iterator[MapGap]:
    led = defaultdict(list)
    for category in school.ruleset.categories.values() if school.ruleset else ():
        for unit_id in school.offices.owners_of(category)[:1]:
            led[unit_id].append(localised(category, "name"))
    for unit in school.offices.units.values():
        heads = [person for person in school.heads.get(unit.id, ()) if person.id not in school.gone]
        if unit.kind == Unit.Kind.CLASS:
            if not heads:
                yield MapGap(GapKind.CLASS_WITHOUT_TEACHER, str(unit.id), unit.name)
        elif not heads:
            yield MapGap(GapKind.OFFICE_WITHOUT_HEAD, str(unit.id), unit.name, led[unit.id])
        elif len({person.id for person in heads}) > 1:
            names = [person.name for person in heads]
            yield MapGap(GapKind.OFFICE_WITH_MANY_HEADS, str(unit.id), unit.name, names)


def _places(school: Standing) -> Iterator[MapGap]:
    """Find the outermost places that nobody answers for in all; what lies inside one is mended with it."""
    topics: dict[UUID, set[str]] = defaultdict(set)
    for share in school.shares:
        topics[share.place_id].add(share.topic)
    inside: dict[UUID | None, list[Place]] = defaultdict(list)
    for place in school.places:
        inside[place.parent_id].append(place)
    asked = {category.group for category in school.ruleset.categories.values()} if school.ruleset else {*Group}
    waiting = [(place, frozenset[str]()) for place in reversed(inside[None])]
    while waiting:
        place, around = waiting.pop()
        held = around | topics[place.id]
        lacking = [] if "" in held else [group for group in Group if group in asked and group not in held]
        if lacking:
            said = [str(group.label) for group in lacking] if held else []
            yield MapGap(GapKind.PLACE_WITHOUT_SHARE, str(place.id), place.name, said)
        else:
            waiting += [(inner, held) for inner in reversed(inside[place.id])]


def _group(school: Standing) -> Iterator[MapGap]:
    if school.group is None:
        yield MapGap(GapKind.GROUP_MISSING, str(school.offices.school_id), gettext("Leading group"))
        return
    seats: list[tuple[Role, UUID | None]] = [(Role.PRINCIPAL, None)]
    seats += [(Role(seat.role), seat.unit_id) for seat in school.group.seats.all()]
    there = (post for post in school.posts if not post.is_deputy and post.person.id not in school.gone)
    held = {(post.role, post.unit_id) for post in there}
    lacking = [_seat_said(school, *seat) for seat in seats if seat not in held]
    if lacking:
        yield MapGap(GapKind.GROUP_UNANSWERED, str(school.group.id), gettext("Leading group"), lacking)


def _trainings(school: Standing) -> Iterator[MapGap]:
    """Find the trainings that are overdue, each with its posts and classes, and nobody by name."""
    said: dict[str, list[str]] = defaultdict(list)
    rules = {due.rule.code: due.rule for due in school.overdue}
    for due in school.overdue:
        said[due.rule.code] += [school.offices.units[due.unit_id].name] if due.unit_id else _asked(school, due)
    for code, rule in rules.items():
        yield MapGap(GapKind.TRAINING_OVERDUE, code, rule.name, list(dict.fromkeys(said[code])))


def _asked(school: Standing, due: Overdue) -> list[str]:
    """Name the posts of which it is asked of somebody."""
    units = school.offices.units
    held = [(post, units[post.unit_id].code if post.unit_id else "") for post in school.posts]
    return [
        _seat_said(school, post.role, post.unit_id)
        for post, code in held
        if post.person.id == due.person_id and is_asked_of(due.rule, role=post.role, unit_code=code)
    ]


def _rounds(school: Standing, ruleset: Ruleset) -> Iterator[MapGap]:
    for plan in ruleset.round_plans.values():
        if plan.is_off:
            continue
        asked = plan.may_ask(school.offices.targets)
        lacking = _lacking(school, [(plan.asked, unit_id) for unit_id in asked])
        if lacking or not asked:
            yield MapGap(GapKind.ROUNDS_UNANSWERED, plan.code, plan.name, lacking)


def _responses(school: Standing, ruleset: Ruleset) -> Iterator[MapGap]:
    ground = Ground(school.offices.school_id, school.offices.units, {}, school.directory)
    for plan in ruleset.response_plans.values():
        lacking = _lacking(school, [(asked.role, asked.unit_id) for asked in ground.asked_by(plan)])
        if lacking:
            yield MapGap(GapKind.RESPONSE_UNANSWERED, plan.code, plan.name, lacking)


def _lacking(school: Standing, seats: Sequence[tuple[Role, UUID | None]]) -> list[str]:
    """Name the posts among these that nobody holds; head teachers of classes stand in rows of their own."""
    return [_seat_said(school, *seat) for seat in dict.fromkeys(seats) if not _is_held(school, *seat)]


def _is_held(school: Standing, role: Role, unit_id: UUID | None) -> bool:
    unit = school.offices.units.get(unit_id) if unit_id else None
    if role in ROSTERED or (unit is not None and unit.kind == Unit.Kind.CLASS):
        return True
    # The head answers for what handlers and colleagues of an office are asked; many schools enter none of them.
    roles = (role, Role.OFFICE_HEAD) if role in UNIT_ROLES else (role,)
    held = [school.directory.holders(role=one, school_id=school.offices.school_id, unit_id=unit_id) for one in roles]
    return any(not holders <= {*school.gone} for holders in held)


def _seat_said(school: Standing, role: Role, unit_id: UUID | None) -> str:
    if unit_id is not None and role in UNIT_ROLES:
        return gettext("%(role)s (%(unit)s)") % {"role": role.label, "unit": school.offices.units[unit_id].name}
    return str(role.label)


def _gone(school: Standing) -> Iterator[MapGap]:
    for share in (*school.shares, *school.coming_shares):
        if share.person_id in school.gone:
            topic = [str(share.get_topic_display())] if share.topic else []
            yield MapGap(GapKind.SHARE_LEFT, str(share.id), share.place.name, [share.person.name, *topic])
    for slot in school.slots:
        if slot.person_id in school.gone:
            yield MapGap(GapKind.SLOT_LEFT, str(slot.id), slot.unit.name, [slot.person.name])
    for post in school.posts:
        if not post.is_open:
            yield MapGap(
                GapKind.POST_CLOSED,
                str(post.person.id),
                post.person.name,
                [_seat_said(school, post.role, post.unit_id)],
            )
