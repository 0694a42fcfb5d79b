"""Finding tickets by words of their text, by place or by reference; every word has to be found, in any order.

Chinese has no spaces, and most of its words have two characters: too few for trigrams, so the index holds the pairs of
neighbouring characters of each text (`text_bigrams` in the database). It finds candidates, the text itself decides.
"""

from functools import reduce
from itertools import pairwise
from operator import and_
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import GreaterThan

from backend.common.ids import ReferenceWrong, reference_parse
from backend.organisation.actors import Actor
from backend.organisation.models import Place
from backend.workflow.models import Ticket
from backend.workflow.selectors import known_to

SHORTEST = 2
LONGEST = 100
MOST_WORDS = 5

TicketsT = TypeVar("TicketsT", bound=QuerySet[Ticket])


def is_searchable(words: str) -> bool:
    """Say whether there is enough to look for: two characters in one of the words."""
    return any(len(word) >= SHORTEST for word in words.split())


def tickets_found(*, actor: Actor, tickets: TicketsT, words: str) -> TicketsT:
    """Return those of the tickets that a reference names, else those in whose text or place every word is found."""
    try:
        return tickets.filter(reference=reference_parse(words))
    except ReferenceWrong:
        pass
    asked = [word for word in words[:LONGEST].split() if len(word) >= SHORTEST][:MOST_WORDS]
    if not asked:
        return tickets.none()
    places = _places_named(actor, asked)
    pairs = Func(F("description"), function="text_bigrams", output_field=ArrayField(TextField()))
    conditions = (_in_text(word) | Q(place__in=places[word]) if places[word] else _in_text(word) for word in asked)
    return tickets.alias(text_pairs=pairs).filter(reduce(and_, conditions))


def _in_text(word: str) -> Q:
    """Hold for texts that have a word: a pair is a word of two characters; a longer one is looked at in the text."""
    small = word.lower()
    has_pairs = Q(text_pairs__contains=sorted({first + second for first, second in pairwise(small)}))
    if len(small) == SHORTEST:
        return has_pairs
    # Not LIKE: the planner would take a text that has it for rarer by far, and sort where an index has the order.
    return has_pairs & Q(GreaterThan(StrIndex(Lower("description"), Value(small)), 0))


def _places_named(actor: Actor, words: list[str]) -> dict[str, list[object]]:
    """Return for each word the places whose name has it, or which lie in such a place; one statement."""
    names = ("name_zh", "name_en", "parent__name_zh", "parent__name_en")
    rows = list(Place.objects.filter(known_to(actor)).values_list("id", *names))
    return {
        word: [place_id for place_id, *named in rows if any(name and word.lower() in name.lower() for name in named)]
        for word in words
    }
