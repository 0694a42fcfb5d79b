"""The base of all administration pages: they keep to the reader's school, speak their language and never answer 500."""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import display
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest
from django.db import IntegrityError, models, transaction
from django.forms import Field, ModelChoiceField, TypedChoiceField
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from backend.administration.forms import ConfigurationForm, entered_as
from backend.administration.labels import CHOICES, FIELDS, HELP, REFUSED, WEEKDAYS, choice_label
from backend.administration.lists import StrictList
from backend.administration.scope import administrator, within
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission

STILL_USED = _("Other entries or past records still refer to it, so it stays. Change those first.")
EMPLOYER = ("school", "bureau")


def column(name: str) -> Callable[[Any], Any]:
    """Return a column that shows a field under our own label."""

    @display(description=FIELDS[name])
    def shown(row: models.Model) -> Any:
        value = getattr(row, name)
        field = {field.name: field for field in row._meta.fields}.get(name)  # noqa: SLF001
        return choice_label(field, value) if field and (field.choices or "weekday" in name) else value

    shown.__name__ = name
    return shown


def truth(name: str) -> Callable[[Any], bool]:
    """Return a column that shows a yes or no under our own label."""

    @display(description=FIELDS[name], boolean=True)
    def shown(row: Any) -> bool:
        return bool(getattr(row, name))

    shown.__name__ = name
    return shown


def weekday_field(*, required: bool, label: Any) -> TypedChoiceField:
    """Return a field to choose a weekday by its name."""
    choices = [("", "---------"), *enumerate(WEEKDAYS)]
    return TypedChoiceField(
        choices=choices,
        coerce=int,
        empty_value=None,
        required=required,
        label=label,
        help_text=HELP.get("works_as_weekday", "") if not required else "",
        widget=UnfoldAdminSelectWidget,
    )


class Worded:
    """Fields with our own labels, and choices from the reader's school, read once for all rows of a page."""

    admin_site: Any
    form = ConfigurationForm

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        """Return the form field, without the buttons that open other pages in windows of their own."""
        if "weekday" in db_field.name:
            return weekday_field(required=not db_field.blank, label=FIELDS[db_field.name])
        kwargs |= entered_as(db_field)
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is None:
            return None
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        field.label = FIELDS.get(db_field.name, field.label)
        field.help_text = HELP.get(db_field.name, "") if db_field.name != "ends_at" or db_field.blank else ""
        if isinstance(field, ModelChoiceField) and field.queryset is not None:
            page = self.admin_site.get_model_admin(field.queryset.model)
            empty = [] if field.empty_label is None else [("", field.empty_label)]
            field.widget.attrs["style"] = "min-width: 12rem"
            field.choices = [*empty, *((row.pk, page.choice_label(row)) for row in field.queryset)]
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        """Offer only what the reader may see."""
        kwargs["queryset"] = self.admin_site.get_model_admin(db_field.remote_field.model).get_queryset(request)
        field: Field | None = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field:
        """Offer the choices in the reader's language."""
        words = [(value, CHOICES.get(value, words)) for value, words in db_field.flatchoices]
        kwargs.setdefault(
            "choices", [("", "---------"), *words] if db_field.blank or not db_field.has_default() else words
        )
        field: Field = super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]
        return field


class ConfigurationAdmin(Worded, ModelAdmin):  # type: ignore[misc]
    """The page of one kind of row; `school` and `bureau` say how a row leads to its school or bureau."""

    school: ClassVar[str] = "school"
    bureau: ClassVar[str | None] = None
    reading: ClassVar[Permission] = Permission.CONFIGURATION_WRITE
    may_add: ClassVar[bool] = True
    may_change: ClassVar[bool] = True
    may_delete: ClassVar[bool] = False
    related: ClassVar[tuple[str, ...]] = ()
    actions = None
    search_help_text = _("Search this list")  # the pages' library would say it in English to everybody
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of the reader's school."""
        actor = administrator(request)
        if actor is None:
            raise Http404
        rows: models.QuerySet[Any] = super().get_queryset(request).select_related(*self.related)
        return rows.filter(within(actor, school=self.school, bureau=self.bureau))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[StrictList]:  # noqa: ARG002
        """Return the list that refuses what it does not offer."""
        return StrictList

    def get_changelist_instance(self, request: HttpRequest) -> StrictList:
        """Read the list; a value that a filter cannot take is refused, not led to the list without the filter."""
        try:
            listed: StrictList = super().get_changelist_instance(request)
        except IncorrectLookupParameters as error:
            raise BadRequest from error
        return listed

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:  # noqa: ARG002
        """Let a click on any cell open the row."""
        return list_display

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # noqa: ARG002
        """Leave the refusal to the list, which knows what it offers."""
        return True

    def choice_label(self, row: Any) -> str:
        """Return the words under which a row is chosen elsewhere."""
        return str(row)

    def _reads(self, request: HttpRequest) -> bool:
        actor = administrator(request)
        return actor is not None and actor.may(self.reading)

    def _writes(self, request: HttpRequest) -> bool:
        actor = administrator(request)
        return actor is not None and actor.may(Permission.CONFIGURATION_WRITE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """List the page for those who may read it."""
        return self._reads(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Let readers read; rows of other schools are never found."""
        return self._reads(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let administrators add, where rows are added by hand."""
        return self.may_add and self._writes(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Let administrators change, where rows may change."""
        return self.may_change and self._writes(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Let administrators delete, where a row may go."""
        return self.may_delete and self._writes(request)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """Leave the school out for those who have only one."""
        actor = administrator(request)
        return EMPLOYER if actor is not None and actor.school_id else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the page's fields without those left out."""
        hidden = self.get_exclude(request, obj)
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a row where it is: nothing moves to another school."""
        fixed = [name for name in EMPLOYER if obj is not None and name in {row.name for row in self.opts.fields}]
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form, which knows who fills it in."""
        form = super().get_form(request, obj, change=change, **{"labels": FIELDS, "help_texts": HELP, **kwargs})
        form.actor = administrator(request)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """Show and save a row; what the database or a service refuses after all is said on the page."""
        try:
            with transaction.atomic():
                answer: HttpResponseBase = super().changeform_view(request, object_id, form_url, extra_context)
                return answer
        except DomainError as error:
            messages.error(request, str(error))
        except models.ProtectedError:
            messages.error(request, STILL_USED)
        except IntegrityError:
            messages.error(request, REFUSED)
        return redirect(request.get_full_path())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Say that something is still used, not by what: that may be a confidential ticket."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, lacking, [STILL_USED] if protected else []

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponseBase:
        """Show the recorded changes of this row."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        kind = ContentType.objects.get_for_model(self.model).pk
        query = urlencode({"content_type__id__exact": kind, "object_pk": row.pk})
        return redirect(f"{reverse('admin:administration_change_changelist')}?{query}")

    def _get_obj_does_not_exist_redirect(self, *_args: Any) -> HttpResponseBase:
        raise Http404

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Record nothing here: every change is recorded once, when it is saved."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Record nothing here."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Record nothing here."""
