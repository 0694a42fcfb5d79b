"""Fixes and the proof they take, as the API shows them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.rulebook.proofs import Proof
from backend.workflow.fixing import fix_of, proof_asked
from backend.workflow.models import Control, MeasuredIn, Ticket, TicketFix


class FixOutput(serializers.ModelSerializer[TicketFix]):
    """One fix: the control that was used, and the value measured with its unit."""

    control = serializers.CharField(help_text=f"Empty where it is no hazard, else one of {', '.join(Control.values)}.")
    unit = serializers.CharField(help_text=f"Empty where nothing was measured, else one of {', '.join(MeasuredIn)}.")

    class Meta:
        model = TicketFix
        fields = ("at", "control", "measured", "unit")


class FixShown(serializers.Serializer[Any]):
    """The part of a ticket that tells how it was resolved."""

    proof = serializers.SerializerMethodField(help_text="What resolving it takes, by the rules that it pins.")
    fix = serializers.SerializerMethodField(help_text="How it was resolved; null while it is not.")

    SHOWN: ClassVar[tuple[str, ...]] = ("proof", "fix")

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Proof.choices)))
    def get_proof(self, ticket: Ticket) -> list[str]:
        """Return the kinds of proof that its category asks for."""
        return list(proof_asked(ticket))

    @extend_schema_field(FixOutput(allow_null=True))
    def get_fix(self, ticket: Ticket) -> Any:
        """Return what was done."""
        fix = fix_of(ticket=ticket)
        return FixOutput(fix).data if fix else None
