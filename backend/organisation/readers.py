"""The language and the time zone in which somebody reads what the system sends them. Pure."""

from django.conf import settings

from backend.organisation.models import Person


def language_of(person: Person) -> str:
    """Return the language somebody reads: the account's choice, else the one they were registered with."""
    return person.user.language if person.user else person.language


def zone_of(person: Person) -> str:
    """Return the name of the time zone of somebody's school; at the bureau, which has none, the installation's."""
    return person.school.time_zone if person.school else settings.TIME_ZONE
