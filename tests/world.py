"""The cast of the tests: two small schools under one bureau, and the people in them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from auditlog.context import disable_auditlog
from django.contrib.auth.hashers import make_password
from rest_framework.response import Response
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.accounts.services import token_issue
from backend.common.clock import database_now
from backend.duty.selectors import actor_get
from backend.organisation.actors import Actor
from backend.organisation.models import (
    Appointment,
    Bureau,
    ContactChannel,
    Person,
    Place,
    Post,
    School,
    Unit,
)
from backend.organisation.roles import UNIT_ROLES, Role
from backend.rulebook.files import rulebook_read
from backend.rulebook.services import rulebook_activate, rulebook_load
from backend.workflow.models import Ticket

RULEBOOK = Path(__file__).parents[1] / "rulebooks" / "cn-school.yaml"
PASSWORD = "a-long-password-of-the-tests"
OFFICES = (
    ("safety-office", "安全办公室", "Safety office"),
    ("security", "保卫处", "Security office"),
    ("facilities", "总务处", "Facilities office"),
    ("student-affairs", "德育处", "Student affairs office"),
    ("health-room", "校医室", "Health room"),
    ("student-protection", "学生保护办公室", "Student protection office"),
)


@cache
def rulebook_content() -> dict[str, Any]:
    """Read the rulebook once, since reading and checking forty categories takes a tenth of a second."""
    return rulebook_read(RULEBOOK)


@cache
def password_hash() -> str:
    """Hash the one password of the cast once, since a good hash is slow."""
    return make_password(PASSWORD)


class Client:
    """The API as one signed-in person uses it; every POST carries a fresh idempotency key unless one is given."""

    def __init__(self, token: str | None, language: str = "en") -> None:
        self.http = APIClient()
        self.token = token
        # One id for all, so that answers that are to look the same can be compared whole.
        headers = {"HTTP_ACCEPT_LANGUAGE": language, "HTTP_X_REQUEST_ID": "of-the-tests"}
        if token:
            headers["HTTP_AUTHORIZATION"] = f"Token {token}"
        self.http.credentials(**headers)

    def get(self, path: str, **query: str) -> Response:
        """Read a resource below /api/v1/."""
        return self.http.get(f"/api/v1/{path}", query)

    def post(
        self, path: str, body: object = None, *, key: str | None = None, match: int | str | None = None
    ) -> Response:
        """Send a JSON body; `match` is a version number or a whole If-Match header."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        if match is not None:
            headers["If-Match"] = f'"v{match}"' if isinstance(match, int) else match
        return self.http.post(f"/api/v1/{path}", {} if body is None else body, format="json", headers=headers)

    def act(self, ticket_id: object, action: str, *, match: int | None = None, **body: object) -> Response:
        """Take an action on a ticket; without `match` on its present version, which is not asked for over HTTP.

        Whoever resolves says how the danger was dealt with, as the form asks of a hazard.
        """
        if action in {"resolve", "fix-at-once"}:
            body = {"control": "engineered", **body}
        if match is None and action not in {"acknowledge", "comment"}:
            match = Ticket.objects.filter(id=str(ticket_id)).values_list("version", flat=True).first() or 1
        return self.post(f"tickets/{ticket_id}/actions/{action}", body, match=match)


def version_of(answer: Response) -> int:
    """Return the version that the tag of an answer names."""
    return int(re.fullmatch(r'"v(\d+)\.[0-9a-f]{16}"', answer.headers["ETag"])[1])  # type: ignore[index]


@dataclass(frozen=True)
class Member:
    """One of the cast: an account, a person and an API client of their own."""

    user: User
    person: Person
    client: Client
    password: str = PASSWORD

    @property
    def actor(self) -> Actor:
        """The person as services and selectors know them, with the posts held now."""
        actor = actor_get(user_id=self.user.pk)
        if actor is None:
            raise AssertionError("every member of the cast is staff")
        return actor


@dataclass
class Site:
    """One school with its units and places by code."""

    school: School
    units: dict[str, Unit] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


