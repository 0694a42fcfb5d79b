"""The words of a category for whoever reports it: where it is found, and what is to be done at once. Pure."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    """The groups in which a reporter looks for a category, in the order in which they are shown."""

    FIRE = "fire", _("Fire and electricity")
    BUILDING = "building", _("Buildings and grounds")
    FOOD = "food", _("Food and water")
    HEALTH = "health", _("Health")
    INJURY = "injury", _("Injuries")
    GATE = "gate", _("People, gate and traffic")
    CHILDREN = "children", _("Protection of students")
    OTHER = "other", _("Something else")


class Emergency(models.TextChoices):
    """The services that are telephoned in an emergency; their numbers are the school's."""

    POLICE = "police", _("Police")
    FIRE = "fire", _("Fire")
    AMBULANCE = "ambulance", _("Ambulance")


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts in both languages, one list for each."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


NO_WORDS = Wording()
