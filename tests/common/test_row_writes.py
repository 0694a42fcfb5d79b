"""Rows written by statements that are composed once stand in the database exactly as they were in memory."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.common.models import IdempotencyRecord, OutboxMessage
from backend.common.sql.statements import RowInsert, RowUpdate, write

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)


def message(number: int) -> OutboxMessage:
    return OutboxMessage(
        id=number,
        topic="probe",
        dedup_key=f"probe:{number}",
        payload={"word": "安全", "at": AT},
        created_at=AT,
        next_attempt_at=AT,
    )


def test_rows_of_several_models_are_stored_by_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    record = IdempotencyRecord(id=7, scope="user:1", key="key", request_hash="00", status=201, created_at=AT)
    with django_assert_num_queries(1):
        write(RowInsert(OutboxMessage).of(message(1)), RowInsert(IdempotencyRecord).of(record))
    assert OutboxMessage.objects.get(id=1).payload["word"] == "安全"
    assert OutboxMessage.objects.get(id=1).created_at == AT
    found = IdempotencyRecord.objects.get(id=7)
    assert (found.scope, found.status, found.headers) == ("user:1", 201, {})
    record.status = 200
    record.save()  # it knows that it is stored: this changes it and adds none
    assert IdempotencyRecord.objects.get().status == 200


def test_rows_change_in_the_named_fields_alone_and_to_the_microsecond(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = [message(1), message(2), message(3)]
    OutboxMessage.objects.bulk_create(rows)
    later = AT + timedelta(microseconds=1)
    rows[0].held_until, rows[1].next_attempt_at, rows[1].attempts = later, later, 3
    rows[1].topic = "other"
    with django_assert_num_queries(1):
        RowUpdate(OutboxMessage, "held_until", "next_attempt_at").update(rows[:2])
    values = OutboxMessage.objects.order_by("id").values_list("held_until", "next_attempt_at", "attempts", "topic")
    assert list(values) == [(later, AT, 0, "probe"), (None, later, 0, "probe"), (None, AT, 0, "probe")]


def test_one_row_alone_changes_as_several_do() -> None:
    row = message(1)
    row.save()
    row.held_until, row.attempts, row.last_error = AT + timedelta(microseconds=1), 3, 'it said {"no", \\n}'
    RowUpdate(OutboxMessage, "held_until", "attempts", "last_error", "failed_at").update([row])
    stored = OutboxMessage.objects.get()
    assert (stored.held_until, stored.attempts, stored.last_error) == (row.held_until, 3, row.last_error)
    assert stored.failed_at is None


def test_no_row_changes_nothing() -> None:
    RowUpdate(OutboxMessage, "attempts").update([])
