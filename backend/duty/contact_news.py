"""News of contact tests: somebody is asked, has not answered in time, and those who keep the roster hear of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.duty.models import ContactTest
from backend.duty.selectors.contact import contacts_open
from backend.duty.shift_words import shift_words
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role, with_those_above

TOPIC = "contact.told"
KEEPING = with_those_above(Role.COORDINATOR)


class ToldOfContact(StrEnum):
    """The things that are told of a contact test."""

    ASKED = "asked"
    MISSED = "missed"
    KEEPERS = "keepers"


def contact_drafts(what: ToldOfContact, rows: Sequence[ContactTest]) -> list[OutboxDraft]:
    """Return the news for whoever was asked."""
    return [_draft(what, [row.person_id], row) for row in rows]


def keepers_draft(row: ContactTest, people: Collection[UUID], *, instead: Sequence[str]) -> OutboxDraft:
    """Return the news for those who keep the roster, with the names of those who are asked instead."""
    return _draft(ToldOfContact.KEEPERS, people, row, name=row.person.name, instead=list(instead))


def _draft(what: ToldOfContact, people: Collection[UUID], row: ContactTest, **more: Any) -> OutboxDraft:
    payload = {
        **shift_words(row.shift),
        "people": sorted(map(str, people)),
        "what": what.value,
        "test": str(row.id),
        "due_at": row.due_at.isoformat(),
        "path": f"/contact/{row.id}" if what is not ToldOfContact.KEEPERS else "/duty",
        **more,
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{row.id}:{what.value}", payload)


def contacts_standing(
    *, news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor], now: datetime
) -> set[UUID]:
    """Return which news of contact tests still hold: whoever was asked serves in a shift and has not answered.

    They are for that person, and for those who keep the roster or stand in above.
    """
    named = {UUID(told["test"]) for told in news.values()}
    rows = contacts_open(now=now).filter(id__in=named)
    waiting = {str(test_id): person_id for test_id, person_id in rows.values_list("id", "person")}
    return {
        key
        for key, told in news.items()
        if told["test"] in waiting and _hears(readers[key], ToldOfContact(told["what"]), waiting[told["test"]])
    }


def _hears(reader: Actor, what: ToldOfContact, asked: UUID) -> bool:
    if what is ToldOfContact.KEEPERS:
        return reader.may(Permission.CONTACTS_ASK) or reader.holds(*KEEPING)
    return reader.person_id == asked
