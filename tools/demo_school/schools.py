"""Laying out the demo: two schools under a bureau, their rulebook, and accounts for one person per role."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from backend.accounts.models import User
from backend.accounts.services import user_change_password, user_create
from backend.calendars.files import calendar_read
from backend.duty.files import bureau_read, school_read
from backend.duty.services import bureau_lay_out, school_lay_out
from backend.organisation.models import Bureau, Person, School, TelephoneNumber
from backend.organisation.roles import Role
from backend.organisation.selectors import person_at
from backend.organisation.services import calendar_import, person_link_account
from backend.rulebook.files import rulebook_read
from backend.rulebook.models import RulebookVersion, SchoolRulebook
from backend.rulebook.services import rulebook_activate, rulebook_load
from tools.demo_school.credentials import Login

SCHOOLS = ("qinghe", "nanshan")
"""The schools' files; whoever stands first in them is the one shown for a role."""
TELEPHONES = (("校门值班室", "Gate", "010-5550 1200"), ("医务室", "Sick bay", "010-5550 1201"))
"""Numbers that colleagues ring, in Chinese and English; nobody answers them."""
UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789"
LETTERS_OF_A_PASSWORD = 16


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """The checked contents of everything the demo consists of."""

    bureau: Mapping[str, Any]
    schools: Sequence[Mapping[str, Any]]
    calendar: Mapping[str, Any]
    rulebook: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A person who shall be able to sign in, and what the file says about it."""

    person: Person
    username: str
    language: str
    role: str


def demo_read(*, folder: Path, rulebook: Path) -> DemoFiles:
    """Read and check every file before anything is stored; else Organisation- or RulebookFileError."""
    return DemoFiles(
        bureau=bureau_read(folder / "bureau.yaml"),
        schools=[school_read(folder / f"{code}.yaml") for code in SCHOOLS],
        calendar=calendar_read(folder / "calendar.yaml"),
        rulebook=rulebook_read(rulebook),
    )


@transaction.atomic
def demo_lay_out(*, files: DemoFiles, passwords: Mapping[str, str], now: datetime) -> list[Login]:
    """Import the files, take the rulebook into use, and open accounts with the passwords known, else with new ones.

    A second time nothing changes; a rulebook the school chose since, and a calendar it keeps, stay in use.
    """
    bureau = bureau_lay_out(content=files.bureau, now=now)
    version, is_new = rulebook_load(content=files.rulebook, now=now)
    accounts: list[DemoAccount] = []
    for content in files.schools:
        school = school_lay_out(content=content, bureau=bureau, now=now)
        # Long in use: nobody hears that they hold the posts they have always held.
        if School.objects.filter(id=school.id, live_at=None).update(live_at=now):
            _give_telephones(school)
        if getattr(school, "calendar", None) is None:
            calendar_import(school=school, content=files.calendar)
        if _takes_rules(school, version, is_new=is_new):
            rulebook_activate(school=school, version=version, now=now)
        accounts += _accounts_of(school, content)
    return _logins([*accounts, *_accounts_of(bureau, files.bureau)], passwords)


def _give_telephones(school: School) -> None:
    TelephoneNumber.objects.bulk_create(
        TelephoneNumber(school=school, name_zh=chinese, name_en=english, number=number)
        for chinese, english, number in TELEPHONES
    )


def _takes_rules(school: School, version: RulebookVersion, *, is_new: bool) -> bool:
    """Say whether a school takes the file's rules: it has none, or those of an earlier file; its own it keeps."""
    name = SchoolRulebook.objects.filter(school=school).values_list("version__name", flat=True).first()
    return name is None or (is_new and name == version.name)


def _accounts_of(employer: School | Bureau, content: Mapping[str, Any]) -> Iterator[DemoAccount]:
    for row in content["people"]:
        if "account" in row:
            yield DemoAccount(
                person=person_at(employer=employer, staff_number=row["staff_number"]),
                username=row["account"]["username"],
                language=row["account"].get("language", User.Language.CHINESE),
                role=next((post["role"] for post in row.get("posts", ())), Role.REPORTER),
            )


def _logins(accounts: Sequence[DemoAccount], passwords: Mapping[str, str]) -> list[Login]:
    valid = _belong_here(accounts, passwords)
    logins = []
    for account in accounts:
        password = passwords.get(account.username) or _new_password()
        user = account.person.user
        if user is None:
            user = user_create(username=account.username, password=password, language=account.language)
            person_link_account(person=account.person, user=user)
        elif not valid or account.username not in passwords:
            user_change_password(user=user, password=password)
        logins.append(Login(user.username, password, account.role, account.person.name))
    return logins


def _belong_here(accounts: Sequence[DemoAccount], passwords: Mapping[str, str]) -> bool:
    # One account stands for all: checking every slow hash would cost seconds at each start.
    for account in accounts:
        if account.person.user and account.username in passwords:
            return account.person.user.check_password(passwords[account.username])
    return False


def _new_password() -> str:
    return "".join(secrets.choice(UNMISTAKABLE) for _ in range(LETTERS_OF_A_PASSWORD))
