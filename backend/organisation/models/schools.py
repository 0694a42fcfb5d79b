"""A bureau, its schools, and their units and places."""

import re
import secrets

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.calendars.models import Calendar
from backend.common.identities import IdentityOf
from backend.common.named import Named

HAN = re.compile("[\u4e00-\u9fff]")
EMERGENCY_NUMBER = r"^\+?[0-9][0-9 -]{1,18}\Z"
"""A number that any telephone takes as it is printed; Python and PostgreSQL read it alike."""
DIALLED = RegexValidator(EMERGENCY_NUMBER, _("Digits only, for example 110 or +44 999."))


def place_token() -> str:
    """Return an unguessable token of 22 characters for the QR code of a place."""
    return secrets.token_urlsafe(16)


class Bureau(Named):
    """The education bureau above several schools."""

    code = models.SlugField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(IdentityOf("code"), name="bureau_code_once")]


class School(Named):
    """One school; every ticket, unit and place belongs to exactly one."""

    class Kind(models.TextChoices):
        """The kinds of school, as far as they are set up differently."""

        DAY = "day", _("Day school")
        BOARDING = "boarding", _("Boarding school")

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="schools")
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DAY)
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")
    country = models.CharField(
        max_length=2, blank=True, default="", db_default="", help_text="Two letters, such as GB; empty: not said yet."
    )
    calendar = models.OneToOneField(Calendar, null=True, blank=True, on_delete=models.SET_NULL, related_name="school")
    intake_unit = models.ForeignKey(
        "Unit", null=True, on_delete=models.PROTECT, related_name="+", help_text="Owns a ticket until it is routed."
    )
    protection_unit = models.ForeignKey(
        "Unit", null=True, on_delete=models.PROTECT, related_name="+", help_text="Owns tickets of class K2."
    )
    emergency_police = models.CharField(max_length=20, default="110", validators=[DIALLED])
    emergency_fire = models.CharField(max_length=20, default="119", validators=[DIALLED])
    emergency_ambulance = models.CharField(max_length=20, default="120", validators=[DIALLED])
    takes_anonymous = models.BooleanField(
        default=False, db_default=False, help_text="Whether anybody can report here without an account and a name."
    )
    live_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the school works with it; empty while it is being set up."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(IdentityOf("code"), name="school_code_once"),
            models.CheckConstraint(
                condition=Q(
                    emergency_police__regex=EMERGENCY_NUMBER,
                    emergency_fire__regex=EMERGENCY_NUMBER,
                    emergency_ambulance__regex=EMERGENCY_NUMBER,
                ),
                name="emergency_numbers_can_be_dialled",
            ),
        ]

    @property
    def usual_language(self) -> str:
        """The language of people who are entered without one: English where the school has no name in Chinese."""
        return User.Language.CHINESE if HAN.search(self.name_zh) else User.Language.ENGLISH


class Unit(Named):
    """An office, grade group or class of a school."""

    class Kind(models.TextChoices):
        OFFICE = "office"
        GRADE = "grade"
        CLASS = "class"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.SlugField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(F("school"), IdentityOf("code"), name="unit_code_once_per_school")]


class Place(Named):
    """A place of a school; its owner unit looks after it, its token stands in the QR code on the wall."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="places")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="places")
    code = models.SlugField(max_length=40)
    token = models.CharField(max_length=22, unique=True, default=place_token, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(F("school"), IdentityOf("code"), name="place_code_once_per_school")]
