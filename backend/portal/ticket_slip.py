"""The slip of a ticket in three parts, as an office or whoever stands above it draws it up."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backend.common.errors import Conflict, PermissionDenied
from backend.incidents.models import Report
from backend.incidents.selectors import promise_of, reports_behind
from backend.organisation.actors import Actor
from backend.portal.cards import is_chinese, promise_card, reported_by
from backend.portal.part_cards import TITLES
from backend.portal.selectors import timers_running
from backend.portal.slip_parts import (
    LONGEST_OFFICE,
    LONGEST_OWN,
    Fact,
    Slip,
    SlipPart,
    at_time,
    beginning,
    by_time,
    for_office,
    for_reporter,
    for_supervision,
    office_blanks,
    report_code,
    slip_typeset,
    supervision_blanks,
    telephones,
    ticket_code,
)
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.rulebook.words import CLOCK_NAMES
from backend.workflow.asked import parts_asked, promise_open
from backend.workflow.facts import Situation
from backend.workflow.models import ReporterMode, Ticket
from backend.workflow.policy import relations_of
from backend.workflow.relation_groups import ABOVE, OFFICE
from backend.workflow.selectors import category_name

LONGEST_ORDER = 60
MOST_ORDERS = 3
"""So many demands have room on the part of whoever supervises, the soonest due first."""


class SlipOfConfidential(Conflict):
    """A strictly confidential ticket is told to its case team alone, and a slip passes through many hands."""

    code = "slip_of_confidential"
    title = gettext_lazy("This is strictly confidential: nothing of it is printed on a slip.")


def may_draw_slip(*, actor: Actor, ticket: Ticket) -> bool:
    """Say whether the actor can have the slip of a ticket they were let in to: its office, and those above."""
    is_sealed = ticket.confidentiality == Confidentiality.K2
    return not is_sealed and not relations_of(actor=actor, ticket=ticket).isdisjoint(OFFICE | ABOVE)


def ticket_slip(*, actor: Actor, ticket: Ticket, now: datetime) -> Slip:
    """Return the slip of a ticket the actor was let in to; raise SlipOfConfidential, or PermissionDenied for others.

    What the reporter keeps is what they reported and can count on. It is the same for everybody who draws it, whomever
    the ticket concerns. A ticket that no report opened has no part for a reporter.
    """
    if ticket.confidentiality == Confidentiality.K2:
        raise SlipOfConfidential
    if not may_draw_slip(actor=actor, ticket=ticket):
        raise PermissionDenied
    with timezone.override(ZoneInfo(ticket.school.time_zone)):
        own = (row.report for row in reports_behind(actor=actor, ticket=ticket) if row.report.ticket_id == ticket.id)
        parts = [
            *(_reporter_part(ticket, report, now) for report in list(own)[:1]),
            *_further_parts(Situation(ticket=ticket, now=now), actor),
        ]
    return Slip(reference=ticket.reference, school=ticket.school.name, is_exercise=ticket.is_exercise, parts=parts)


def ticket_slip_pdf(*, actor: Actor, ticket: Ticket, now: datetime) -> bytes:
    """Return the same as PDF."""
    return slip_typeset(slip=ticket_slip(actor=actor, ticket=ticket, now=now), now=now)


def _reporter_part(ticket: Ticket, report: Report, now: datetime) -> SlipPart:
    clocks = promise_card(promise=promise_of(report=report), now=now)
    return SlipPart(
        label=for_reporter(),
        facts=[
            (_("About"), category_name(ticket, chinese=is_chinese(), code=report.category)),
            (_("Place"), report.place.name if report.place else _("Not given")),
            (_("Happened"), at_time(report.occurred_at)),
            (_("Reported"), at_time(report.filed_at)),
        ],
        due=[(row.what, by_time(row.due.at)) for row in clocks if row.due],
        words=beginning(report.description, most=LONGEST_OWN),
        code=report_code(report.id),
        scan=_("Scan this to see where your report stands."),
        numbers=telephones(ticket.school),
        foot=_("Printed on %(time)s") % {"time": at_time(now)},
    )


def _further_parts(situation: Situation, actor: Actor) -> Iterator[SlipPart]:
    ticket = situation.ticket
    printed = {"who": actor.name, "time": at_time(situation.now)}
    about = [
        (_("About"), category_name(ticket, chinese=is_chinese())),
        (_("Place"), ticket.place.name if ticket.place else _("Not given")),
        (_("Reported"), at_time(ticket.filed_at)),
        (_("Office"), ticket.owner.name),
    ]
    part = partial(
        SlipPart,
        code=ticket_code(ticket.id),
        scan=_("Scan this to open the ticket."),
        foot=_("Printed by %(who)s on %(time)s") % printed,
    )
    due = [(str(CLOCK_NAMES[timer.clock]), by_time(timer.ladder[0])) for timer in timers_running(situation=situation)]
    due += list(_promised(ticket))
    words = beginning(ticket.description, most=LONGEST_OFFICE)
    # A paper lies about, whoever draws it: the name stands on it only where it was given openly.
    by = reported_by(ticket=ticket, is_named=ticket.reporter_mode == ReporterMode.NAMED)
    office = [*about, (pgettext("who reported it", "By"), by)]
    yield part(label=for_office(), facts=office, due=due, words=words, blanks=office_blanks())
    watched = [*about, *_watched(ticket)]
    yield part(label=for_supervision(), facts=watched, due=due, blanks=supervision_blanks())


def _promised(ticket: Ticket) -> Iterator[Fact]:
    promise = promise_open(ticket)
    if promise:
        yield str(TITLES[ClockName.PROMISE]), by_time(promise.due_at)


def _watched(ticket: Ticket) -> Iterator[Fact]:
    """Yield what whoever supervises looks at: how far it climbed, and the answers that were demanded."""
    if ticket.level:
        yield _("Escalated"), _("step %(level)s") % {"level": ticket.level}
    orders = [part for part in parts_asked(ticket) if part.is_open and part.kind == ClockName.ORDER]
    for order in orders[:MOST_ORDERS]:
        yield str(TITLES[ClockName.ORDER]), f"{beginning(order.words, most=LONGEST_ORDER)} · {by_time(order.due_at)}"
