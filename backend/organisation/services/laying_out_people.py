"""Laying out the people of a checked file with their posts, in a few statements for any number of people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.common.identities import identity_of
from backend.common.mail_addresses import mail_address_of
from backend.organisation.models import Appointment, Bureau, ContactChannel, Person, Post, School, Unit
from backend.organisation.roles import Role

Row = Mapping[str, Any]
PostKey = tuple[str, UUID | None]


def people_import(*, employer: School | Bureau, units: Mapping[str, Unit], content: Row, now: datetime) -> None:
    """Register everybody of the file and appoint them; what is there already, or was ended since, stays as it is."""
    rows = content["people"]
    people = _people(employer, rows)
    _vouch_for_addresses(people, rows, now)
    _appoint(employer, people, units, rows, since=_midnight(content["since"], ZoneInfo(content["time_zone"])))


def _vouch_for_addresses(people: Mapping[str, Person], rows: Sequence[Row], now: datetime) -> None:
    channels = [
        ContactChannel(person=people[_key(row)], address=mail_address_of(row["email"]), verified_at=now) for row in rows
    ]
    ContactChannel.objects.bulk_create(channels, ignore_conflicts=True)


def _people(employer: School | Bureau, rows: Sequence[Row]) -> dict[str, Person]:
    people = {identity_of(person.staff_number): person for person in employer.people.all()}
    renamed = [row for row in rows if _key(row) in people and people[_key(row)].name != row["name"]]
    for row in renamed:
        people[_key(row)].name = row["name"]
    Person.objects.bulk_update([people[_key(row)] for row in renamed], ["name"])
    new = [
        Person(**_employed(employer), staff_number=row["staff_number"], name=row["name"])
        for row in rows
        if _key(row) not in people
    ]
    Person.objects.bulk_create(new)
    return people | {identity_of(person.staff_number): person for person in new}


def _appoint(
    employer: School | Bureau,
    people: Mapping[str, Person],
    units: Mapping[str, Unit],
    rows: Sequence[Row],
    *,
    since: datetime,
) -> None:
    wanted = [(people[_key(row)], key, is_deputy) for row in rows for key, is_deputy in _seats(row, units)]
    new = [Post(**_employed(employer), role=role, unit_id=unit_id) for role, unit_id in {key for _, key, _ in wanted}]
    Post.objects.bulk_create(new, ignore_conflicts=True)
    posts: dict[PostKey, Post] = {(post.role, post.unit_id): post for post in employer.posts.all()}
    Appointment.objects.bulk_create(
        [
            Appointment(post=posts[key], person=person, is_deputy=is_deputy, starts_at=since)
            for person, key, is_deputy in wanted
        ],
        ignore_conflicts=True,
    )


def _key(row: Row) -> str:
    return identity_of(row["staff_number"])


def _seats(row: Row, units: Mapping[str, Unit]) -> Iterator[tuple[PostKey, bool]]:
    if "unit" in row:
        yield (Role.REPORTER.value, units[row["unit"]].id), False
    for post in row.get("posts", ()):
        unit_id = units[post["unit"]].id if "unit" in post else None
        yield (post["role"], unit_id), post.get("deputy", False)


def _employed(employer: School | Bureau) -> dict[str, Any]:
    return {"school": employer} if isinstance(employer, School) else {"bureau": employer}


def _midnight(day: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=zone)
