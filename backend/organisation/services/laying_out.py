"""Laying out a bureau or a school from a checked file; a second time only what differs changes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from backend.calendars.models import Calendar
from backend.common.identities import identity_of
from backend.organisation.models import Bureau, Place, School, Unit
from backend.organisation.services.laying_out_people import people_import

Row = Mapping[str, Any]
Node = TypeVar("Node", Unit, Place)


@transaction.atomic
def bureau_import(*, content: Row, now: datetime) -> Bureau:
    """Lay out a bureau and its people from a checked file; nobody who is missing in the file is removed."""
    bureau, _created = Bureau.objects.update_or_create(code=content["code"], defaults=_names(content))
    people_import(employer=bureau, units={}, content=content, now=now)
    return bureau


@transaction.atomic
def school_import(*, content: Row, bureau: Bureau, now: datetime) -> School:
    """Lay out a school from a checked file; units, places and people missing in the file are not removed."""
    moved = Calendar.objects.filter(school__code=content["code"]).exclude(school__time_zone=content["time_zone"])
    moved.update(version=F("version") + 1)
    school, _created = School.objects.update_or_create(
        code=content["code"], defaults={**_names(content), "bureau": bureau, "time_zone": content["time_zone"]}
    )
    units = _tree_import(Unit, school, content["units"], "kind", lambda row: row["kind"])
    _tree_import(Place, school, content["places"], "owner_id", lambda row: units[row["owner"]].id)
    school.intake_unit = units[content["intake_unit"]]
    school.protection_unit = units[content["protection_unit"]]
    school.save(update_fields=["intake_unit", "protection_unit"])
    people_import(employer=school, units=units, content=content, now=now)
    return school


def _tree_import(
    model: type[Node], school: School, rows: Sequence[Row], own_field: str, value_of: Callable[[Row], object]
) -> dict[str, Node]:
    """Store a tree whose parents stand before their children, in three statements for any size."""
    nodes: dict[str, Node] = {identity_of(node.code): node for node in model.objects.filter(school=school)}
    new: list[Node] = []
    changed: list[Node] = []
    for row in rows:
        parent_id = nodes[row["parent"]].id if "parent" in row else None
        values = {**_names(row), own_field: value_of(row), "parent_id": parent_id}
        node = nodes.get(row["code"])
        if node is None:
            nodes[row["code"]] = model(school=school, code=row["code"], **values)
            new.append(nodes[row["code"]])
        elif any(getattr(node, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(node, name, value)
            changed.append(node)
    model.objects.bulk_create(new)
    model.objects.bulk_update(changed, ["name_zh", "name_en", "parent_id", own_field])
    return nodes


def _names(content: Row) -> dict[str, Any]:
    return {"name_zh": content["name"]["zh"], "name_en": content["name"]["en"]}
