"""Finding tickets by a reference, or by words: every word has to be found, in any order, in the text or in a name.

Names are those of place, office and category, and of people: the reporter who gave theirs openly, whoever has it in
hand, and the office's head, all of them in class K0 alone. Chinese has no spaces, and most of its words have two
characters: too few for trigrams, so the index holds the pairs of neighbouring characters of each text (`text_bigrams`
in the database). It finds candidates, the text itself decides. Full width and marks that are written apart make no
difference: names are compared in one form, and a text, which stays as it was sent, is asked for each way to write it.
"""

import unicodedata
from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from operator import and_, or_
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import DataContains
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import GreaterThan

from backend.common.ids import ReferenceWrong, reference_parse
from backend.common.sql.seeking import Sought
from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import ReporterMode, Ticket, TicketMerge
from backend.workflow.names_found import NamesFound, names_found

SHORTEST = 2
LONGEST = 100
MOST_WORDS = 5
WIDER = ord("！") - ord("!")
TicketsT = TypeVar("TicketsT", bound=QuerySet[Ticket])
OPEN_CLASS = Q(confidentiality=Confidentiality.K0)
NOT_STRICT = ~Q(confidentiality=Confidentiality.K2)
"""The words of strictly confidential tickets are found by nobody: they stand encrypted."""


def is_searchable(words: str) -> bool:
    """Say whether there is enough to look for: two characters in one of the words."""
    return any(len(word) >= SHORTEST for word in words.split())


def tickets_found(*, actor: Actor, tickets: AlternativesQuerySet[Ticket], words: str) -> AlternativesQuerySet[Ticket]:
    """Return those of the tickets that a reference names, else those in whose text or names every word is found."""
    try:
        return with_reference(tickets=tickets, reference=reference_parse(words))
    except ReferenceWrong:
        pass
    folded = unicodedata.normalize("NFKC", words[:LONGEST]).lower().split()
    asked = [word for word in folded if len(word) >= SHORTEST][:MOST_WORDS]
    if not asked:
        return tickets.none()
    named = names_found(actor=actor, words=asked)
    return tickets.seeking(
        Sought(
            condition=reduce(and_, (reduce(or_, [*_in_text(word), *_in_names(named[word])]) for word in asked)),
            candidates=reduce(and_, (reduce(or_, [*_has_pairs(word), *_in_names(named[word])]) for word in asked)),
        )
    )


def spellings_of(word: str) -> list[str]:
    """Return the ways in which a text may write a word: as it is, with its marks apart, and in full width."""
    wide = "".join(chr(ord(letter) + WIDER) if "!" <= letter <= "~" else letter for letter in word)
    return list(dict.fromkeys((word, unicodedata.normalize("NFD", word), wide)))


def with_reference(*, tickets: TicketsT, reference: str) -> TicketsT:
    """Return the ticket that a reference names, and the one it was merged into, of these tickets."""
    named = Ticket.objects.filter(reference=reference).values("id")
    led_on = TicketMerge.objects.filter(ticket__reference=reference, ended_at=None).values("into")
    return tickets.filter(id__in=named.union(led_on, all=True))


def _in_text(word: str) -> Iterator[Q]:
    for spelt in spellings_of(word):
        # Small letters of a whole text cost as much as looking through it; what has no capitals needs none.
        text = F("description") if spelt == spelt.upper() else Lower("description")
        yield NOT_STRICT & Q(GreaterThan(StrIndex(text, Value(spelt)), 0))


def _has_pairs(word: str) -> Iterator[Q]:
    text = Func(F("description"), function="text_bigrams", output_field=ArrayField(TextField()))
    for spelt in spellings_of(word):
        yield NOT_STRICT & Q(DataContains(text, sorted({first + second for first, second in pairwise(spelt)})))


def _in_names(named: NamesFound) -> Iterator[Q]:
    """Yield what holds for tickets with one of these names; people's names count in class K0 alone."""
    if named.places:
        yield Q(place__in=named.places)
    if named.offices:
        yield Q(owner__in=named.offices)
    if named.categories:
        yield Q(category__in=named.categories)
    if named.people:
        yield OPEN_CLASS & Q(reporter__in=named.people, reporter_mode=ReporterMode.NAMED)
        yield OPEN_CLASS & Q(assignee__in=named.people)
    if named.headed:
        yield OPEN_CLASS & Q(owner__in=named.headed)
