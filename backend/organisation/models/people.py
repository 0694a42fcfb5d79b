"""People, the posts they hold for a time, and how they are reached."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from backend.accounts.models import User
from backend.common.identities import IdentityOf
from backend.common.mail_addresses import mail_address_shown
from backend.organisation.models.schools import Bureau, School, Unit
from backend.organisation.roles import UNIT_ROLES, Role


class Person(models.Model):
    """Somebody who works at a school or at the bureau; the id is opaque and safe to keep in the ledger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    bureau = models.ForeignKey(Bureau, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    name = models.CharField(max_length=80)
    staff_number = models.CharField(max_length=40)
    language = models.CharField(
        max_length=10,
        choices=User.Language,
        default=User.Language.CHINESE,
        help_text="What an invitation is written in; afterwards the account's own choice counts.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, bureau__isnull=True) | Q(school__isnull=True, bureau__isnull=False),
                name="person_at_school_or_bureau",
            ),
            models.UniqueConstraint(
                Coalesce("school", "bureau"), IdentityOf("staff_number"), name="staff_number_once_per_employer"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A seat that carries a role, in a unit, a school or a bureau; people are appointed to it for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(max_length=20, choices=Role)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    bureau = models.ForeignKey(Bureau, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, bureau__isnull=True)
                | Q(school__isnull=True, bureau__isnull=False, unit__isnull=True),
                name="post_at_school_or_bureau",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(UNIT_ROLES), unit__isnull=False)
                | (~Q(role__in=sorted(UNIT_ROLES)) & Q(unit__isnull=True)),
                name="post_in_a_unit_by_its_role",
            ),
            models.UniqueConstraint(
                fields=["role", "school", "bureau", "unit"], nulls_distinct=False, name="post_once_per_place_of_work"
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class Appointment(models.Model):
    """A person on a post from one instant until another (or until further notice), as holder or as deputy."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    is_deputy = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["post", "person", "is_deputy", "starts_at"], name="appointment_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


class ContactChannel(models.Model):
    """A way to reach a person; it counts only after it has been verified."""

    class Kind(models.TextChoices):
        """The kinds of channel; all but e-mail are robots or hooks that take an HTTPS address."""

        EMAIL = "email"
        WECOM = "wecom"
        DINGTALK = "dingtalk"
        FEISHU = "feishu"
        WEBHOOK = "webhook"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.EMAIL)
    address = models.CharField(max_length=500)
    verified_at = models.DateTimeField(null=True, blank=True)
    code_digest = models.CharField(max_length=64, blank=True, default="", help_text="Keyed hash of the code sent last.")
    code_sent_at = models.DateTimeField(null=True, blank=True)
    code_attempts = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField(null=True, blank=True, help_text="When an invitation went to it last.")
    code_error = models.CharField(
        max_length=200, blank=True, default="", help_text="Why the other side did not take the code sent last."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "address"], name="channel_once_per_person"),
            models.UniqueConstraint(
                F("person"), IdentityOf("address"), condition=Q(kind="email"), name="email_once_per_person"
            ),
            models.CheckConstraint(
                condition=~Q(kind="email") | Q(address__regex=r"^[!-~]+$"), name="email_in_the_letters_of_domains"
            ),
        ]
        indexes = [models.Index(fields=["kind", "address"], condition=~Q(kind="email"), name="channel_of_robot")]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The address as its owner would write it; messages go to `address`."""
        return mail_address_shown(self.address) if self.kind == self.Kind.EMAIL else self.address
