"""The written report to somebody outside, filled in from the ticket as far as its reader may see; never sent.

Whatever is not known here is left blank and says so. Nobody is named by the system, and of a confidential matter it
writes nothing that was reported.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.common.errors import NotFound
from backend.common.moments import moment_in
from backend.common.typesetting import paper_typeset
from backend.organisation.actors import Actor
from backend.outside.selectors.duties import DutyShown, outside_of
from backend.portal.cards import is_chinese
from backend.rulebook.outside_rules import ReportStep
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.selectors import category_name

TEMPLATE = Path(__file__).with_name("papers") / "outside.typ"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the form: its name, what is known of it, and what is to be written where nothing is."""

    label: str
    known: str
    ask: str = ""


@dataclass(frozen=True, slots=True)
class OutsideReport:
    """A written report as a form that is partly filled in."""

    title: str
    to: str
    entries: tuple[Entry, ...]
    drawn: str


def outside_report(*, actor: Actor, ticket: Ticket, duty_id: UUID, now: datetime) -> OutsideReport:
    """Return the form of one report of a ticket the actor was let in to; raise NotFound."""
    duties = outside_of(actor=actor, ticket=ticket).duties
    shown = next((one for one in duties if one.duty.id == duty_id), None)
    if shown is None:
        raise NotFound
    is_sealed = ticket.confidentiality == Confidentiality.K2
    school = ticket.school
    entries = (
        Entry(pgettext("report to an authority", "School"), school.name),
        Entry(_("Number at the school"), ticket.reference),
        Entry(
            pgettext("report to an authority", "What it is"),
            *_kept(is_sealed, category_name(ticket, chinese=is_chinese())),
        ),
        Entry(_("When it happened"), moment_in(at=ticket.occurred_at, zone=school.time_zone)),
        Entry(_("When the school knew"), moment_in(at=ticket.filed_at, zone=school.time_zone)),
        Entry(_("Place and scene"), ticket.place.name if ticket.place else "", _("What the place looks like now")),
        Entry(_("What happened, in short"), *_kept(is_sealed, ticket.description)),
        Entry(_("Casualties"), "", _("Dead, seriously injured, injured, missing: numbers, no names of children")),
        Entry(_("What was done so far"), _measures(ticket), _("Who was called, what was made safe")),
        Entry(_("Told already"), _told(duties, school.time_zone)),
        *_by_step(shown),
        Entry(_("What else is to be said"), "", _("What is needed, what is not known yet")),
        Entry(_("Signed by, telephone"), "", _("Name, post, telephone")),
    )
    drawn = {"who": actor.name, "time": moment_in(at=now, zone=school.time_zone)}
    return OutsideReport(
        f"{shown.tell.report.label} · {shown.clock.trigger}" if not is_sealed else str(shown.tell.report.label),
        shown.to.name,
        entries,
        _("Drawn by %(who)s on %(time)s") % drawn,
    )


def outside_report_pdf(*, actor: Actor, ticket: Ticket, duty_id: UUID, now: datetime) -> bytes:
    """Return the same as PDF."""
    with timezone.override(ZoneInfo(ticket.school.time_zone)):
        report = outside_report(actor=actor, ticket=ticket, duty_id=duty_id, now=now)
    data = {
        "title": report.title,
        "to": report.to,
        "entries": [{"label": row.label, "known": row.known, "ask": row.ask} for row in report.entries],
        "drawn": report.drawn,
        "labels": {"to": pgettext("report to an authority", "To"), "blank": _("Not known here, please write it in:")},
    }
    return paper_typeset(template=TEMPLATE, title=report.title, data=data, now=now)


def _kept(is_sealed: bool, known: str) -> tuple[str, str]:
    """Return what is known; of a confidential matter a person writes it, who knows what the other end may learn."""
    return ("", _("Confidential: write no more than they need, and no names of children")) if is_sealed else (known, "")


def _measures(ticket: Ticket) -> str:
    zone = ticket.school.time_zone
    said = [
        _("Made safe for the time being: %(time)s") % {"time": moment_in(at=at, zone=zone)}
        for at in [ticket.interim_control_at]
        if at
    ]
    if ticket.contained_at:
        said.append(_("Under control: %(time)s") % {"time": moment_in(at=ticket.contained_at, zone=zone)})
    if ticket.resolved_at:
        said.append(_("Solved: %(time)s") % {"time": moment_in(at=ticket.resolved_at, zone=zone)})
    return "\n".join(said)


def _told(duties: object, zone: str) -> str:
    told: list[DutyShown] = [one for one in duties if one.told_at]  # type: ignore[attr-defined]
    return "\n".join(f"{one.to.name} · {moment_in(at=one.told_at, zone=zone)}" for one in told if one.told_at)


def _by_step(shown: DutyShown) -> tuple[Entry, ...]:
    if shown.tell.report is ReportStep.FIRST:
        return ()
    changed = Entry(_("What changed since the last report"), "", _("New numbers of casualties, new measures"))
    if shown.tell.report is ReportStep.FOLLOW_UP:
        return (changed,)
    return (
        changed,
        Entry(_("Cause, outcome, and what keeps it from coming back"), "", _("Also what families were told")),
    )
