"""Rounds: one window of one plan for one office, and whether somebody has said in person how it is."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.roles import Role
from backend.rulebook.models import RulebookVersion
from backend.workflow.models import Ticket


class RoundState(models.TextChoices):
    """The stages of a round; silence makes it missed, never all well."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("To be answered")
    MISSED = "missed", _("Missing")
    ANSWERED = "answered", _("Answered")
    EXCUSED = "excused", _("Excused")
    DROPPED = "dropped", _("Not held")


class Said(models.TextChoices):
    """The sum of an answer: that all is well, in person, or that there is something to report."""

    ALL_WELL = "all_well", _("All well")
    TO_REPORT = "to_report", _("Something to report")


NOT_OPENED = (RoundState.PLANNED, RoundState.DROPPED)
"""The states of a round that a change of calendar, rulebook or offices still makes anew."""
WAITING = (RoundState.OPEN, RoundState.MISSED)
"""The states of a round that waits for an answer."""


class Round(models.Model):
    """One instance of a plan: asked of one office, class or school on one day, open until answered or excused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    plan = models.CharField(max_length=30)
    unit = models.ForeignKey(
        Unit,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Empty: the whole school.",
    )
    day = models.DateField(help_text="By the school's clock; of the turns of a night the day on which it began.")
    turn = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="From nought; a plan that comes again has several a day."
    )
    asked = models.CharField(
        max_length=20,
        choices=Role,
        blank=True,
        default="",
        db_default="",
        help_text="The role that answers it; empty, as it was made before: the head of the office, or who leads.",
    )
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_at = models.DateTimeField(help_text="From when on it is missed, and climbs the ladder of its plan.")
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PLANNED)
    assignee = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Whoever was asked when it opened."
    )
    opened_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=10, choices=Said, blank=True, default="", help_text="By the latest answer.")
    answered_at = models.DateTimeField(null=True, help_text="When it was answered first.")
    answer_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "school", "plan", "day", "turn"], name="round_once_per_turn", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("due_at"), due_at__lte=F("late_at")), name="round_times_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=NOT_OPENED, opened_at__isnull=True, assignee__isnull=True)
                | (~Q(state__in=NOT_OPENED) & Q(opened_at__isnull=False)),
                name="round_asked_once_opened",
            ),
            models.CheckConstraint(
                condition=Q(state=RoundState.ANSWERED, answered_at__isnull=False, answer_count__gte=1) & ~Q(said="")
                | ~Q(state=RoundState.ANSWERED) & Q(said="", answered_at__isnull=True, answer_count=0),
                name="round_answered_by_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "day"], name="round_of_school"),
            models.Index(fields=["assignee", "due_at"], condition=Q(state__in=WAITING), name="round_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.unit_id} {self.day:%F}"

    @property
    def where(self) -> Unit | School:
        """The office or class it is asked of, or the whole school."""
        return self.unit or self.school

    @property
    def passes_over(self) -> Sequence[uuid.UUID]:
        """Those of whom it is not asked, whatever their posts: they looked at the same before."""
        sweep = getattr(self, "sweep", None)
        return sweep.not_by if sweep else ()

    @property
    def is_late(self) -> bool:
        """Whether it was answered after it had been missed; whether the engine had said so by then does not count."""
        return self.answered_at is not None and self.answered_at > self.late_at


class RoundAnswer(models.Model):
    """The word of one person about a round; it never changes, and a correction is another answer beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="answers", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="From one; the later ones are corrections.")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    said = models.CharField(max_length=10, choices=Said)
    words = models.TextField(max_length=4000, blank=True)
    values = models.JSONField(default=dict, help_text="By the key of an item: true, false or a number.")
    token = models.UUIDField(null=True, help_text="By which a device that keeps it until it has arrived sends it once.")

    refusals = (Refusal("round_answer_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="round_answer_numbered"),
            models.UniqueConstraint(fields=["round", "token"], name="round_answer_sent_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="round_answers_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class RoundVisit(models.Model):
    """The word of one person about one place of a round's route; it never changes, and a later one stands beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="visits", db_index=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="From one, of the round; of a place the latest counts.")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    said = models.CharField(max_length=10, choices=Said)
    words = models.TextField(max_length=4000, blank=True)
    values = models.JSONField(default=dict, help_text="By the key of an item: true, false or a number.")
    waited = models.DurationField(
        default=timedelta(0),
        db_default=timedelta(0),
        help_text="For how long it lay on a device without a network before it arrived; `at` is when it was said.",
    )
    is_scanned = models.BooleanField(help_text="Whether the code on the wall was read; no position is kept.")
    token = models.UUIDField(null=True, help_text="By which a device that keeps it until it has arrived sends it once.")

    refusals = (Refusal("round_visit_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="round_visit_numbered"),
            models.UniqueConstraint(fields=["round", "token"], name="round_visit_sent_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="round_visits_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.place_id} {self.at:%F %H:%M}"

    @property
    def came_later(self) -> bool:
        """Whether it lay on a device for a minute or more before it arrived."""
        return self.waited >= timedelta(minutes=1)


class RoundSweep(models.Model):
    """The reason and the places of a round that somebody asked for: is what was found at one place so elsewhere?"""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="sweep")
    again_of = models.ForeignKey(
        Round, null=True, on_delete=models.PROTECT, related_name="+", help_text="Whose places somebody else checks."
    )
    not_by = ArrayField(models.UUIDField(), default=list, help_text="Whoever looked at them then, and does not now.")
    question = models.CharField(max_length=300)
    route = ArrayField(models.CharField(max_length=50), help_text="The codes of its places, in order.")
    category = models.CharField(max_length=3, blank=True, db_default="", help_text="Of its ticket when it was asked.")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    refusals = (Refusal("round_sweep_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.question}"


class RoundExcuse(models.Model):
    """That a round need not be answered, by the word of somebody who was not asked, with the reason."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="excuse")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(max_length=1000)

    refusals = (Refusal("round_excuse_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.at:%F}"


class RoundTicket(models.Model):
    """A ticket that belongs to a round; who may see it is for the ticket to say, and who the round for the round."""

    class Kind(models.TextChoices):
        """The ways in which a ticket belongs to a round."""

        FINDING = "finding", _("Found by it")
        OMISSION = "omission", _("Came out later")
        SWEEP = "sweep", _("Asked for because of it")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    line = models.CharField(
        max_length=20, blank=True, default="", help_text="The key of the line that is not well; empty for the words."
    )
    visit = models.ForeignKey(
        RoundVisit, null=True, on_delete=models.PROTECT, related_name="+", help_text="Of a route: which place it is."
    )
    by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty where the system found it."
    )
    at = models.DateTimeField()

    refusals = (Refusal("round_ticket_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "ticket"], name="round_ticket_once"),
            models.CheckConstraint(
                condition=Q(kind="omission", line="")
                | Q(kind="sweep", line="", by__isnull=False)
                | Q(kind="finding", by__isnull=False),
                name="round_ticket_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.ticket_id}"


class RoundCluster(models.Model):
    """A cluster of illness in the counts of classes, and the ticket that it opened; each case counts for one only."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", help_text="A class or grade; empty: the school."
    )
    rule = models.CharField(max_length=30)
    line = models.CharField(max_length=20)
    day = models.DateField(help_text="The last of its days.")
    cases = models.PositiveIntegerField()
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="+")

    refusals = (Refusal("round_cluster_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "unit", "rule", "line", "day"], name="round_cluster_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(cases__gte=2), name="round_cluster_of_several"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.day:%F}"
