"""The parts of a configuration file that a school has settled: who answers for what, and the rules it set itself."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from backend.common.identities import identity_of
from backend.duty.models import ContactRule
from backend.gate.models import GateRule
from backend.organisation.models import School
from backend.outside.models import OutsideNumber
from backend.responsibility.models import Dated, OfficeSlot, Share
from backend.responsibility.selectors.shares import today_at
from backend.responsibility.services.from_files import rows_put
from backend.setup.configuration.comparing import Row, Section
from backend.setup.configuration.writing import Target

ONE_DAY = timedelta(days=1)


def standing_of(*, school: School, code_of: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    """Return these parts of a school's file; what it has none of is not in it."""
    shares = _lasting(Share.objects.filter(school=school), school, now).order_by("place__code", "topic", "from_day")
    slots = _lasting(OfficeSlot.objects.filter(school=school), school, now)
    parts = {
        "shares": [
            {"place": code_of[row.place_id], **({"topic": row.topic} if row.topic else {}), **_dated(row)}
            for row in shares
        ],
        "office_slots": [
            {"unit": code_of[row.unit_id], "slot": row.slot, **_dated(row)}
            for row in slots.order_by("unit__code", "slot", "from_day", "person__staff_number")
        ],
        "contact_rules": [
            {"kind": row.kind, "before": row.before, "within": row.within}
            for row in ContactRule.objects.filter(school=school).order_by("kind")
        ],
        "outside_numbers": [
            {"recipient": row.recipient, "phone": row.phone}
            for row in OutsideNumber.objects.filter(school=school).exclude(phone="").order_by("recipient")
        ],
    }
    gate = GateRule.objects.filter(school=school).values("stay_minutes").first()
    return {name: rows for name, rows in parts.items() if rows} | ({"gate": gate} if gate else {})


def standing_write(*, target: Target, sections: Mapping[str, Section]) -> None:
    """Write what is new or differs; nothing is taken away."""
    today = today_at(school=target.school, now=target.now)
    _share_rows(target, sections["shares"], Share, lambda row: _of_place(target, row), today)
    _share_rows(target, sections["office_slots"], OfficeSlot, lambda row: _of_unit(target, row), today)
    _contact_rules(target, sections["contact_rules"].touched())
    _outside_numbers(target, sections["outside_numbers"].touched())
    for row in sections["gate"].touched():
        values = {"stay_minutes": row["stay_minutes"], "set_by_id": _author(target), "set_at": target.now}
        GateRule.objects.update_or_create(school=target.school, defaults=values)


def _lasting(rows: QuerySet[Any], school: School, now: datetime) -> QuerySet[Any]:
    """Return what holds today or later; whoever was named of another school is not told."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gt=today_at(school=school, now=now)) & Q(ends_on__gt=F("from_day"))
    return rows.filter(still, person__school=school).select_related("person")


def _dated(row: Dated) -> dict[str, str]:
    until = {"until": row.until_day.isoformat()} if row.until_day else {}
    return {"staff_number": row.person.staff_number, "from": row.from_day.isoformat(), **until}


def _share_rows(
    target: Target,
    section: Section,
    model: type[Share] | type[OfficeSlot],
    matter: Callable[[Row], dict[str, Any]],
    today: date,
) -> None:
    """Write the rows of one sort; one that is there keeps who it names and since when."""
    if section.is_same:
        return
    rows = [section.wanted[key]["row"] for key in (*section.new, *section.changed)]
    stored = {
        (row.person_id, row.from_day, *(getattr(row, name) for name in _MATTER[model])): row
        for row in model.objects.filter(school=target.school).exclude(ends_on=F("from_day"))
    }
    put = []
    for given in rows:
        found, person = matter(given), target.people[identity_of(given["staff_number"])]
        since = date.fromisoformat(given["from"])
        row = stored.get((person.id, since, *found.values())) or model(
            school=target.school, person=person, from_day=since, by_id=_author(target), at=target.now, **found
        )
        row.ends_on = date.fromisoformat(given["until"]) + ONE_DAY if "until" in given else None
        put.append(row)
    rows_put(school=target.school, rows=put, today=today)


_MATTER: Mapping[type[Share] | type[OfficeSlot], tuple[str, str]] = {
    Share: ("place_id", "topic"),
    OfficeSlot: ("unit_id", "slot"),
}


def _of_place(target: Target, row: Row) -> dict[str, Any]:
    return {"place_id": target.places[identity_of(row["place"])].id, "topic": row.get("topic", "")}


def _of_unit(target: Target, row: Row) -> dict[str, Any]:
    return {"unit_id": target.units[identity_of(row["unit"])].id, "slot": row["slot"]}


def _contact_rules(target: Target, rows: Iterable[Row]) -> None:
    ContactRule.objects.bulk_create(
        [ContactRule(school=target.school, **row, set_by_id=_author(target), set_at=target.now) for row in rows],
        update_conflicts=True,
        unique_fields=["school", "kind"],
        update_fields=["before", "within", "set_by", "set_at"],
    )


def _outside_numbers(target: Target, rows: Iterable[Row]) -> None:
    OutsideNumber.objects.bulk_create(
        [OutsideNumber(school=target.school, **row, by_id=_author(target), at=target.now) for row in rows],
        update_conflicts=True,
        unique_fields=["school", "recipient"],
        update_fields=["phone", "by", "at"],
    )


def _author(target: Target) -> UUID | None:
    """Return who writes; nobody where whoever runs the installation does."""
    return target.by.person_id if target.by else None
