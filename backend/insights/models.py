"""Tickets as figures count them, up to when they have been counted, files made of figures, and weekly bulletins."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.insights.limits import KEPT_FOR, LONGEST_BULLETIN
from backend.organisation.models import Person, Place, School, Unit
from backend.rulebook.ruleset import Confidentiality, Kind, Severity
from backend.rulebook.wording import Group
from backend.workflow.models import Ticket
from backend.workflow.states import State

OVER = (State.CLOSED, State.DECLINED)
"""The states in which a ticket is not open any more."""


class CountedTicket(models.Model):
    """The part of one ticket that figures need, taken from it and from its ledger; exercises have none.

    It holds no words and no person. `events` is the length of the ledger it was made from, so that of two that are
    made at once the one that knows more stays.
    """

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    category = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=Kind)
    severity = models.CharField(max_length=2, choices=Severity)
    confidentiality = models.CharField(max_length=2, choices=Confidentiality)
    seal = models.CharField(max_length=2, choices=Confidentiality)
    state = models.CharField(max_length=14, choices=State)
    filed_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, help_text="When somebody acknowledged it first.")
    resolved_at = models.DateTimeField(null=True, help_text="When it was resolved last, unless it came back.")
    missed_at = models.DateTimeField(null=True, help_text="When one of its deadlines fired first.")
    level = models.PositiveSmallIntegerField(help_text="The highest rung any of its clocks has reached.")
    reopenings = models.PositiveIntegerField()
    events = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["school", "filed_at"], name="counted_of_school"),
            models.Index(fields=["office", "filed_at"], name="counted_of_office"),
            models.Index(fields=["school", "office"], name="counted_open", condition=~Q(state__in=OVER)),
            models.Index(fields=["filed_at"], name="counted_confidential", condition=~Q(seal=Confidentiality.K0)),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.filed_at:%F %H:%M}"


class CountedHand(models.Model):
    """The time for which one office had one ticket in hand; kept once it has it no more, or the ticket is over."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    seconds = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "office"], name="counted_hand_once")]

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s"


class CountingMark(models.Model):
    """Up to when changes of tickets have been counted, and when everything was compared last; there is one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    up_to = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_counting_mark")]

    def __str__(self) -> str:
        return f"{self.up_to:%F %H:%M}" if self.up_to else "nothing counted"


class Export(models.Model):
    """A file of figures or of tickets for one person, made by a worker, kept for a day and served to nobody else.

    `tickets` and `extent` say what went into it: it is served only while its owner may know of all of that.
    """

    class Kind(models.TextChoices):
        """The things of which a file can be made."""

        TICKETS = "tickets", _("Register of tickets")
        FIGURES = "figures", _("Figures")
        HAZARDS = "hazards", _("Hazard register")

    class Format(models.TextChoices):
        """The sorts of files."""

        XLSX = "xlsx", _("Workbook (XLSX)")
        CSV = "csv", _("Text (CSV)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    format = models.CharField(max_length=4, choices=Format)
    language = models.CharField(max_length=10, choices=User.Language)
    first_day = models.DateField()
    last_day = models.DateField()
    school = models.ForeignKey(School, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    office = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    group = models.CharField(max_length=10, choices=Group, blank=True, default="")
    asked_at = models.DateTimeField(db_index=True)
    rows = models.PositiveIntegerField(null=True, help_text="How many lines it will have; empty until it is begun.")
    done = models.PositiveIntegerField(default=0, help_text="How many lines are written.")
    ready_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(null=True)
    is_cut = models.BooleanField(default=False, help_text="There were more tickets than a file holds.")
    tickets = ArrayField(models.UUIDField(), default=list)
    extent = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["person", "-asked_at", "id"], name="export_of_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day:%F} {self.format}"

    @property
    def chosen_group(self) -> Group | None:
        """The one group of categories that it is of, or None for all."""
        return Group(self.group) if self.group else None

    @property
    def expires_at(self) -> datetime:
        """When it is removed."""
        return self.asked_at + KEPT_FOR


class BulletinContent(models.Model):
    """The parts of a weekly bulletin: numbers as they were counted, lessons of the week, and a few words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    week = models.DateField(help_text="Its Monday.")
    numbers = models.JSONField(help_text="As they were counted: of units, never of persons.")
    lessons = ArrayField(models.UUIDField(), default=list, help_text="Read where they stand, so that erasing holds.")
    words = models.TextField(max_length=LONGEST_BULLETIN, blank=True)
    reason = models.TextField(max_length=LONGEST_BULLETIN, blank=True, help_text="Of a correction: what was wrong.")
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    prepared_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.week:%F}"


class BulletinDraft(BulletinContent):
    """A bulletin before it is approved; each change is another revision, so that what is approved was read."""

    revision = models.PositiveIntegerField(default=1)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "week"], name="bulletin_draft_once")]


class Bulletin(BulletinContent):
    """A bulletin that was published; it never changes, and a correction is another version."""

    version = models.PositiveSmallIntegerField()
    erased_at = models.DateTimeField(null=True, help_text="When its owner erased its words.")
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "week", "version"], name="bulletin_once")]