@dataclass
class World:
    """Alice reports; Bob heads security, Carol facilities; Dan is principal; Erin protects; Mallory is elsewhere."""

    now: datetime
    bureau: Bureau
    home: Site
    elsewhere: Site
    members: dict[str, Member] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Member:
        try:
            return self.members[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def school(self) -> School:
        """The cast's own school."""
        return self.home.school

    def report_body(self, **changes: object) -> dict[str, object]:
        """Return a good report of a blocked escape route, with changes."""
        return {
            "category": "F02",
            "place": str(self.home.places["stairwell"].id),
            "occurred_at": (self.now - timedelta(minutes=1)).isoformat(),
            "description": "二楼安全出口被课桌堵住了。",
            **changes,
        }


def _site(bureau: Bureau, code: str, name_zh: str, name_en: str) -> Site:
    school = School.objects.create(bureau=bureau, code=code, name_zh=name_zh, name_en=name_en)
    site = Site(school)
    for office, office_zh, office_en in OFFICES:
        site.units[office] = Unit.objects.create(
            school=school, kind=Unit.Kind.OFFICE, code=office, name_zh=office_zh, name_en=office_en
        )
    school.intake_unit = site.units["safety-office"]
    school.protection_unit = site.units["student-protection"]
    school.save()
    building = Place.objects.create(
        school=school,
        owner=site.units["facilities"],
        code="teaching-building",
        name_zh="教学楼",
        name_en="Teaching building",
    )
    stairwell = Place.objects.create(
        school=school,
        parent=building,
        owner=site.units["facilities"],
        code="stairwell",
        name_zh="二楼楼梯间",
        name_en="Stairwell, second floor",
    )
    site.places = {"teaching-building": building, "stairwell": stairwell}
    return site


def appoint(person: Person, role: Role, unit: Unit | None, since: datetime, *, is_deputy: bool = False) -> Appointment:
    """Put a person on a post of their school or bureau, creating the post where there is none."""
    post, _created = Post.objects.get_or_create(
        role=role, school=person.school, bureau=person.bureau, unit=unit if role in UNIT_ROLES else None
    )
    return Appointment.objects.create(post=post, person=person, is_deputy=is_deputy, starts_at=since)


def member_add(
    world: World,
    name: str,
    posts: Iterable[tuple[Role, str | None, bool]],
    *,
    site: Site | None = None,
    reachable: bool = True,
) -> Member:
    """Add one of the cast; posts are (role, unit code, is deputy); `site` None puts them at the bureau."""
    since = world.now - timedelta(days=1)
    user = User.objects.create(username=name, password=password_hash(), language="en")
    school, bureau = (site.school, None) if site else (None, world.bureau)
    person = Person.objects.create(user=user, school=school, bureau=bureau, name=name.title(), staff_number=name)
    if reachable:
        ContactChannel.objects.create(person=person, address=f"{name}@school.example", verified_at=since)
    for role, unit, is_deputy in posts:
        appoint(person, role, site.units[unit] if site and unit else None, since, is_deputy=is_deputy)
    member = Member(user, person, Client(token_issue(user=user, now=world.now).token))
    world.members[name] = member
    return member


def build_world() -> World:
    """Build both schools with their rulebook and the whole cast, without a record of every row."""
    with disable_auditlog():
        return _build_world()


def _build_world() -> World:
    now = database_now()
    bureau = Bureau.objects.create(code="bureau", name_zh="区教育局", name_en="District education bureau")
    home = _site(bureau, "home", "清河学校", "Qinghe School")
    elsewhere = _site(bureau, "elsewhere", "南山学校", "Nanshan School")
    version, _created = rulebook_load(content=rulebook_content(), now=now)
    for site in (home, elsewhere):
        rulebook_activate(school=site.school, version=version, now=now)
    world = World(now, bureau, home, elsewhere)
    member_add(world, "alice", [(Role.REPORTER, "student-affairs", False)], site=home)
    member_add(world, "bob", [(Role.OFFICE_HEAD, "security", False)], site=home)
    member_add(world, "ben", [(Role.HANDLER, "security", False), (Role.OFFICE_HEAD, "security", True)], site=home)
    member_add(world, "carol", [(Role.OFFICE_HEAD, "facilities", False)], site=home)
    member_add(world, "dan", [(Role.PRINCIPAL, None, False)], site=home)
    member_add(world, "vera", [(Role.VICE_PRINCIPAL, None, False)], site=home)
    member_add(world, "erin", [(Role.PROTECTION_LEAD, None, False)], site=home)
    coordinator: list[tuple[Role, str | None, bool]] = [
        (Role.COORDINATOR, None, False),
        (Role.OFFICE_HEAD, "safety-office", False),
    ]
    member_add(world, "cleo", coordinator, site=home)
    member_add(world, "olga", [(Role.BUREAU_OFFICER, None, False)])
    mallory: list[tuple[Role, str | None, bool]] = [
        (Role.PRINCIPAL, None, False),
        (Role.COORDINATOR, None, False),
        (Role.PROTECTION_LEAD, None, False),
        (Role.OFFICE_HEAD, "security", False),
    ]
    member_add(world, "mallory", mallory, site=elsewhere)
    return world
