"""The ringing and the words of notices, by a renderer for each kind of subject that they can be about."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language

from backend.common.moments import moment_in
from backend.common.sql.statements import RowQuery
from backend.incidents.models import Report
from backend.notifications.ledger_words import ledger_lines
from backend.notifications.messages import Facts
from backend.notifications.models import Notice, SubjectKind
from backend.notifications.news_said import said_now
from backend.notifications.reasons import Standing, notices_read, notices_standing
from backend.notifications.ringing import Group, Ring, group_of
from backend.notifications.round_rendering import RoundRenderer
from backend.notifications.sentences import BULLETIN_TOLD, LEDGER_TOLD, headline, news_headline, tells_reporter
from backend.notifications.still import Subject
from backend.organisation.actors import Actor
from backend.organisation.models import Place, School
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.ruleset import NO_NIGHT, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.selectors import category_name
from backend.workflow.states import State

SEVERITY_OF_NEWS = Severity.P4
TICKETS = RowQuery(
    """
    FROM workflow_ticket AS ticket
    JOIN organisation_school AS school ON school.id = ticket.school_id
    LEFT JOIN organisation_place AS place ON place.id = ticket.place_id
    LEFT JOIN workflow_ticketmerge AS merged ON merged.ticket_id = ticket.id AND merged.ended_at IS NULL
    WHERE ticket.id = ANY(%s)
    """,
    extras={
        "concerned": "ARRAY(SELECT named.person_id FROM workflow_ticketparticipant AS named"
        " WHERE named.ticket_id = ticket.id)",
        "missed": "ARRAY(SELECT DISTINCT timer.clock FROM deadlines_timer AS timer"
        " WHERE timer.subject_kind = 'ticket' AND timer.subject_id = ticket.id AND timer.rung > 0"
        " AND (timer.stopped_at IS NULL OR timer.stop_reason = 'ladder_ended' AND timer.target = ''))",
        "settled": "ARRAY(SELECT part.kind FROM workflow_ticketpart AS part"
        " WHERE part.ticket_id IN (ticket.id, merged.into_id)"
        " GROUP BY part.kind HAVING bool_and(part.ended_at IS NOT NULL))",
        "goes_on": "COALESCE((SELECT later.state FROM workflow_ticket AS later WHERE later.id = merged.into_id),"
        " ticket.state)",
    },
    ticket=Ticket,
    school=School,
    place=Place,
)


Words = Callable[[], Facts]
"""The content of a message about a notice, in the language that is active when it is asked for."""


class Renderer(Protocol):
    """One kind of subject; each answer is for any number of notices, and costs the same few statements."""

    def rings(self, notices: Sequence[Notice]) -> Mapping[UUID, Ring]:
        """Return by the notice's id how it rings."""
        ...

    def words(self, notices: Sequence[Notice]) -> Mapping[UUID, Words]:
        """Return by the notice's id what a message says of it; each notice comes with its person.

        A notice whose reason is gone has no words, and is not sent.
        """
        ...


class TicketRenderer:
    """Notices about a ticket."""

    def rings(self, notices: Sequence[Notice]) -> Mapping[UUID, Ring]:
        """Return how each rings: as urgently as its ticket, by the rulebook the ticket was opened under."""
        tickets = _tickets({notice.subject_id for notice in notices})
        return {notice.id: _ticket_ring(notice, tickets[notice.subject_id]) for notice in notices}

    def words(self, notices: Sequence[Notice]) -> Mapping[UUID, Words]:
        """Return what each says that still has a reason; whoever reported it themselves is sent to the report."""
        subjects = _subjects({notice.subject_id for notice in notices})
        standing = notices_standing(notices=notices, subjects=subjects)
        tickets = {ticket_id: subject.ticket for ticket_id, subject in subjects.items()}
        notices = [one.notice for one in standing]
        own = [notice for notice in notices if tickets[notice.subject_id].reporter_id == notice.person_id]
        reports = _reports([notice.subject_id for notice in own])
        found = {}
        for one in standing:
            ticket = tickets[one.notice.subject_id]
            report_id = reports.get((ticket.id, one.notice.person_id))
            found[one.notice.id] = partial(_ticket_facts, one, ticket, report_id)
        return found


