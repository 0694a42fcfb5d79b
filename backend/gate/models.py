"""The log of the gate: who came, whom they visit, when they left, and who was not let in; after 90 days it is gone."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, Place, School, Unit

KEPT = timedelta(days=90)
USUAL_STAY, SHORTEST_STAY, LONGEST_STAY = 120, 15, 1440
MOST_AT_ONCE = 500
"""People in one entry; a whole festival is counted on an open day."""
MOST_COUNTED = 5000
LONGEST_NAME, LONGEST_PLATE, LONGEST_NOTE, LONGEST_ABOUT = 80, 20, 200, 120


class Purpose(models.TextChoices):
    """The purposes of a visit."""

    FAMILY = "family", _("Parent or family")
    DELIVERY = "delivery", _("Delivery or collection")
    WORK = "work", _("Repair or building work")
    OFFICIAL = "official", _("Official visit")
    GUEST = "guest", _("Guest or lecture")
    OTHER = "other", _("Other")


class Refused(models.TextChoices):
    """The reasons for which somebody is not let in: about what happens at the gate, never about who somebody is."""

    NOT_EXPECTED = "not_expected", _("Nobody expects them")
    NO_PAPERS = "no_papers", _("They do not show who they are")
    FORBIDDEN_ITEM = "forbidden_item", _("Something dangerous is brought along")
    VEHICLE = "vehicle", _("The vehicle may not come in")
    NOT_NOW = "not_now", _("Nobody is received at this time")
    DISTURBANCE = "disturbance", _("There is a disturbance at the gate")


class What(models.TextChoices):
    """The things that one row of the log says."""

    CAME = "came", _("Let in")
    REFUSED = "refused", _("Not let in")
    LEFT = "left", _("Has left")
    EXPECTED = "expected", _("The host expects them")
    NOT_EXPECTED = "not_expected", _("The host does not expect them")
    CORRECTED = "corrected", _("Corrected")


class GateVisit(models.Model):
    """Somebody at the gate, once; what is known of it stands in its entries, of which the last counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    came_at = models.DateTimeField()
    is_inside = models.BooleanField()
    entry_count = models.PositiveSmallIntegerField(default=1)

    refusals = (Refusal("gate_visit_kept", "DELETE", "OLD.came_at > now() - interval '90 days'"),)

    class Meta:
        indexes = [
            models.Index(fields=["school", "-came_at", "id"], name="gate_of_school"),
            models.Index(fields=["school", "came_at"], condition=Q(is_inside=True), name="gate_inside"),
            models.Index(fields=["came_at"], name="gate_over"),
        ]

    def __str__(self) -> str:
        return f"{self.came_at:%F %H:%M}"

    @property
    def entry(self) -> "GateEntry":
        """The entry that counts; read with `with_entries`."""
        last: GateEntry = self.last[0]  # type: ignore[attr-defined]  # the selector's
        return last


class GateEntry(models.Model):
    """Everything known of a visit from one instant on; it never changes, and what comes later stands beside it."""

    visit = models.ForeignKey(GateVisit, on_delete=models.PROTECT, related_name="entries", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="From one; the latest counts.")
    what = models.CharField(max_length=12, choices=What)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    gate = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose)
    visitor = models.CharField(max_length=LONGEST_NAME)
    plate = models.CharField(max_length=LONGEST_PLATE, blank=True)
    people = models.PositiveSmallIntegerField(default=1)
    host = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Whoever of the host's office is asked in their place, since they are away.",
    )
    office = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    expected = models.BooleanField(null=True, help_text="The word of the host; empty while they have said nothing.")
    refused = models.CharField(max_length=16, choices=Refused, blank=True)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)

    refusals = (
        Refusal("gate_entry_immutable", "UPDATE"),
        Refusal("gate_entry_kept", "DELETE", "OLD.came_at > now() - interval '90 days'"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="gate_entry_numbered"),
            models.CheckConstraint(condition=Q(host__isnull=True) | Q(office__isnull=True), name="gate_host_or_office"),
            models.CheckConstraint(
                condition=Q(host__isnull=False) | Q(office__isnull=False) | ~Q(refused=""), name="gate_somebody_visited"
            ),
            models.CheckConstraint(condition=Q(refused="") | Q(left_at__isnull=True), name="gate_refused_never_in"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.number}"

    @property
    def asked_id_now(self) -> uuid.UUID | None:
        """Whoever says whether the visitor is expected: the host, or somebody in their place."""
        return self.asked_id or self.host_id


class GateRule(models.Model):
    """The rule of a school for its gate: after how many minutes somebody who came in should have left."""

    school = models.OneToOneField(School, on_delete=models.PROTECT, primary_key=True, related_name="+")
    stay_minutes = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Nobody: a file did."
    )
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.stay_minutes)


class OpenDay(models.Model):
    """A day on which a school lets everybody in: people are counted then, and no names are asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    about = models.CharField(max_length=LONGEST_ABOUT)
    called_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    called_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "day"], name="open_day_once")]

    def __str__(self) -> str:
        return f"{self.day:%F}"


class GateCount(models.Model):
    """People counted at a gate on an open day; a correction is another row, which may take away."""

    open_day = models.ForeignKey(OpenDay, on_delete=models.PROTECT, related_name="counts")
    gate = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    came_in = models.SmallIntegerField()
    went_out = models.SmallIntegerField()
    counted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    counted_at = models.DateTimeField()

    refusals = (Refusal("gate_count_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"+{self.came_in} -{self.went_out}"
