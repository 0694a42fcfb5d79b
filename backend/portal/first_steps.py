"""The first steps of somebody new in a role: a few lines, each with the page on which it is done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.organisation.actors import Actor
from backend.organisation.roles import Role


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to know or to do, and the route and name of the page for it."""

    words: Promise
    route: str
    link: Promise


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The lines for those who hold a role, under a heading of their own."""

    title: Promise
    lines: tuple[Line, ...]


REACHED = Line(
    _("Enter how messages reach you at once, and confirm it with the code."),
    "portal:channels",
    _("How you are reached"),
)
AWAY = Line(
    _("You will be away? Enter it, and whoever stands in for you is told instead."),
    "portal:duty",
    _("Duty and absence"),
)
FIGURES = Line(
    _("How quickly things are seen and solved, and what keeps coming back, week by week."),
    "portal:figures",
    _("Figures"),
)
FOR_STAFF = FirstSteps(
    _("When you see something"),
    (
        Line(_("Report it in three short steps. Somebody has it from that moment."), "portal:report", _("Report it")),
        Line(_("Follow what becomes of it; you hear of every step."), "portal:reports", _("My reports")),
        Line(_("In danger, call first and report afterwards."), "portal:telephones", _("Telephone numbers")),
    ),
)
FOR_OFFICE = FirstSteps(
    _("For your office"),
    (
        Line(
            _("What comes to your office stands here. Acknowledge it, so that everybody knows somebody is on it."),
            "portal:tickets",
            _("Tickets"),
        ),
        REACHED,
        AWAY,
    ),
)
FOR_SCHOOL = FirstSteps(
    _("For the whole school"),
    (
        Line(_("What is overdue, where, and since when: each number opens its list."), "portal:today", _("Today")),
        FIGURES,
        REACHED,
        AWAY,
    ),
)
FIRST_STEPS: Mapping[Role, FirstSteps] = {
    Role.REPORTER: FOR_STAFF,
    Role.HANDLER: FOR_OFFICE,
    Role.OFFICE_HEAD: FOR_OFFICE,
    Role.COORDINATOR: FOR_SCHOOL,
    Role.VICE_PRINCIPAL: FOR_SCHOOL,
    Role.PRINCIPAL: FOR_SCHOOL,
    Role.BOARD_CHAIR: FirstSteps(
        _("In place of the principal"),
        (
            Line(
                _("You are told where the principal cannot be, because they are away or the report is about them."),
                "portal:tickets",
                _("Tickets"),
            ),
            REACHED,
            AWAY,
        ),
    ),
    Role.DUTY_LEADER: FirstSteps(
        _("While you lead on duty"),
        (
            Line(
                _("When you are on duty, with whom; also for your own calendar."), "portal:duty", _("Duty and absence")
            ),
            Line(
                _("You see the tickets of the school, and step in where nobody acts in time."),
                "portal:tickets",
                _("Tickets"),
            ),
            REACHED,
        ),
    ),
    Role.PROTECTION_LEAD: FirstSteps(
        _("For the protection of students"),
        (
            Line(
                _("Confidential reports come to you at once. Only you, the principal and the case team read them."),
                "portal:tickets",
                _("Tickets"),
            ),
            REACHED,
            AWAY,
        ),
    ),
    Role.BUREAU_OFFICER: FirstSteps(
        _("For the schools of the bureau"),
        (
            Line(
                _("What a school did not deal with in time comes to you, and stands here."),
                "portal:tickets",
                _("Tickets"),
            ),
            Line(_("What is overdue now, school by school."), "portal:today", _("Today")),
            FIGURES,
            AWAY,
        ),
    ),
    Role.ADMINISTRATOR: FirstSteps(
        _("To get the school going"),
        (
            Line(
                _("Set the school up step by step; at the end a check shows whether everybody is reached."),
                "portal:setup",
                _("Set up the school"),
            ),
            Line(_("Bring in the list of staff and invite them."), "portal:staff_import", _("Import of staff")),
            Line(_("Enter the numbers of the gate and the offices."), "portal:telephones", _("Telephone numbers")),
        ),
    ),
}
"""By role; whoever works at a school has those of a reporter too."""


def first_steps(*, actor: Actor) -> list[FirstSteps]:
    """Return what is new to somebody, for each of their roles, what they do most often first, each line once."""
    roles = [role for role in FIRST_STEPS if role in actor.roles or (role is Role.REPORTER and actor.school_id)]
    said: set[Line] = set()
    found: list[FirstSteps] = []
    for steps in dict.fromkeys(FIRST_STEPS[role] for role in roles):
        lines = tuple(line for line in steps.lines if line not in said)
        said.update(lines)
        found.append(FirstSteps(steps.title, lines))
    return found