class SchoolRenderer:
    """News that belongs to no ticket: something a school is told by the system."""

    def rings(self, notices: Sequence[Notice]) -> Mapping[UUID, Ring]:
        """Return how each rings: never at night."""
        ids = {notice.subject_id for notice in notices}
        schools = School.objects.in_bulk(ids)
        versions = dict(SchoolRulebook.objects.filter(school__in=ids).values_list("school_id", "version_id"))
        return {notice.id: _news_ring(notice, schools[notice.subject_id], versions) for notice in notices}

    def words(self, notices: Sequence[Notice]) -> Mapping[UUID, Words]:
        """Return the sentence of each."""
        said = said_now(news=notices)
        return {notice.id: partial(_news_facts, notice, said[notice.id]) for notice in notices}


class PersonRenderer:
    """News of powers over people: they ring at once, at night too, and nobody switches them off.

    The checkpoint of the day does not: one channel is enough for it. No school's list of deliveries shows them.
    """

    def rings(self, notices: Sequence[Notice]) -> Mapping[UUID, Ring]:
        """Return how each rings: by every channel, without quiet hours."""
        ring = Ring(None, settings.TIME_ZONE, None, SEVERITY_OF_NEWS, NO_NIGHT)
        by_one = Ring(None, settings.TIME_ZONE, Group.SYSTEM, SEVERITY_OF_NEWS, NO_NIGHT, by_one=True)
        return {notice.id: by_one if notice.params.get("what") == "daily" else ring for notice in notices}

    def words(self, notices: Sequence[Notice]) -> Mapping[UUID, Words]:
        """Return the sentence of each."""
        said = said_now(news=notices)
        return {notice.id: partial(_news_facts, notice, said[notice.id]) for notice in notices}


RENDERERS: Mapping[str, Renderer] = {
    SubjectKind.TICKET: TicketRenderer(),
    SubjectKind.SCHOOL: SchoolRenderer(),
    SubjectKind.PERSON: PersonRenderer(),
    SubjectKind.ROUND: RoundRenderer(),
}


def sentences_of(*, actor: Actor, notices: Sequence[Notice]) -> dict[UUID, str]:
    """Return by the notice's id what a list of their reader says of it, as it stands now; three statements at most."""
    news = [row for row in notices if row.ticket_id is None]
    said = said_now(news=news)
    found = {row.id: news_headline(kind=row.kind, params=said[row.id]) for row in news}
    about = [row for row in notices if row.ticket_id is not None]
    subjects = _subjects({row.subject_id for row in about}) if about else {}
    for one in notices_read(actor=actor, notices=about, subjects=subjects) if about else ():
        found[one.notice.id] = headline(
            kind=one.notice.kind,
            ticket=subjects[one.notice.subject_id].ticket,
            to_reporter=one.to_reporter,
            in_office=one.in_office,
            can=one.can,
            is_settled=not one.holds,
        )
    return found


def rings_of(*, notices: Sequence[Notice]) -> dict[UUID, Ring]:
    """Return how each notice rings, whatever they are about."""
    found: dict[UUID, Ring] = {}
    for kind, own in _by_kind(notices).items():
        found.update(RENDERERS[kind].rings(own))
    return found


def words_of(*, notices: Sequence[Notice]) -> dict[UUID, Words]:
    """Return what a message says of each notice, whatever they are about."""
    found: dict[UUID, Words] = {}
    for kind, own in _by_kind(notices).items():
        found.update(RENDERERS[kind].words(own))
    return found


def _by_kind(notices: Sequence[Notice]) -> dict[str, list[Notice]]:
    by_kind: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_kind[notice.subject_kind].append(notice)
    return by_kind


