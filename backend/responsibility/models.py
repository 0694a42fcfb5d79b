"""The map of responsibility: who answers for a place in a matter, who stands beside a head of office, who leads."""

import uuid
from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.rulebook.wording import Group

LONGEST_DUTIES = 200


class Slot(models.TextChoices):
    """The slots of an office beside the accountable one, which its head holds by post."""

    IN_CHARGE = "in_charge", _("In charge of it")
    SUPPORTING = "supporting", _("Supports it")


class Meets(models.TextChoices):
    """The rhythms in which the leading group meets."""

    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    TWICE_A_TERM = "twice_a_term", _("Twice a term")
    TERMLY = "termly", _("Every term")


class GroupStanding(models.TextChoices):
    """The places in the leading group beside its head, who is the principal by post."""

    DEPUTY = "deputy", _("Deputy head")
    MEMBER = "member", _("Member")


class Lasting(models.Model):
    """Something that holds at a school from one day until another, or until further notice.

    The first day on which it holds no more is `ends_on`, so that what never came into force is empty: nothing is
    deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_day = models.DateField(help_text="By the school's clock.")
    ends_on = models.DateField(null=True, help_text="The first day on which it holds no more; empty: until changed.")
    at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def until_day(self) -> date | None:
        """The last day on which it holds; None until further notice."""
        return self.ends_on and self.ends_on - timedelta(days=1)

    @property
    def is_void(self) -> bool:
        """Whether it was ended before it came into force."""
        return self.ends_on == self.from_day


class Dated(Lasting):
    """Something that somebody of the school answers for while it holds."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Nobody: a file did."
    )

    class Meta:
        abstract = True


class Share(Dated):
    """One person answers for a place, with everything inside it, in one group of categories or (topic empty) in all."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=10, choices=Group, blank=True, help_text="Empty: everything.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("from_day")), name="share_ends_after_its_start"
            ),
            models.UniqueConstraint(
                fields=["place", "topic"], condition=Q(ends_on__isnull=True), name="share_open_once"
            ),
        ]
        indexes = [models.Index(fields=["school", "-from_day", "id"], name="share_of_school")]

    def __str__(self) -> str:
        return f"{self.place} · {self.topic or '*'} · {self.person}"


class OfficeSlot(Dated):
    """Somebody in charge of an office for the school's leaders, or who supports it; its head is accountable by post."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=10, choices=Slot)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("from_day")), name="slot_ends_after_its_start"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ends_on__isnull=True, slot="in_charge"), name="one_in_charge"
            ),
            models.UniqueConstraint(
                fields=["unit", "person"], condition=Q(ends_on__isnull=True, slot="supporting"), name="supports_once"
            ),
        ]
        indexes = [models.Index(fields=["school", "unit", "id"], name="slot_of_school")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.slot} · {self.person}"


class LeadingGroup(Lasting):
    """The group that leads safety at a school while it holds: the principal, by post, and those on its seats."""

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    meets = models.CharField(max_length=12, choices=Meets)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("from_day")), name="group_ends_after_its_start"
            ),
            models.UniqueConstraint(fields=["school"], condition=Q(ends_on__isnull=True), name="group_open_once"),
        ]
        indexes = [models.Index(fields=["school", "-from_day", "id"], name="group_of_school")]

    def __str__(self) -> str:
        return f"{self.school} {self.from_day:%F}"


class LeadingSeat(models.Model):
    """A seat of the leading group: whoever holds the post sits on it, with duties of their own."""

    group = models.ForeignKey(LeadingGroup, on_delete=models.PROTECT, related_name="seats", db_index=False)
    number = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=8, choices=GroupStanding)
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    duties = models.CharField(max_length=LONGEST_DUTIES, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="group_seat_numbered"),
            models.UniqueConstraint(fields=["group", "role", "unit"], nulls_distinct=False, name="group_post_once"),
            models.CheckConstraint(
                condition=Q(role__in=sorted(UNIT_ROLES), unit__isnull=False)
                | (~Q(role__in=sorted(UNIT_ROLES)) & Q(unit__isnull=True)),
                name="group_seat_in_a_unit_by_its_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standing} {self.role}"
