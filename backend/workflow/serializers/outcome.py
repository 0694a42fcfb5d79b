"""The outcome of a ticket in the API: how it was resolved, what is published of it, and who has to hear of it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.organisation.serializers import PersonOutput
from backend.rulebook.proofs import Proof
from backend.workflow.affected import affected_of
from backend.workflow.fixing import fix_of, proof_asked
from backend.workflow.models import (
    Affected,
    AffectedOutcome,
    Control,
    MeasuredIn,
    PublishedResult,
    Ticket,
    TicketFix,
)
from backend.workflow.results import result_of

REPORTER = "reporter"


class FixOutput(serializers.ModelSerializer[TicketFix]):
    """One fix: the control that was used, and the value measured with its unit."""

    control = serializers.CharField(help_text=f"Empty where it is no hazard, else one of {', '.join(Control.values)}.")
    unit = serializers.CharField(help_text=f"Empty where nothing was measured, else one of {', '.join(MeasuredIn)}.")

    class Meta:
        model = TicketFix
        fields = ("at", "control", "measured", "unit")


class ResultOutput(serializers.ModelSerializer[PublishedResult]):
    """The problem, what was done, and when that was published; without names, and without the ticket."""

    class Meta:
        model = PublishedResult
        fields = ("what", "fix", "published_at")


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


class OutcomeShown(serializers.Serializer[Any]):
    """The part of a ticket that tells what came of it."""

    proof = serializers.SerializerMethodField(help_text="What resolving it takes, by the rules that it pins.")
    fix = serializers.SerializerMethodField(help_text="How it was resolved; null while it is not.")
    affected = serializers.SerializerMethodField(help_text="Whoever has to be told before it can be closed.")
    result = serializers.SerializerMethodField(help_text="Null while nothing is published.")

    SHOWN: ClassVar[tuple[str, ...]] = ("proof", "fix", "affected", "result")

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Proof.choices)))
    def get_proof(self, ticket: Ticket) -> list[str]:
        """Return the kinds of proof that its category asks for."""
        return list(proof_asked(ticket))

    @extend_schema_field(FixOutput(allow_null=True))
    def get_fix(self, ticket: Ticket) -> Any:
        """Return what was done."""
        fix = fix_of(ticket=ticket)
        return FixOutput(fix).data if fix else None

    @extend_schema_field(AffectedOutput(many=True))
    def get_affected(self, ticket: Ticket) -> Any:
        """Return its reporter, if somebody reported it who can be told, and those whom people added."""
        parties = [*_reporter(ticket), *affected_of(ticket=ticket)]
        return AffectedOutput(parties, many=True).data

    @extend_schema_field(ResultOutput(allow_null=True))
    def get_result(self, ticket: Ticket) -> Any:
        """Return what was published."""
        result = result_of(ticket=ticket)
        return ResultOutput(result).data if result else None


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
