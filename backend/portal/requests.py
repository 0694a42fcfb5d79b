"""The request that pages for staff work with."""

from django.http import HttpRequest

from backend.accounts.models import User
from backend.organisation.actors import Actor
from backend.organisation.models import School


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff; `school` is None for people of the bureau."""

    user: User
    actor: Actor
    school: School | None
