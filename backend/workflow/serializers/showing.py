"""Tickets as the API shows them."""

import threading
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import LocalisedField
from backend.deadlines.models import Escalation
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.organisation.serializers import PersonOutput, PlaceOutput, UnitOutput
from backend.rulebook.marks import Mark
from backend.rulebook.ruleset import CLOCK_CHOICES
from backend.workflow.actions import ACTION_CHOICES, actions_available
from backend.workflow.clocks import timers_and_fired
from backend.workflow.facts import Situation
from backend.workflow.links import links_shown
from backend.workflow.merged import merged_into
from backend.workflow.models import LONGEST_PARTY, NEVER_DUE, Ticket
from backend.workflow.obligations import obligations_of
from backend.workflow.parts import parts_of
from backend.workflow.policy import Part, opened_to, relations_of
from backend.workflow.recurred import recurred
from backend.workflow.reviewing import review_of
from backend.workflow.selectors import category_name, outside_clocks_of
from backend.workflow.serializers.beside import DeclineOutput, LoweringOutput, TicketPartOutput
from backend.workflow.serializers.linking import LinkedOutput
from backend.workflow.serializers.merging import MergedIntoOutput
from backend.workflow.serializers.outcome import OutcomeShown
from backend.workflow.serializers.recurring import RecurrenceOutput
from backend.workflow.serializers.reviewing import CauseReviewOutput
from backend.workflow.states import State

MOST_ESCALATIONS = 100


class TicketRow(serializers.ModelSerializer[Ticket]):
    """A ticket in a list."""

    category_name = serializers.SerializerMethodField()
    place = PlaceOutput(allow_null=True)
    owner = UnitOutput()
    assignee = PersonOutput(allow_null=True)
    next_due_at = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields = [
            "id",
            "reference",
            "state",
            "severity",
            "kind",
            "confidentiality",
            "category",
            "category_name",
            "place",
            "owner",
            "assignee",
            "level",
            "filed_at",
            "updated_at",
            "next_due_at",
            "silent_from",
            "is_exercise",
            "version",
        ]

    def get_category_name(self, ticket: Ticket) -> str:
        """Return the category's name in the reader's language."""
        return category_name(ticket, chinese=not (get_language() or "").startswith("en"))

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_due_at(self, ticket: Ticket) -> str | None:
        """Return the earliest due time of a running clock; null when none runs."""
        return None if ticket.next_due_at == NEVER_DUE else ticket.next_due_at.isoformat()


class ClockOutput(serializers.Serializer[Any]):
    """A running clock: when it is due and when its ladder climbs."""

    clock = serializers.ChoiceField(choices=CLOCK_CHOICES)
    due_at = serializers.DateTimeField()
    rungs = serializers.ListField(child=serializers.DateTimeField())


class ObligationOutput(serializers.Serializer[Any]):
    """An action owed by an instant: by one person, or by whoever holds the role in the office or the whole school."""

    action = serializers.ChoiceField(choices=ACTION_CHOICES)
    due_at = serializers.DateTimeField(allow_null=True)
    role = serializers.ChoiceField(choices=Role.choices, allow_null=True)
    office = serializers.UUIDField(source="office_id", allow_null=True)
    person = serializers.UUIDField(source="person_id", allow_null=True)
    part = serializers.UUIDField(source="part_id", allow_null=True, help_text="The part of the ticket that asks it.")


class EscalationOutput(serializers.Serializer[Any]):
    """A rung that fired: of which clock, the how-manieth (repeats count on), when it was due and when it fired."""

    clock = serializers.ChoiceField(source="timer.clock", choices=CLOCK_CHOICES)
    rung = serializers.SerializerMethodField()
    due_at = serializers.DateTimeField()
    fired_at = serializers.DateTimeField()

    def get_rung(self, escalation: Escalation) -> int:
        """Return the rung, counted from 1."""
        return escalation.rung + 1


