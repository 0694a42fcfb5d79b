"""The record of every change, to read: who, when, before and after."""

from typing import Any

from django.contrib.admin import SimpleListFilter, display
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backend.administration.auditing import configuration_models
from backend.administration.base import ConfigurationAdmin
from backend.administration.lists import StrictList
from backend.administration.models import Change
from backend.administration.scope import administrator
from backend.administration.selectors import changes_within, differences_of
from backend.common.row_numbers import row_numbers
from backend.organisation.permissions import Permission

KIND = "content_type__id__exact"
ACTIONS = {
    Change.Action.CREATE: _("Added"),
    Change.Action.UPDATE: _("Changed"),
    Change.Action.DELETE: _("Deleted"),
}


class KindFilter(SimpleListFilter):
    """Shows the changes of one kind of row."""

    title = _("What")
    parameter_name = KIND

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Offer every kind that is recorded."""
        kinds = ContentType.objects.get_for_models(*configuration_models())
        return [(str(kind.pk), str(model._meta.verbose_name_plural)) for model, kind in kinds.items()]  # noqa: SLF001

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:  # noqa: ARG002
        """Keep to the kind chosen."""
        chosen = row_numbers([self.value() or ""])
        return queryset.filter(content_type_id__in=chosen) if chosen else queryset


class ActionFilter(SimpleListFilter):
    """Shows what was added, changed or deleted."""

    title = _("What happened")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Offer the three."""
        return [(str(number), words) for number, words in ACTIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:  # noqa: ARG002
        """Keep to the one chosen."""
        return queryset.filter(action=self.value()) if self.value() in {"0", "1", "2"} else queryset


class ChangesList(StrictList):
    """A page of changes with what each was about, read together; the history of a row is asked for by its key."""

    further_parameters = frozenset({"object_pk"})
    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, then the words for everything on it."""
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        words = differences_of(rows)
        for row in rows:
            row.differences = words[row.pk]
        self.result_list = rows


class ChangeAdmin(ConfigurationAdmin):
    """The record; principals may read it too, and nobody can change it."""

    reading = Permission.RECORD_READ
    may_add = may_change = False
    list_display = ("when", "who", "happened", "kind", "what", "differences")
    list_display_links = ("when",)
    list_filter = (KindFilter, ActionFilter)
    search_fields = ("object_repr", "actor__person__name")
    fields = ("when", "who", "happened", "kind", "what", "differences")
    readonly_fields = fields
    ordering = ("-timestamp", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        """Return the changes of the reader's school, or of the bureau and its schools."""
        actor = administrator(request)
        if actor is None:
            raise Http404
        rows: QuerySet[Change] = super(ConfigurationAdmin, self).get_queryset(request)
        return changes_within(rows, actor=actor).select_related("actor__person")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangesList]:  # noqa: ARG002
        """Read the words of a page together."""
        return ChangesList

    @display(description=_("When"), ordering="timestamp")
    def when(self, row: Change) -> Any:
        """Return when it was."""
        return row.timestamp

    @display(description=_("Who"))
    def who(self, row: Change) -> str:
        """Return the person behind the account, or that a command did it."""
        if row.actor is None:
            return str(_("A command or an import"))
        person = getattr(row.actor, "person", None)
        return str(person.name if person else row.actor.username)

    @display(description=_("What happened"))
    def happened(self, row: Change) -> str:
        """Return what was done."""
        return str(ACTIONS[row.action])

    @display(description=_("Kind of entry"))
    def kind(self, row: Change) -> str:
        """Return what kind of row it was."""
        kind = ContentType.objects.get_for_id(row.content_type_id)
        model = kind.model_class()
        return str(model._meta.verbose_name) if model else kind.model  # noqa: SLF001

    @display(description=_("Entry"))
    def what(self, row: Change) -> str:
        """Return the row as it was called then."""
        return str(row.object_repr)

    @display(description=_("Before → after"))
    def differences(self, row: Change) -> SafeString:
        """Return each field with what it was and is."""
        found = getattr(row, "differences", None) or differences_of([row])[row.pk]
        return format_html_join("", "<div>{}: {} → {}</div>", ((one.field, one.before, one.after) for one in found))
