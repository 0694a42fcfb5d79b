"""The steps of setting a school up, in their order, and how far each is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.setup.selectors.progress import Progress

FEWEST_PEOPLE = 3
FEWEST_OFFICES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the pages list it; `page` is the name of its address, empty where there is nothing to go back to."""

    key: str
    label: Promise
    hint: Promise
    page: str
    is_done: bool


def steps_of(progress: Progress) -> list[Step]:
    """Return all steps with what is done."""
    has_people = progress.people >= FEWEST_PEOPLE and progress.offices >= FEWEST_OFFICES and progress.places > 0
    return [
        Step("school", _("School"), _("Its name, kind and time zone."), "", True),
        Step("administrator", _("First administrator"), _("That is you."), "", True),
        Step(
            "people",
            _("People, offices, places"),
            _("Who works where, and holds which post."),
            "setup_people",
            has_people,
        ),
        Step("calendar", _("Calendar"), _("Terms, bell times and holidays."), "setup_calendar", progress.has_calendar),
        Step(
            "rules",
            _("Rules"),
            _("What can be reported, and who answers for it."),
            "setup_rules",
            progress.has_rulebook,
        ),
        Step("mail", _("Messages"), _("A test message that arrives."), "setup_mail", progress.is_reached),
        Step(
            "check", _("Check"), _("Who is reached, at every hour of four weeks."), "setup_check", progress.is_checked
        ),
        Step("invite", _("Invitations"), _("Everybody opens an account."), "setup_invite", _all_invited(progress)),
        Step("live", _("Go live"), _("The school begins to work with it."), "setup_live", progress.is_live),
    ]


def step_after(steps: Sequence[Step]) -> Step | None:
    """Return the first step that is not done; None where all are."""
    return next((step for step in steps if not step.is_done), None)


def _all_invited(progress: Progress) -> bool:
    return progress.people >= FEWEST_PEOPLE and progress.uninvited == 0
