"""The proof that a category asks for before a problem counts as solved. Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Proof(models.TextChoices):
    """The kinds of proof that show a problem to be solved."""

    PHOTO = "photo", _("a photo of what was done")
    MEASUREMENT = "measurement", _("a measured value with its unit")
    DOCUMENT = "document", _("a document, such as a test report")


PROOFS_SHAPE = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": Proof.values}}
"""The shape of a category's list of proofs in a rulebook file; one that asks for none leaves it out."""
