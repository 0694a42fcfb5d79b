"""The message that carries one delivery or several, in the language and time zone of the person."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from backend.incidents.models import Report
from backend.notifications.carrying import longest_for
from backend.notifications.messages import Facts, Message, compose, compose_digest
from backend.notifications.models import Delivery, Notice
from backend.notifications.sentences import headline, news_headline, tells_reporter
from backend.organisation.models import Person
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.selectors import category_name

Reports = dict[object, object]


def language_of(person: Person) -> str:
    """Return the language somebody reads: the account's choice, else the one they were registered with."""
    return person.user.language if person.user else person.language


def message_for(*, batch: Sequence[Delivery]) -> Message:
    """Return the words for deliveries to one person by one channel; one query for any number."""
    person, ticket = batch[0].notice.person, batch[0].notice.ticket
    zone = ticket.school.time_zone if ticket else settings.TIME_ZONE
    language = language_of(person)
    tickets = [d.notice.ticket_id for d in batch if d.notice.ticket and d.notice.ticket.reporter_id == person.id]
    own = Report.objects.filter(ticket__in=tickets, reporter=person.id).values_list("ticket_id", "id")
    reports: Reports = dict(own) if tickets else {}
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        entries = [_facts(d.notice, reports, chinese=not language.startswith("en")) for d in batch]
        if len(entries) == 1:
            return compose(entries[0])
        most_bytes = longest_for(batch[0].channel_kind)
        return compose_digest(entries=entries, link=f"{settings.PUBLIC_URL}/notices", most_bytes=most_bytes)


def _facts(notice: Notice, reports: Reports, *, chinese: bool) -> Facts:
    ticket = notice.ticket
    if ticket is None:
        sentence = news_headline(kind=notice.kind, params=notice.params)
        return Facts(sentence=sentence, confidentiality=Confidentiality.K0, link=f"{settings.PUBLIC_URL}/notices")
    to_reporter = tells_reporter(kind=notice.kind, is_reporter=ticket.id in reports)
    path = f"reports/{reports[ticket.id]}" if to_reporter else f"tickets/{ticket.id}"
    sealed = Facts(
        sentence=headline(kind=notice.kind, confidentiality=ticket.confidentiality, to_reporter=to_reporter),
        confidentiality=ticket.confidentiality,
        link=f"{settings.PUBLIC_URL}/{path}",
        is_exercise=ticket.is_exercise,
    )
    return sealed if not sealed.is_open else _in_full(sealed, notice, ticket, to_reporter, chinese=chinese)


def _in_full(sealed: Facts, notice: Notice, ticket: Ticket, to_reporter: bool, *, chinese: bool) -> Facts:
    has_deadline = not to_reporter and ticket.next_due_at < NEVER_DUE
    return Facts(
        sentence=sealed.sentence,
        confidentiality=sealed.confidentiality,
        link=sealed.link,
        reference=ticket.reference,
        category=category_name(ticket, chinese=chinese),
        place=ticket.place.name if ticket.place else "",
        severity=ticket.severity,
        is_exercise=ticket.is_exercise,
        due_at=ticket.next_due_at if has_deadline else None,
        instead_of=notice.instead_of.name if notice.instead_of else "",
    )
