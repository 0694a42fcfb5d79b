"""Laying out a bureau or a school from a checked file, with rosters and absences; a second time only what differs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.duty.services.laying_out_absences import absences_import
from backend.duty.services.laying_out_rosters import rosters_import
from backend.organisation.models import Bureau, School
from backend.organisation.services.laying_out import bureau_import, school_import

Row = Mapping[str, Any]


@transaction.atomic
def bureau_lay_out(*, content: Row, now: datetime) -> Bureau:
    """Lay out a bureau, its people and rosters from a checked file; nobody who is missing in the file is removed."""
    bureau = bureau_import(content=content, now=now)
    _duty_lay_out(bureau, content)
    return bureau


@transaction.atomic
def school_lay_out(*, content: Row, bureau: Bureau, now: datetime) -> School:
    """Lay out a school from a checked file; units, places, people and shifts missing in the file are not removed."""
    school = school_import(content=content, bureau=bureau, now=now)
    _duty_lay_out(school, content)
    return school


def _duty_lay_out(employer: School | Bureau, content: Row) -> None:
    zone = ZoneInfo(content["time_zone"])
    absences_import(employer=employer, people=content["people"], zone=zone)
    rosters_import(employer=employer, rosters=content.get("rosters", ()), zone=zone)
