"""Schools under a bureau, their units and places, and the people who hold posts in them."""

from backend.organisation.models.people import Appointment, ContactChannel, Person, Post
from backend.organisation.models.powers import PendingPower, Power
from backend.organisation.models.schools import Bureau, Place, School, Unit, place_token
from backend.organisation.models.telephones import TelephoneNumber

__all__ = [
    "Appointment",
    "Bureau",
    "ContactChannel",
    "PendingPower",
    "Person",
    "Place",
    "Post",
    "Power",
    "School",
    "TelephoneNumber",
    "Unit",
    "place_token",
]
