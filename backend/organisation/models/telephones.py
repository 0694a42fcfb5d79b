"""Telephone numbers of a school that its people ring, beside those of police, fire brigade and ambulance."""

import re

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backend.common.identities import IdentityOf
from backend.common.named import Named
from backend.organisation.models.schools import School, Unit

NUMBER = r"^\+?[0-9][0-9 ()/*#.-]*( ?(转|ext\.?) ?[0-9]+)?$"
"""A number as people write it, with an extension after it where there is one."""
WRITTEN = _("Write it like 010-6555 1234, with 转 or ext. before an extension.")
EXTENSION = re.compile(r" ?(?:转|ext\.?) ?")


class TelephoneNumber(Named):
    """A number meant for colleagues: of an office, or of what belongs to none, as the gate; never somebody's own."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="telephone_numbers")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="telephone_numbers", help_text="Its office."
    )
    number = models.CharField(
        max_length=40,
        validators=[RegexValidator(NUMBER, WRITTEN)],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce("unit", "school"), IdentityOf("name_zh"), name="telephone_number_once_per_office"
            ),
            models.CheckConstraint(condition=Q(number__regex=NUMBER), name="telephone_number_can_be_dialled"),
        ]

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it; it waits for the answer before it dials an extension."""
        return re.sub(r"[^0-9+*#,]", "", EXTENSION.sub(",", self.number))
