"""Writing what differs in a school's organisation: units, places, people, their posts and addresses, telephones."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from backend.common.identities import identity_of
from backend.common.recording import bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import (
    Appointment,
    Bureau,
    ContactChannel,
    Person,
    Place,
    Post,
    School,
    TelephoneNumber,
    Unit,
)
from backend.organisation.roles import Role
from backend.organisation.services.appointing import appointment_put, appointments_add, posts_ensure
from backend.organisation.services.bureau_officers import bureau_lock
from backend.organisation.services.entered_addresses import addresses_enter
from backend.setup.configuration.comparing import Key, Row, Section
from backend.setup.configuration.shape import instant_of

Node = TypeVar("Node", Unit, Place)


@dataclass(slots=True)
class Target:
    """The school that a file is written to, and what it has by natural keys, kept up to date on the way."""

    school: School
    by: Actor | None
    """The administrator who writes; None for a command of whoever runs the installation."""
    now: datetime
    units: dict[str, Unit] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    waiting: int = 0
    """The number of changes that wait for a second person."""


def organisation_write(*, target: Target, sections: Mapping[str, Section]) -> None:
    """Write the units, places, people, posts, addresses and numbers that are new or differ; nothing is removed."""
    units = target.units = _tree(Unit, target.school, sections["units"].touched(), "kind", lambda row: row["kind"])
    places = sections["places"].touched()
    target.places = _tree(Place, target.school, places, "owner", lambda row: units[identity_of(row["owner"])])
    target.people = people_write(employer=target.school, rows=sections["people"].touched())
    # Posts first: an address of somebody who is to read sealed tickets waits as well.
    target.waiting += _posts_add(target, sections["posts"].new)
    target.waiting += _posts_change(target, sections["posts"])
    target.waiting += _addresses(target, sections["addresses"].new)
    _telephones(target, sections["telephones"].touched())


def _telephones(target: Target, rows: Iterable[Row]) -> None:
    stored = TelephoneNumber.objects.filter(school=target.school)
    known = {(row.unit_id, identity_of(row.name_zh)): row for row in stored}
    before: list[TelephoneNumber] = []
    changed: list[TelephoneNumber] = []
    new: list[TelephoneNumber] = []
    for row in rows:
        unit = target.units[identity_of(row["unit"])] if "unit" in row else None
        number = known.get((unit.id if unit else None, identity_of(row["name"]["zh"])))
        if number is None:
            number = TelephoneNumber(school=target.school, unit=unit)
            new.append(number)
        else:
            before.append(copy(number))
            changed.append(number)
        number.name_zh, number.name_en, number.number = row["name"]["zh"], row["name"]["en"], row["number"]
    TelephoneNumber.objects.bulk_create(new)
    TelephoneNumber.objects.bulk_update(changed, ["name_zh", "name_en", "number"])
    bulk_record(before=[*[None] * len(new), *before], after=[*new, *changed])


def officers_write(*, target: Target, bureau: Bureau, sections: Mapping[str, Section]) -> dict[str, Person]:
    """Write who works at a bureau, and of one above this school only their posts and addresses; return them all.

    Each goes through the guard of every other door. Raises BureauShared.
    """
    given = [sections["bureau_posts"], sections["bureau_addresses"]]
    if target.by is not None or not all(section.is_same for section in given):
        bureau_lock(school_id=target.school.id)
    people = people_write(employer=bureau, rows=sections["bureau_people"].touched())
    there = Target(target.school, target.by, target.now, people=people)
    if sections["bureau_posts"].new:
        post, _is_new = Post.objects.get_or_create(role=Role.BUREAU_OFFICER, bureau=bureau)
        rows = sections["bureau_posts"].new.items()
        appointments = [_appointment(there, post, key[0], row["row"]) for key, row in rows]
        target.waiting += len(appointments_add(by=target.by, appointments=appointments, now=target.now))
    target.waiting += _posts_change(there, sections["bureau_posts"])
    target.waiting += _addresses(there, sections["bureau_addresses"].new)
    return people


def _tree(
    model: type[Node], school: School, rows: Iterable[Row], own_field: str, value_of: Callable[[Row], Any]
) -> dict[str, Node]:
    nodes: dict[str, Node] = {identity_of(node.code): node for node in model.objects.filter(school=school)}
    new: list[Node] = []
    before: list[Node] = []
    changed: list[Node] = []
    for row in rows:
        node = nodes.get(identity_of(row["code"]))
        if node is None:
            node = model(school=school, code=row["code"])
            nodes[identity_of(row["code"])] = node
            new.append(node)
        else:
            before.append(copy(node))
            changed.append(node)
        node.code, node.name_zh, node.name_en = row["code"], row["name"]["zh"], row["name"]["en"]
        node.parent = nodes[identity_of(row["parent"])] if "parent" in row else None
        setattr(node, own_field, value_of(row))
    model.objects.bulk_create(new)
    model.objects.bulk_update(changed, ["code", "name_zh", "name_en", "parent", own_field])
    bulk_record(before=[*[None] * len(new), *before], after=[*new, *changed])
    return nodes


def people_write(*, employer: School | Bureau, rows: Iterable[Row]) -> dict[str, Person]:
    """Write the people who are new or differ; return everybody who works there by staff number."""
    field = "school" if isinstance(employer, School) else "bureau"
    people = {
        identity_of(person.staff_number): person
        for person in Person.objects.filter(**{field: employer}).select_related(field)
    }
    new: list[Person] = []
    before: list[Person] = []
    changed: list[Person] = []
    for row in rows:
        person = people.get(identity_of(row["staff_number"]))
        if person is None:
            person = Person(**{field: employer})
            people[identity_of(row["staff_number"])] = person
            new.append(person)
        else:
            before.append(copy(person))
            changed.append(person)
        person.staff_number, person.name, person.language = row["staff_number"], row["name"], row["language"]
    Person.objects.bulk_create(new)
    Person.objects.bulk_update(changed, ["staff_number", "name", "language"])
    bulk_record(before=[*[None] * len(new), *before], after=[*new, *changed])
    return people


def _posts_add(target: Target, rows: Mapping[Key, Row]) -> int:
    wanted = [(key[0], _seat(target, row["row"]), row["row"]) for key, row in rows.items()]
    posts = posts_ensure(school=target.school, keys={seat for _number, seat, _post in wanted})
    appointments = [_appointment(target, posts[seat], number, post) for number, seat, post in wanted]
    return len(appointments_add(by=target.by, appointments=appointments, now=target.now))


def _appointment(target: Target, post: Post, number: str, row: Row) -> Appointment:
    return Appointment(
        post=post,
        person=target.people[number],
        is_deputy=row.get("deputy", False),
        starts_at=instant_of(row["since"]) or target.now,
        ends_at=instant_of(row["until"]) if "until" in row else None,
    )


def _posts_change(target: Target, posts: Section) -> int:
    """Give posts another end; whatever gives more power over sealed tickets waits for a second person."""
    waiting = 0
    for key in posts.changed:
        post = posts.wanted[key]["row"]
        role, unit_id = _seat(target, post)
        held = Appointment.objects.select_related("post", "person__school", "person__bureau").filter(
            person=target.people[key[0]], post__role=role, post__unit=unit_id, is_deputy=post.get("deputy", False)
        )
        lasting = [row for row in held.order_by("starts_at", "id") if row.ends_at is None or row.ends_at > target.now]
        appointment = lasting[key[-1]]
        appointment.ends_at = instant_of(post["until"]) if "until" in post else None
        waiting += appointment_put(by=target.by, appointment=appointment, now=target.now)
    return waiting


def _addresses(target: Target, rows: Mapping[Key, Row]) -> int:
    channels = [
        ContactChannel(person=target.people[number], kind=ContactChannel.Kind.EMAIL, address=row["row"])
        for (number, _address), row in rows.items()
    ]
    return addresses_enter(by=target.by, channels=channels, now=target.now)


def _seat(target: Target, post: Row) -> tuple[Role, UUID | None]:
    return Role(post["role"]), target.units[identity_of(post["unit"])].id if "unit" in post else None
