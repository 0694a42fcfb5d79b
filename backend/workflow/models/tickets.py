"""Tickets and the people involved in what they are about."""

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from backend.common.ids import reference_new
from backend.common.sealed.fields import SealedTextField
from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.models import Person, Place, School, Unit
from backend.rulebook.models import RulebookVersion
from backend.rulebook.ruleset import Confidentiality, Kind, Severity
from backend.workflow.refusals import TICKET_REFUSALS
from backend.workflow.states import State

if TYPE_CHECKING:
    from backend.workflow.models.beside import TicketWait

NEVER_DUE = datetime(9999, 1, 1, tzinfo=UTC)
"""The due time of a ticket on which no clock runs, so that ordering by it needs no NULL."""
FILED_FIELDS = (
    *("reference", "school", "rulebook", "reporter"),
    *("description", "occurred_at", "filed_at", "is_exercise"),
)
"""The fields of a ticket that are set when it is filed and never change."""


class ReporterMode(models.TextChoices):
    """To whom the reporter gave their name: it is theirs to say, and no correction of the ticket changes it."""

    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Ticket(models.Model):
    """One problem, the office that answers for it and the state its work is in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=reference_new, editable=False)
    # Of whatever decides what is in a list, an index of a list below finds the tickets; each index costs every change.
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    category = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=Kind)
    severity = models.CharField(max_length=2, choices=Severity)
    confidentiality = models.CharField(max_length=2, choices=Confidentiality)
    seal = models.CharField(
        max_length=2,
        choices=Confidentiality,
        default=Confidentiality.K0,
        db_default=Confidentiality.K0,
        help_text="The highest class it ever had.",
    )
    reporter_mode = models.CharField(
        max_length=12,
        choices=ReporterMode,
        default=ReporterMode.NAMED,
        db_default=ReporterMode.NAMED,
        help_text="To whom the reporter gave their name; no correction of the ticket changes it.",
    )
    lowering = models.ForeignKey(
        "SealProposal",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The proposal to open it to more people, while a second person has not decided.",
    )
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    description = SealedTextField(max_length=8000, of="")
    occurred_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    updated_at = models.DateTimeField(help_text="When anything a reader can see of it changed last.")
    is_exercise = models.BooleanField(default=False, help_text="A drill: marked everywhere, counted nowhere.")

    state = models.CharField(max_length=14, choices=State, default=State.RECEIVED)
    version = models.PositiveIntegerField(default=1)
    reporter = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    workers = ArrayField(
        models.UUIDField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="Everybody who worked on it, in the order they began; none of them ever verifies it.",
    )
    interim_control_at = models.DateTimeField(null=True)
    contained_at = models.DateTimeField(null=True)
    progress_at = models.DateTimeField(
        null=True, help_text="When progress was reported last, or work on it was taken up (again)."
    )
    # A column, since every ticket that was acknowledged has it, and each act on one counts from it.
    silent_from = models.DateTimeField(
        null=True,
        help_text="From when its owner's silence counts: their last own act, or the date they named for the next step.",
    )
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # A column, although few have it: a list asks of each row of its reporter whether it can still be confirmed.
    confirmed_at = models.DateTimeField(null=True, help_text="When its reporter said that it is solved.")
    reopened_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    declining = models.ForeignKey(
        "DeclineProposal",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The proposal to decline it, while a second person has not decided.",
    )
    last_wait = models.ForeignKey(
        "TicketWait",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The wait it is in, or was in last since it was filed or reopened; most tickets never wait.",
    )

    part_count = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="How many parts it ever had, so that one without any costs no statement for them.",
    )
    # Two columns, although few have any: a list and an act ask of each ticket whether it can be closed, a page of each
    # whether there is something to show, and neither costs a statement.
    affected_count = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How many affected parties it has."
    )
    untold_count = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How many of them are neither informed nor waived."
    )
    level = models.PositiveSmallIntegerField(default=0, help_text="The highest rung any of its clocks has reached.")
    paged = ArrayField(
        models.UUIDField(),
        default=list,
        help_text="Whom escalations told since somebody last acted, so that they are not told twice; opens nothing.",
    )
    next_due_at = models.DateTimeField(default=NEVER_DUE)
    event_count = models.PositiveIntegerField(default=0)
    event_hash = models.BinaryField(max_length=32, default=bytes)

    objects = AlternativesQuerySet.as_manager()
    refusals = TICKET_REFUSALS
    concerned: frozenset[uuid.UUID] | None = None
    """The people it concerns, where it was read with them: they are named when it is filed, and never change."""
    name_disclosed: bool | None = None
    """The answer on whether the name of its reporter, given in confidence, was disclosed, where that was asked."""
    recurs: bool = False
    """True of one about a problem that came back, where it was read with that."""
    merged_here: frozenset[uuid.UUID] | None = None
    """The tickets that were merged into it, where it was read with them."""
    linked: frozenset[uuid.UUID] | None = None
    """The links between it and others, where it was read with them."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(version__gte=1), name="ticket_version_from_one")]
        indexes = [
            models.Index(fields=["owner", "next_due_at", "id"], name="ticket_owner_due"),
            models.Index(fields=["school", "next_due_at", "id"], name="ticket_school_due"),
            models.Index(fields=["reporter", "next_due_at", "id"], name="ticket_reporter_due"),
            models.Index(fields=["assignee", "next_due_at", "id"], name="ticket_assignee_due"),
            models.Index(fields=["school", "updated_at", "id"], name="ticket_school_updated"),
            models.Index(fields=["school", "-filed_at", "id"], name="ticket_school_filed"),
            models.Index(fields=["owner", "-filed_at", "id"], name="ticket_owner_filed"),
            models.Index(fields=["reporter", "-filed_at", "id"], name="ticket_reporter_filed"),
            models.Index(fields=["assignee", "-filed_at", "id"], name="ticket_assignee_filed"),
            models.Index(
                fields=["school", "-filed_at", "id"], condition=Q(confidentiality="K2"), name="ticket_sealed_filed"
            ),
            models.Index(fields=["-filed_at", "id"], condition=Q(level__gte=1), name="ticket_raised_filed"),
            models.Index(fields=["category"], name="ticket_category"),
            models.Index(
                fields=["school", "next_due_at", "id"], condition=Q(confidentiality="K2"), name="ticket_sealed"
            ),
            models.Index(fields=["next_due_at", "id"], condition=Q(level__gte=1), name="ticket_raised"),
            models.Index(fields=["school", "next_due_at", "id"], condition=Q(state="resolved"), name="ticket_resolved"),
            models.Index(fields=["school", "next_due_at", "id"], condition=Q(state="waiting"), name="ticket_waiting"),
            models.Index(
                fields=["school", "next_due_at", "id"], condition=Q(declining__isnull=False), name="ticket_declining"
            ),
            models.Index(
                fields=["school", "next_due_at", "id"], condition=Q(lowering__isnull=False), name="ticket_lowering"
            ),
            GinIndex(Func(F("description"), function="text_bigrams"), name="ticket_text_pairs"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_strictly_confidential(self) -> bool:
        """Whether what it says stands encrypted in the database."""
        return bool(self.confidentiality == Confidentiality.K2)

    @property
    def wait(self) -> "TicketWait | None":
        """The wait it is in now."""
        return self.last_wait if self.last_wait and self.last_wait.ended_at is None else None


class TicketParticipant(models.Model):
    """A person involved in what a ticket is about; never shown outside the ticket, never gathered across tickets."""

    class Role(models.TextChoices):
        """The part of the person in it."""

        CONCERNED = "concerned"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person", "role"], name="participant_once_per_role")]

    def __str__(self) -> str:
        return self.role
