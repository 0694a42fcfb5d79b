"""The marks that say how carefully the source of an outside clock was read. Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mark(models.TextChoices):
    """The care with which the source of an outside clock was read."""

    STATUTE = "statute", _("Text of the law read")
    PAGE = "page", _("Secondary page read")
    UNVERIFIED = "unverified", _("Not verified")
    PROPOSAL = "proposal", _("Our own proposal")
