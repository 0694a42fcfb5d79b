"""Affected parties as the API shows them, the reporter first, whom the system tells by its messages."""

from collections.abc import Iterator
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.organisation.serializers import PersonOutput
from backend.workflow.affected import affected_of
from backend.workflow.models import Affected, AffectedOutcome, Ticket

REPORTER = "reporter"


class AffectedOutput(serializers.Serializer[Any]):
    """People who are to be told; the reporter has no id, and was informed when the problem was said to be solved."""

    id = serializers.UUIDField(allow_null=True)
    kind = serializers.ChoiceField(choices=[(REPORTER, REPORTER), *Affected.choices])
    who = serializers.CharField()
    added_by = PersonOutput(allow_null=True)
    added_at = serializers.DateTimeField()
    outcome = serializers.CharField(help_text="`informed` or `waived`; empty while they are to be told.")
    words = serializers.CharField(help_text="How they were told, or why they need not be.")
    settled_by = PersonOutput(allow_null=True, help_text="Null for the system.")
    settled_at = serializers.DateTimeField(allow_null=True)


class AffectedShown(serializers.Serializer[Any]):
    """The part of a ticket that tells who has to hear of it."""

    affected = serializers.SerializerMethodField(help_text="Whoever has to be told before it can be closed.")

    SHOWN: ClassVar[tuple[str, ...]] = ("affected",)

    @extend_schema_field(AffectedOutput(many=True))
    def get_affected(self, ticket: Ticket) -> Any:
        """Return its reporter, if somebody reported it who can be told, and those whom people added."""
        parties = [*_reporter(ticket), *affected_of(ticket=ticket)]
        return AffectedOutput(parties, many=True).data


def _reporter(ticket: Ticket) -> Iterator[dict[str, Any]]:
    if ticket.reporter_id is not None:
        told_at = ticket.resolved_at or ticket.declined_at
        yield {
            "id": None,
            "kind": REPORTER,
            "who": "",
            "added_by": None,
            "added_at": ticket.filed_at,
            "outcome": AffectedOutcome.INFORMED if told_at else "",
            "words": "",
            "settled_by": None,
            "settled_at": told_at,
        }
