"""One ticket as a paper for an inspector: what its page shows to whoever draws it, in order of time, with photos."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.common.errors import NotFound
from backend.common.moments import moment_in
from backend.common.named import localised
from backend.common.typesetting import paper_typeset
from backend.files.store import LARGE, content_read
from backend.incidents.selectors import ReportBehind, answers_of, reports_behind
from backend.organisation.actors import Actor
from backend.portal.cards import ClockCard, clock_card, is_chinese, reported_by
from backend.portal.due import moment
from backend.portal.owed_words import next_in_words
from backend.portal.selectors import timers_running
from backend.portal.sentences import Line
from backend.portal.timeline import timeline_lines
from backend.rulebook.outside_rules import OutsideClock
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.attachments import attachments_of, shows_adder
from backend.workflow.facts import Situation
from backend.workflow.models import Attachment, Ticket
from backend.workflow.policy import Part, opened_to
from backend.workflow.selectors import category_name, outside_clocks_of

TEMPLATE = Path(__file__).with_name("papers") / "ticket.typ"
MOST_PICTURES = 20
"""So many pictures one paper holds; of the others it has the names."""


def ticket_pdf(*, actor: Actor, ticket: Ticket, now: datetime) -> bytes:
    """Return a ticket the actor was let in to as PDF, as far as it is opened to them, in its school's time zone.

    Each page says who drew it and when; across a confidential one that stands large.
    """
    with timezone.override(ZoneInfo(ticket.school.time_zone)):
        files = attachments_of(actor=actor, ticket=ticket)
        data = {**_data(actor, ticket, now), "files": [_file(actor, ticket, row) for row in files]}
        title = f"{ticket.reference} {data['heading']}"
        return paper_typeset(template=TEMPLATE, title=title, data=data, now=now, pictures=_pictures(files))


def _pictures(files: Sequence[Attachment]) -> dict[str, bytes]:
    shown = [row.file_id for row in files if row.file.is_picture][:MOST_PICTURES]
    return {f"{file_id}.jpg": content for file_id in shown if (content := _content(file_id))}


def _content(file_id: UUID) -> bytes:
    """Return a picture; nothing where the store has it no more, as of one that is removed just now."""
    try:
        return content_read(file_id=file_id, name=LARGE)
    except NotFound:
        return b""


def _file(actor: Actor, ticket: Ticket, row: Attachment) -> dict[str, Any]:
    shown = shows_adder(actor=actor, attachment=row)
    who = _("the reporter") if not shown else row.added_by.name if row.added_by else _("somebody outside")
    said = {"who": who, "time": _at(ticket, row.added_at)}
    return {
        "name": row.file.name,
        "picture": f"{row.file_id}.jpg" if row.file.is_picture else "",
        "added": _("Added by %(who)s on %(time)s") % said,
    }


def _data(actor: Actor, ticket: Ticket, now: datetime) -> dict[str, Any]:
    opened = opened_to(actor=actor, ticket=ticket)
    situation = Situation(ticket=ticket, now=now)
    reports = reports_behind(actor=actor, ticket=ticket)
    clocks = [clock_card(ticket=ticket, timer=timer, now=now) for timer in timers_running(situation=situation)]
    drawn = {"who": actor.name, "time": f"{_at(ticket, now)} ({ticket.school.time_zone})"}
    is_sealed = ticket.confidentiality != Confidentiality.K0
    return {
        "school": ticket.school.name,
        "reference": ticket.reference,
        "heading": category_name(ticket, chinese=is_chinese()),
        "marks": list(_marks(ticket)),
        "facts": list(_facts(ticket, reports, shows_reporter=Part.REPORTER in opened)),
        "words": ticket.description,
        "added": list(_added(ticket, reports)),
        "next": next_in_words(situation=situation, actor=None),
        "clocks": [_clock(ticket, clock) for clock in clocks],
        "timeline": [_line(ticket, line) for line in reversed(timeline_lines(ticket=ticket, opened=opened))],
        "outside": [_outside(clock) for clock in outside_clocks_of(ticket)],
        "drawn": _("Drawn by %(who)s on %(time)s") % drawn,
        "watermark": [ticket.get_confidentiality_display(), actor.name, _at(ticket, now)] if is_sealed else [],
        "labels": {
            "words": _("What was reported"),
            "next": _("What happens next"),
            "clocks": _("Deadlines"),
            "no_clocks": _("No deadline runs"),
            "timeline": _("What has happened"),
            "files": _("Photos and files"),
            "elsewhere": _("This file is kept with the ticket and is not printed here."),
            "outside": _("Reports to authorities"),
            "by_hand": _("If one of these applies, a person makes the report. Nothing is sent from here."),
        },
    }


def _added(ticket: Ticket, reports: Sequence[ReportBehind]) -> Iterator[dict[str, str]]:
    """Yield what was added to the report, and the words of the reports that were merged into it."""
    for behind in reports:
        report = behind.report
        if report.ticket_id != ticket.id:
            merged = {"reference": report.ticket.reference, "time": _at(ticket, report.filed_at)}
            yield {"at": _("Also reported: %(reference)s, %(time)s") % merged, "text": report.description}
        for amendment in behind.amendments:
            yield {"at": _at(ticket, amendment.added_at), "text": amendment.text}


def _at(ticket: Ticket, at: datetime) -> str:
    return moment_in(at=at, zone=ticket.school.time_zone)


def _marks(ticket: Ticket) -> Iterator[str]:
    if ticket.is_exercise:
        yield _("Exercise")
    yield ticket.get_state_display()
    yield ticket.get_severity_display()
    yield ticket.get_confidentiality_display()
    if ticket.level:
        yield _("Escalated, step %(level)s") % {"level": ticket.level}


def _facts(ticket: Ticket, reports: list[ReportBehind], *, shows_reporter: bool) -> Iterator[tuple[str, str]]:
    yield _("Place"), ticket.place.name if ticket.place else _("Place not given")
    yield _("Happened"), _at(ticket, ticket.occurred_at)
    yield _("Reported"), _at(ticket, ticket.filed_at)
    yield pgettext("who reported it", "By"), reported_by(ticket=ticket, is_named=shows_reporter)
    for behind in reports:
        if behind.report.ticket_id != ticket.id:
            continue
        if behind.shows_caller and behind.report.caller_name:
            called = (behind.report.caller_name, behind.report.caller_contact)
            yield _("On behalf of"), " · ".join(filter(None, called))
        yield from ((said.question.label, said.choice.label) for said in answers_of(report=behind.report))
    yield _("Office"), ticket.owner.name
    yield _("Handled by"), ticket.assignee.name if ticket.assignee else _("Nobody in person yet")


def _clock(ticket: Ticket, clock: ClockCard) -> dict[str, Any]:
    return {
        "label": clock.label,
        "due": _("Due %(time)s") % {"time": _at(ticket, clock.due.at)} if clock.due else "",
        "left": clock.due.words if clock.due else "",
        "is_late": clock.due is not None and clock.due.tone == "late",
        "next": _("Next step up: %(roles)s, %(time)s") % {"roles": clock.next_roles, "time": moment(clock.next_at)},
    }


def _line(ticket: Ticket, line: Line) -> dict[str, Any]:
    return {
        "at": _at(ticket, line.at),
        "sentence": line.sentence,
        "note": line.note,
        "details": line.details,
        "is_alarm": line.is_alarm,
    }


def _outside(clock: OutsideClock) -> dict[str, str]:
    return {
        "to": localised(clock, "to"),
        "deadline": localised(clock, "deadline"),
        "trigger": localised(clock, "trigger"),
        "source": localised(clock, "source"),
    }