def _tickets(ids: Collection[UUID]) -> dict[UUID, Ticket]:
    return {ticket_id: _ticket(row) for ticket_id, row in _rows(ids).items()}


def _subjects(ids: Collection[UUID]) -> dict[UUID, Subject]:
    return {
        ticket_id: Subject(_ticket(row), row["concerned"], row["missed"], row["settled"], State(row["goes_on"]))
        for ticket_id, row in _rows(ids).items()
    }


def _rows(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    return {row["ticket"].id: row for row in TICKETS.rows([list(ids)])}


def _ticket(row: Mapping[str, Any]) -> Ticket:
    ticket: Ticket = row["ticket"]
    ticket.school, ticket.place = row["school"], row["place"]
    return ticket


def _reports(ticket_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], UUID]:
    """Return the report of each ticket and reporter."""
    if not ticket_ids:
        return {}
    rows = Report.objects.filter(ticket__in=ticket_ids).values_list("ticket_id", "reporter_id", "id")
    return {(ticket_id, reporter_id): report_id for ticket_id, reporter_id, report_id in rows}


def _ticket_ring(notice: Notice, ticket: Ticket) -> Ring:
    to_reporter = tells_reporter(kind=notice.kind, is_reporter=ticket.reporter_id == notice.person_id)
    return Ring(
        school_id=ticket.school_id,
        zone=ticket.school.time_zone,
        group=group_of(kind=notice.kind, has_ticket=True, to_reporter=to_reporter),
        severity=Severity(ticket.severity),
        quiet=ruleset_get(ticket.rulebook_id).quiet_hours,
    )


def _news_ring(notice: Notice, school: School, versions: Mapping[UUID, int]) -> Ring:
    version_id = versions.get(school.id)
    quiet = ruleset_get(version_id).quiet_hours if version_id else NO_NIGHT
    by_one = notice.kind == BULLETIN_TOLD
    return Ring(school.id, school.time_zone, Group.SYSTEM, SEVERITY_OF_NEWS, quiet, by_one=by_one)


def _news_facts(notice: Notice, said: Mapping[str, Any]) -> Facts:
    sentence = news_headline(kind=notice.kind, params=said)
    link = f"{settings.PUBLIC_URL}{notice.params.get('path', '/notices')}"
    verbatim = ledger_lines(notice.params) if notice.kind == LEDGER_TOLD else ""
    return Facts(sentence=sentence, confidentiality=Confidentiality.K0, link=link, verbatim=verbatim)


def _ticket_facts(standing: Standing, ticket: Ticket, report_id: UUID | None) -> Facts:
    notice = standing.notice
    to_reporter = tells_reporter(kind=notice.kind, is_reporter=report_id is not None)
    path = f"reports/{report_id}" if to_reporter else f"tickets/{ticket.id}"
    sealed = Facts(
        sentence=headline(
            kind=notice.kind,
            ticket=ticket,
            to_reporter=to_reporter,
            in_office=standing.in_office,
            can=standing.can,
        ),
        confidentiality=ticket.confidentiality,
        link=f"{settings.PUBLIC_URL}/{path}",
        is_exercise=ticket.is_exercise,
    )
    return _in_full(sealed, notice, ticket, to_reporter) if sealed.is_open else sealed


def _in_full(sealed: Facts, notice: Notice, ticket: Ticket, to_reporter: bool) -> Facts:
    has_deadline = not to_reporter and ticket.next_due_at < NEVER_DUE
    return Facts(
        sentence=sealed.sentence,
        confidentiality=sealed.confidentiality,
        link=sealed.link,
        school="" if notice.person.school_id else ticket.school.name,
        reference=ticket.reference,
        category=category_name(ticket, chinese=not (get_language() or "").startswith("en")),
        place=ticket.place.name if ticket.place else "",
        severity=ticket.severity,
        is_exercise=ticket.is_exercise,
        due=moment_in(at=ticket.next_due_at, zone=ticket.school.time_zone) if has_deadline else "",
        instead_of=notice.instead_of.name if notice.instead_of else "",
    )
