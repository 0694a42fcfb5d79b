"""The registry of what is kept: every column stands in it once, and none that does not exist."""

from collections import Counter
from datetime import UTC, datetime

from django.apps import apps
from django.db import models
from django.test import Client

from backend.common.clock import database_now
from backend.retention.models import Forgotten, What
from backend.retention.periods import NEWS, PATROLS, PERIODS
from backend.retention.registry import STORES, TABLES, columns_by_period
from backend.retention.row_rules import ROW_RULES
from tests.world import World

GO_WITH_ANOTHER = {"notifications_delivery"}
"""Tables that the rule of another one empties: deliveries go with their notices."""
KEYED = (models.ForeignKey, models.AutoField, models.UUIDField, models.BooleanField, models.DateField)
COUNTED = (models.IntegerField, models.DurationField, models.TimeField, models.FloatField, models.DecimalField)


def written() -> dict[str, set[str]]:
    """Return by table the columns that can hold words, lists or bytes: neither references, numbers nor instants."""
    return {
        model._meta.db_table: columns
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        and (
            columns := {
                field.column
                for field in model._meta.local_fields
                if not isinstance(field, (*KEYED, *COUNTED)) and field.column and not field.choices
            }
        )
    }


def test_every_column_that_can_hold_words_is_named_with_its_period() -> None:
    real = {(table, column) for table, columns in written().items() for column in columns}
    named = {(table, column) for table, kept in TABLES.items() for column in kept.columns}
    assert real - named == set(), "name the column in backend/retention/registry.py, with what it holds"
    assert named - real == set(), "there is no such column any more"


def test_a_column_stands_once_and_every_period_is_told() -> None:
    twice = {
        table: [name for name, count in Counter(kept.columns).items() if count > 1] for table, kept in TABLES.items()
    }
    assert not any(twice.values())
    assert all(column in kept.columns for kept in TABLES.values() for column in kept.apart or {})
    told = columns_by_period()
    assert {*told, *STORES.values()} == set(PERIODS), "a period of nothing, or one that the page does not show"


def test_whatever_goes_by_its_own_age_is_emptied_by_a_rule() -> None:
    by_age = {table for period in (PATROLS, NEWS) for table, _column in columns_by_period()[period]}
    assert by_age - ROW_RULES.keys() == GO_WITH_ANOTHER


def test_everybody_reads_how_long_it_is_kept_and_whoever_reads_the_record_where_it_lies(world: World) -> None:
    pages = {}
    for who in ("alice", "dan"):
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(world.members[who].user)
        pages[who] = client.get("/help/kept").content.decode()
    assert all("Visitors at the gate" in page and "Ninety days" in page for page in pages.values())
    assert all("30 days after the ticket closes" in page for page in pages.values())
    Forgotten.objects.create(school=world.home.school, what=What.CALLERS, count=4, at=database_now())
    Forgotten.objects.create(school=world.home.school, what=What.OPENINGS, count=9, at=database_now())
    for who, counts in (("alice", [4]), ("dan", [4]), ("erin", [4, 9]), ("mallory", [])):
        kept = world.members[who].client.get("kept").data
        assert [line["count"] for line in kept["forgotten"]] == counts
        assert kept["periods"][0]["lasts"].startswith("3 years after they close")
    assert {who: "gate_gateentry.visitor" in page for who, page in pages.items()} == {"alice": False, "dan": True}


def test_the_account_counts_by_the_days_of_the_readers_school(world: World) -> None:
    """The API told it by the days of the installation's own zone, and the page by those of the school."""
    world.home.school.time_zone = "Europe/London"
    world.home.school.save()
    Forgotten.objects.create(
        school=world.home.school, what=What.CALLERS, count=4, at=datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    )
    (line,) = world.dan.client.get("kept").data["forgotten"]
    assert line["day"] == "2026-03-01"
