"""Laying out the school of `make demo`: a fresh one for each run, with clocks in seconds and always mid-morning."""

import re
import secrets
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from backend.accounts.models import User
from backend.accounts.services import user_create
from backend.calendars.files import calendar_read
from backend.duty.files import bureau_read, school_read
from backend.duty.services import bureau_lay_out, school_lay_out
from backend.organisation.models import Bureau, School
from backend.organisation.selectors import person_at
from backend.organisation.services import calendar_import, person_link_account
from backend.rulebook.files import rulebook_read
from backend.rulebook.services import rulebook_activate, rulebook_load
from tools.demo_school.clocks import acknowledge_seconds, rulebook_in_seconds
from tools.demo_school.rounds import rounds_content, rounds_lay_out

MID_MORNING = 10
HOURS = 24
EASTERNMOST_HOURS = 12


@dataclass(frozen=True, slots=True)
class DemoDayFiles:
    """The checked contents of what a demo day consists of."""

    bureau: Mapping[str, Any]
    school: Mapping[str, Any]
    calendar: Mapping[str, Any]
    rulebook: Mapping[str, Any]


def demo_day_read(*, folder: Path, rulebook: Path) -> DemoDayFiles:
    """Read and check every file before anything is stored; else Organisation- or RulebookFileError."""
    return DemoDayFiles(
        bureau=bureau_read(folder / "bureau.yaml"),
        school=school_read(folder / "school.yaml"),
        calendar=calendar_read(folder / "calendar.yaml"),
        rulebook=rulebook_read(rulebook),
    )


@transaction.atomic
def demo_day_lay_out(*, files: DemoDayFiles, day_seconds: float, now: datetime) -> dict[str, Any]:
    """Lay out the next demo school with its bureau, accounts and rulebook; return what a client needs to know."""
    code = _next_code(files.school["code"])
    zone = zone_of_mid_morning(now)
    bureau_content = content_of_run(files.bureau, code=f"{code}-bureau", mark=code, zone=zone)
    school_content = content_of_run(files.school, code=code, mark=code, zone=zone)
    bureau = bureau_lay_out(content=bureau_content, now=now)
    school = school_lay_out(content=school_content, bureau=bureau, now=now)
    calendar_import(school=school, content=files.calendar)
    rulebook = rulebook_in_seconds(rounds_content(files.rulebook), day_seconds=day_seconds)
    version, _is_new = rulebook_load(content=rulebook, now=now)
    rulebook_activate(school=school, version=version, now=now)
    return {
        "school": code,
        "accounts": [*_accounts_open(school, school_content), *_accounts_open(bureau, bureau_content)],
        "acknowledge_seconds": acknowledge_seconds(rulebook),
        "offices": {row["code"]: _offices_of(row["lead"], school_content) for row in rulebook["categories"]},
        "mail_domain": f"{code}.example",
        "rounds": rounds_lay_out(school=school, version=version, day_seconds=day_seconds, now=now),
    }


def zone_of_mid_morning(now: datetime) -> str:
    """Return a time zone in which it is between ten and eleven in the morning, so that no quiet hours hold."""
    ahead = (MID_MORNING - now.hour + EASTERNMOST_HOURS) % HOURS - EASTERNMOST_HOURS
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def content_of_run(content: Mapping[str, Any], *, code: str, mark: str, zone: str) -> dict[str, Any]:
    """Return the file's content for one run: its code, its time zone, user names and addresses nobody else has."""
    run = {**deepcopy(dict(content)), "code": code, "time_zone": zone}
    for person in run["people"]:
        person["email"] = f"{person['email'].partition('@')[0]}@{mark}.example"
        if "account" in person:
            person["account"]["username"] = f"{mark}.{person['account']['username']}"
    return run


def _offices_of(lead: str, content: Mapping[str, Any]) -> list[str]:
    """Return the units a lead can mean: the one with its code, else every grade group."""
    codes = [row["code"] for row in content["units"]]
    return [lead] if lead in codes else [row["code"] for row in content["units"] if row["kind"] == "grade"]


def _next_code(prefix: str) -> str:
    taken = School.objects.filter(code__startswith=f"{prefix}-").values_list("code", flat=True)
    numbers = [int(code.rpartition("-")[2]) for code in taken if re.fullmatch(rf"{prefix}-\d+", code)]
    return f"{prefix}-{max(numbers, default=0) + 1}"


def _accounts_open(employer: School | Bureau, content: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for row in content["people"]:
        if "account" in row:
            account, password = row["account"], secrets.token_urlsafe(16)
            language = account.get("language", User.Language.CHINESE)
            user = user_create(username=account["username"], password=password, language=language)
            person = person_at(employer=employer, staff_number=row["staff_number"])
            person_link_account(person=person, user=user)
            part = account["username"].removeprefix(f"{content['code'].removesuffix('-bureau')}.")
            yield {"part": part, "username": user.username, "password": password, "person": str(person.id)}
