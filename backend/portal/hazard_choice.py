"""A reader's choice in the hazard register, as the address of its page says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.common.errors import DomainError
from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.actors import Actor
from backend.portal.ticket_filter import FilterField, offers_of
from backend.rounds.hazard_filters import HazardFilters
from backend.rounds.selectors.hazards import hazards_known
from backend.workflow.models import Ticket

STATE, OVERDUE = "state", "overdue"
LABELS: Mapping[str, str | Promise] = {
    "office": pgettext_lazy("of a school", "Office"),
    "place": _("Place"),
    "category": _("Category"),
    "severity": _("How serious"),
}
"""The words before each filter, in the order in which they stand in the form."""


@dataclass(frozen=True, slots=True)
class HazardChoice:
    """The hazards that are shown, those that the numbers count, and the form; what makes no sense was left out."""

    tickets: AlternativesQuerySet[Ticket]
    counted: AlternativesQuerySet[Ticket]
    fields: Sequence[FilterField]
    state: str
    besides: str

    @property
    def query(self) -> str:
        """The choice as part of an address."""
        return "&".join(filter(None, [self.besides, self.state]))


def hazard_choice(*, actor: Actor, query: QueryDict) -> HazardChoice:
    """Return what an address chooses of the hazards that somebody may know of."""
    named = (*LABELS, STATE, OVERDUE)
    given = {name: query.getlist(name)[-1:] for name in named if query.get(name)}
    while (wrong := _wrong(actor, given)) is not None:
        given = {name: value for name, value in given.items() if name not in wrong}
    besides = {name: value for name, value in given.items() if name in LABELS}
    state = {name: value for name, value in given.items() if name not in LABELS}
    offers = offers_of(actor)
    return HazardChoice(
        tickets=_kept(actor, given),
        counted=_kept(actor, besides),
        fields=[FilterField(name, label, besides.get(name, ()), offers[name]()) for name, label in LABELS.items()],
        state=urlencode(state, doseq=True),
        besides=urlencode(besides, doseq=True),
    )


def _filters(actor: Actor, given: Mapping[str, list[str]]) -> HazardFilters:
    return HazardFilters(MultiValueDict(given), hazards_known(actor=actor), actor=actor)


def _kept(actor: Actor, given: Mapping[str, list[str]]) -> AlternativesQuerySet[Ticket]:
    kept: AlternativesQuerySet[Ticket] = _filters(actor, given).qs
    return kept


def _wrong(actor: Actor, given: Mapping[str, list[str]]) -> Sequence[str] | None:
    """Return the filters that mean nothing (any more); None where all of them do."""
    filters = _filters(actor, given)
    if filters.errors:
        return list(filters.errors)
    try:
        filters.qs.exists()
    except DomainError as error:
        return [str(error.pointer).removeprefix("/")]
    return None
