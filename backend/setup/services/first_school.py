"""A school and its first administrator, from what a set-up link brought in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.text import slugify

from backend.accounts.models import User
from backend.accounts.services import user_create
from backend.organisation.models import Bureau, ContactChannel, Person, Place, School, Unit
from backend.organisation.roles import Role
from backend.organisation.services import person_link_account, post_fill
from backend.setup.countries import country_in
from backend.setup.emergency_numbers import NUMBERS
from backend.setup.selectors.links import setup_link_get

INTAKE = ("safety-office", "安全办公室", "Safety office")
PROTECTION = ("student-protection", "学生保护办公室", "Student protection office")
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """The person who sets the school up, with an address, and the account to sign in with."""

    name: str
    staff_number: str
    address: str
    username: str
    password: str


@transaction.atomic
def school_set_up(*, digest: str, administrator: FirstAdministrator, now: datetime) -> User:
    """Store the school of a link with its first administrator, end the link, and return the account.

    Raises LinkDead, UsernameTaken or PasswordWeak. The address counts once its owner has typed the code sent to it.
    """
    link = setup_link_get(digest=digest, now=now, lock=True)
    reads = User.Language.CHINESE if (translation.get_language() or "").startswith("zh") else User.Language.ENGLISH
    school = _school_add(link.draft, link.bureau)
    user = user_create(
        username=administrator.username,
        password=administrator.password,
        language=reads,
        about=[administrator.name, administrator.staff_number, administrator.address, school.name_zh, school.name_en],
    )
    person = Person.objects.create(
        school=school, name=administrator.name, staff_number=administrator.staff_number, language=reads
    )
    person_link_account(person=person, user=user)
    ContactChannel.objects.create(person=person, address=administrator.address)
    post_fill(person=person, role=Role.ADMINISTRATOR, starts_at=now)
    link.ended_at, link.draft = now, {}
    link.save(update_fields=["ended_at", "draft"])
    return user


def _school_add(draft: Mapping[str, str], under: Bureau | None) -> School:
    """Store the school with the two offices it cannot do without: for intake, and for student protection."""
    names = {"name_zh": draft["name_zh"] or draft["name_en"], "name_en": draft["name_en"] or draft["name_zh"]}
    above = dict.fromkeys(names, draft["bureau"]) if draft["bureau"] else names
    police, fire, ambulance = NUMBERS[country_in(draft["time_zone"])]
    school = School.objects.create(
        bureau=under or Bureau.objects.create(code=_free_code(Bureau, above["name_en"], "bureau"), **above),
        code=_free_code(School, names["name_en"], "school"),
        kind=draft["kind"],
        time_zone=draft["time_zone"],
        emergency_police=police,
        emergency_fire=fire,
        emergency_ambulance=ambulance,
        **names,
    )
    school.intake_unit, school.protection_unit = (_office(school, *words) for words in (INTAKE, PROTECTION))
    school.save(update_fields=["intake_unit", "protection_unit"])
    Place.objects.bulk_create(_campuses(school, draft["campuses"]))
    return school


def _office(school: School, code: str, name_zh: str, name_en: str) -> Unit:
    return Unit.objects.create(school=school, kind=Unit.Kind.OFFICE, code=code, name_zh=name_zh, name_en=name_en)


def _campuses(school: School, text: str) -> list[Place]:
    names = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
    return [
        Place(school=school, owner=school.intake_unit, code=f"campus-{number}", name_zh=name, name_en=name)
        for number, name in enumerate(names, start=1)
    ]


def _free_code(model: type[School] | type[Bureau], name: str, otherwise: str) -> str:
    wanted = slugify(name)[: LONGEST_CODE - 4].strip("-") or otherwise
    taken = {code.lower() for code in model.objects.filter(code__istartswith=wanted).values_list("code", flat=True)}
    return next(code for code in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if code not in taken)
