"""The base of the tables of rows under another row of the administration pages."""

from typing import Any, ClassVar

from django.db import models
from django.forms import Field
from django.http import HttpRequest
from unfold.admin import TabularInline

from backend.administration.base import Worded
from backend.administration.labels import FIELDS, HELP
from backend.administration.scope import administrator
from backend.organisation.permissions import Permission


class ConfigurationInline(Worded, TabularInline):  # type: ignore[misc]
    """Rows of one kind under another row; who may change that one may change these."""

    extra = 0
    may_add: ClassVar[bool] = True
    may_change: ClassVar[bool] = True
    may_delete: ClassVar[bool] = True
    related: ClassVar[tuple[str, ...]] = ()
    show_change_link = False
    hide_title = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        """Return the form field, with a name of its own: whoever has it read aloud is far from its heading."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(field.label)
        return field

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows with what their labels need."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.related)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the forms, labelled in our own words."""
        return super().get_formset(request, obj, **{"labels": FIELDS, "help_texts": HELP, **kwargs})

    def _writes(self, request: HttpRequest) -> bool:
        actor = administrator(request)
        return actor is not None and actor.may(Permission.CONFIGURATION_WRITE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Let administrators read."""
        return self._writes(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Let administrators add."""
        return self.may_add and self._writes(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Let administrators change."""
        return self.may_change and self._writes(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Let administrators delete."""
        return self.may_delete and self._writes(request)