class OutsideClockOutput(serializers.Serializer[Any]):
    """A report to an authority that the category may call for; a person makes it, nothing is sent from here."""

    key = serializers.CharField()
    trigger = LocalisedField()
    to = LocalisedField()
    deadline = LocalisedField()
    source = LocalisedField()  # type: ignore[assignment]
    mark = serializers.ChoiceField(choices=Mark.choices)
    checked_on = serializers.DateField()


class TicketLinksOutput(serializers.Serializer[Any]):
    """The addresses of more about it."""

    timeline = serializers.CharField()
    hands = serializers.CharField()
    reports = serializers.CharField()
    merged = serializers.CharField()


# Made once for the process: an answer would copy every field of theirs anew.
PERSON = PersonOutput()
CLOCKS = ClockOutput(many=True)
OBLIGATIONS = ObligationOutput(many=True)
ESCALATIONS = EscalationOutput(many=True)
PARTS = TicketPartOutput(many=True)
LINKED = LinkedOutput(many=True)
OUTSIDE_CLOCKS = OutsideClockOutput(many=True)


class TicketOutput(OutcomeShown, TicketRow):
    """A ticket in full, with what the reader can do about it."""

    reporter = serializers.SerializerMethodField()
    clocks = serializers.SerializerMethodField()
    obligations = serializers.SerializerMethodField()
    outside_clocks = serializers.SerializerMethodField()
    waiting_for = serializers.SerializerMethodField(help_text="The outside party it waits for; empty otherwise.")
    waiting_since = serializers.DateTimeField(source="wait.since", allow_null=True)
    waiting_until = serializers.DateTimeField(
        source="wait.until", allow_null=True, help_text="When the wait is over by itself, at the latest."
    )
    escalations = serializers.SerializerMethodField(help_text="The last hundred, first to last.")
    decline = serializers.SerializerMethodField()
    lowering = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField(help_text="What is or was asked about it, the first first.")
    merged_into = serializers.SerializerMethodField(help_text="Where it goes on; null unless it is merged.")
    recurrence = serializers.SerializerMethodField(help_text="Null unless the problem came back.")
    review = serializers.SerializerMethodField(help_text="What was found to be its cause; null where nothing was.")
    linked = serializers.SerializerMethodField(help_text="Other tickets that belong to it.")
    links = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    class Meta(TicketRow.Meta):
        fields = [
            *TicketRow.Meta.fields,
            "description",
            "occurred_at",
            "interim_control_at",
            "contained_at",
            "progress_at",
            "resolved_at",
            "closed_at",
            "confirmed_at",
            "declined_at",
            "waiting_for",
            "waiting_since",
            "waiting_until",
            "reporter",
            "clocks",
            "obligations",
            "outside_clocks",
            "escalations",
            *("decline", "seal", "lowering", "parts", *OutcomeShown.SHOWN),
            *("merged_into", "recurrence", "review", "linked"),
            *("available_actions", "links"),
        ]

    @extend_schema_field(PersonOutput(allow_null=True))
    def get_reporter(self, ticket: Ticket) -> Any:
        """Return who reported it, where that is opened to the reader; the case team of a class K2 ticket never is."""
        return (
            PERSON.to_representation(ticket.reporter)
            if ticket.reporter and Part.REPORTER in opened_to(actor=self.context["actor"], ticket=ticket)
            else None
        )

    @extend_schema_field(serializers.CharField(max_length=LONGEST_PARTY))
    def get_waiting_for(self, ticket: Ticket) -> str:
        """Return whom it waits for."""
        return ticket.wait.party if ticket.wait else ""

    @extend_schema_field(ClockOutput(many=True))
    def get_clocks(self, _ticket: Ticket) -> Any:
        """Return the clocks that run, as their timers hold them, the soonest due first; one at rest is none of them."""
        timers = [timer for timer in self.context["situation"].timers if timer.armed]
        clocks = [{"clock": timer.clock, "due_at": timer.ladder[0], "rungs": timer.ladder} for timer in timers]
        return CLOCKS.to_representation(clocks)

    @extend_schema_field(ObligationOutput(many=True))
    def get_obligations(self, _ticket: Ticket) -> Any:
        """Return who owes what by when, the soonest due first."""
        return OBLIGATIONS.to_representation(obligations_of(self.context["situation"]))

    @extend_schema_field(OutsideClockOutput(many=True))
    def get_outside_clocks(self, ticket: Ticket) -> Any:
        """Return the reports to authorities that the category may call for, by the rules the ticket pins."""
        return OUTSIDE_CLOCKS.to_representation(outside_clocks_of(ticket))

    @extend_schema_field(EscalationOutput(many=True))
    def get_escalations(self, _ticket: Ticket) -> Any:
        """Return what its clocks fired."""
        return ESCALATIONS.to_representation(self.context["fired"])

    @extend_schema_field(DeclineOutput(allow_null=True))
    def get_decline(self, ticket: Ticket) -> Any:
        """Return an open proposal to decline it; no reporter proposes that, so it is always said who did."""
        return DeclineOutput(ticket.declining).data if ticket.declining else None

    @extend_schema_field(LoweringOutput(allow_null=True))
    def get_lowering(self, ticket: Ticket) -> Any:
        """Return an open proposal to show it to more people."""
        return LoweringOutput(ticket.lowering).data if ticket.lowering else None

    @extend_schema_field(TicketPartOutput(many=True))
    def get_parts(self, ticket: Ticket) -> Any:
        """Return what is or was asked about it."""
        return PARTS.to_representation(parts_of(ticket)) if ticket.part_count else []

    @extend_schema_field(MergedIntoOutput(allow_null=True))
    def get_merged_into(self, ticket: Ticket) -> Any:
        """Return the ticket into which it was merged."""
        gone = merged_into(actor=self.context["actor"], ticket=ticket) if ticket.state == State.MERGED else None
        return MergedIntoOutput(gone).data if gone else None

    @extend_schema_field(RecurrenceOutput(allow_null=True))
    def get_recurrence(self, ticket: Ticket) -> Any:
        """Return what came before, as far as the reader may know of it."""
        return RecurrenceOutput(recurred(actor=self.context["actor"], ticket=ticket)).data if ticket.recurs else None

    @extend_schema_field(CauseReviewOutput(allow_null=True))
    def get_review(self, ticket: Ticket) -> Any:
        """Return the review of its cause."""
        review = review_of(ticket=ticket) if ticket.part_count else None
        return CauseReviewOutput(review).data if review else None

    @extend_schema_field(LinkedOutput(many=True))
    def get_linked(self, ticket: Ticket) -> Any:
        """Return the tickets it is linked with, as far as the reader may know of them."""
        if ticket.linked == frozenset():
            return []
        return LINKED.to_representation(links_shown(actor=self.context["actor"], ticket=ticket))

    @extend_schema_field(TicketLinksOutput)
    def get_links(self, ticket: Ticket) -> dict[str, str]:
        """Return the addresses."""
        address = f"/api/v1/tickets/{ticket.id}"
        return {name: f"{address}/{name}" for name in ("timeline", "hands", "reports", "merged")}

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=ACTION_CHOICES)))
    def get_available_actions(self, ticket: Ticket) -> list[str]:
        """Return the actions the reader can take now, in the order in which they are offered; programs take none."""
        if self.context["actor"].through:
            return []
        relations = relations_of(actor=self.context["actor"], ticket=ticket)
        return [action.name for action in actions_available(situation=self.context["situation"], relations=relations)]


class Shapes(threading.local):
    """The shape of a ticket, made once for each thread, and given the context of each answer: making it costs more."""

    def __init__(self) -> None:
        self.ticket = TicketOutput()


SHAPES = Shapes()


def ticket_shown(*, ticket: Ticket, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return a ticket in full, as a reader sees it at an instant."""
    timers, fired = timers_and_fired(ticket, most=MOST_ESCALATIONS)
    situation = Situation(ticket=ticket, now=now, timers=timers, actor_id=actor.person_id)
    SHAPES.ticket._context = {"actor": actor, "situation": situation, "fired": fired}  # noqa: SLF001
    return dict(SHAPES.ticket.to_representation(ticket))
