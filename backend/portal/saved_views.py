"""Saved views: keeping, naming and removing one's own; nobody else reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, NotFound, pointer_part
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.portal.models import SavedView
from backend.portal.ticket_filter import LABELS, filters_asked, tickets_filtered
from backend.workflow.selectors import tickets_visible

MOST_VIEWS = 20


class TooManyViews(Conflict):
    """Somebody keeps as many views as one may."""

    code = "too_many_views"
    title = _("You have saved twenty views, which is all there is room for. Remove one you do not need any more.")


class ViewNameTaken(Conflict):
    """Another view of the same person has this name."""

    code = "view_name_taken"
    title = _("You have a view of this name already. Choose another name.")


class FilterWrong(Invalid):
    """A filter that the list does not have, or a value that means nothing in it."""

    code = "filter_wrong"
    title = _("This filter names something that is not there. Choose from the list.")


@dataclass(frozen=True, slots=True)
class ViewDraft:
    """A view as somebody wants to keep it."""

    name: str
    tab: str
    words: str
    filters: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A view as the list of tickets offers it, with how many it holds in words; `is_shown` where just this is shown."""

    name: str
    count: str
    address: str
    is_shown: bool


def views_of(*, actor: Actor) -> QuerySet[SavedView]:
    """Return the actor's own views by name."""
    return SavedView.objects.filter(person=actor.person_id).order_by("name", "id")


def address_of(view: SavedView) -> str:
    """Return what the address of the list says to show this."""
    return urlencode({**({"q": view.words} if view.words else {"tab": view.tab}), **view.filters}, doseq=True)


def view_links(
    *,
    views: Iterable[SavedView],
    counts: Mapping[UUID, str],
    tab: str,
    words: str,
    filters: Mapping[str, Sequence[str]],
) -> list[ViewLink]:
    """Return views with their counts, beside a list that shows a tab or words, and filters."""
    shown = (words, "" if words else tab, filters)
    return [
        ViewLink(
            name=view.name,
            count=counts.get(view.id, ""),
            address=address_of(view),
            is_shown=(view.words, "" if view.words else view.tab, view.filters) == shown,
        )
        for view in views
    ]


@transaction.atomic
def view_save(*, actor: Actor, draft: ViewDraft) -> SavedView:
    """Keep a view; raise FilterWrong, ViewNameTaken or TooManyViews."""
    filters = _checked(actor, draft.filters)
    own = _locked(actor)
    if len(own) >= MOST_VIEWS:
        raise TooManyViews
    _require_free(own, draft.name)
    return SavedView.objects.create(
        person_id=actor.person_id, name=draft.name, tab=draft.tab, words=draft.words, filters=filters
    )


@transaction.atomic
def view_rename(*, actor: Actor, view_id: UUID, name: str) -> None:
    """Give one's view another name; raise NotFound or ViewNameTaken."""
    own = _locked(actor)
    view = next((one for one in own if one.id == view_id), None)
    if view is None:
        raise NotFound
    _require_free([one for one in own if one is not view], name)
    view.name = name
    view.save(update_fields=["name"])


def view_remove(*, actor: Actor, view_id: UUID) -> None:
    """Remove one's view; raise NotFound."""
    removed, _by_model = views_of(actor=actor).filter(id=view_id).delete()
    if not removed:
        raise NotFound


def _locked(actor: Actor) -> list[SavedView]:
    """Return the actor's views, while nobody else can add to them."""
    Person.objects.select_for_update(no_key=True).get(id=actor.person_id)
    return list(views_of(actor=actor))


def _require_free(others: Sequence[SavedView], name: str) -> None:
    if any(one.name == name for one in others):
        raise ViewNameTaken(pointer="/name")


def _checked(actor: Actor, filters: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the filters as the list reads them."""
    query = QueryDict(urlencode(filters, doseq=True))
    narrowed = tickets_filtered(actor=actor, tickets=tickets_visible(actor=actor), query=query)
    wrong = next((name for name in filters if name not in LABELS), next(iter(narrowed.left_out), None))
    if wrong is not None:
        raise FilterWrong(pointer=f"/filters/{pointer_part(wrong)}")
    return filters_asked(query)
