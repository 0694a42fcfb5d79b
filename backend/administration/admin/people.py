"""People with the posts they hold, when they are away and how they are reached; and the posts."""

from typing import Any

from django.contrib.admin import display
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet

from backend.administration.base import ConfigurationAdmin, column
from backend.administration.employers import address_masked
from backend.administration.forms import ConfigurationForm
from backend.administration.inlines import ConfigurationInline
from backend.administration.labels import CHOICES, REFUSALS
from backend.administration.proving import AsksProof
from backend.administration.waiting import Rows, rows_save
from backend.common.errors import DomainError
from backend.common.identities import identity_of
from backend.duty.models import Absence
from backend.organisation.addresses import address_clean
from backend.organisation.models import Appointment, ContactChannel, Person, Post

NOTHING = "—"


class AppointmentInline(ConfigurationInline):
    """The posts a person holds; an appointment is ended, never removed."""

    model = Appointment
    fields = ("post", "is_deputy", "starts_at", "ends_at")
    related = ("person", "post__unit")
    ordering = ("-starts_at",)
    may_delete = False


class HolderInline(AppointmentInline):
    """The people who hold a post."""

    fields = ("person", "is_deputy", "starts_at", "ends_at")


class AbsenceInline(ConfigurationInline):
    """The times in which a person cannot be reached."""

    model = Absence
    fields = ("starts_at", "ends_at")
    related = ("person",)
    ordering = ("-starts_at",)


class ChannelForm(ConfigurationForm):
    """An address as it is stored, whatever its spelling."""

    def clean_address(self) -> str:
        """Return it in that form; what is no e-mail address is refused."""
        try:
            return address_clean(kind=ContactChannel.Kind.EMAIL, address=self.cleaned_data["address"], allowed_hosts=())
        except DomainError as error:
            raise ValidationError(str(error)) from error


class ChannelFormSet(PaginationInlineFormSet):  # type: ignore[misc]
    """Channels that are there are only shown, a robot's address never in full: whoever has it can write there."""

    def _construct_form(self, i: int, **kwargs: Any) -> "ModelForm[ContactChannel]":
        form: ModelForm[ContactChannel] = super()._construct_form(i, **kwargs)
        if not form.instance._state.adding:  # noqa: SLF001
            form.instance.address = address_masked(form.instance.address)
        return form

    def clean(self) -> None:
        """Refuse an address that stands twice; the database would, but only when it is saved."""
        super().clean()
        typed = [identity_of(form.cleaned_data.get("address", "")) for form in self.extra_forms if form.has_changed()]
        if len(set(typed)) < len(typed):
            raise ValidationError(REFUSALS["email_once_per_person"])


class ChannelInline(ConfigurationInline):
    """The channels of a person; the school enters e-mail addresses only, and people add robots themselves."""

    model = ContactChannel
    form = ChannelForm
    formset = ChannelFormSet
    fields = ("kind", "address", "verified_at")
    readonly_fields = ("verified_at",)
    may_change = False

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer e-mail alone."""
        kwargs["choices"] = [(ContactChannel.Kind.EMAIL, CHOICES["email"])]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class PersonAdmin(AsksProof, ConfigurationAdmin):
    """A person; whoever leaves is no longer appointed, and stays in what is past."""

    bureau = "bureau"
    related = ("user", "school", "bureau")
    list_display = (column("staff_number"), column("name"), column("user"))
    search_fields = ("name", "staff_number")
    fields = ("school", "bureau", "name", "staff_number", "user", "leaving")
    readonly_fields = ("user", "leaving")
    inlines = (AppointmentInline, AbsenceInline, ChannelInline)
    ordering = ("staff_number", "id")

    @display(description=_("Leaving"))
    def leaving(self, row: Person) -> str:
        """Return the link to the page on which everything of a person ends at once."""
        if row._state.adding:  # noqa: SLF001
            return NOTHING
        return format_html('<a href="{}">{}</a>', reverse("portal:leaving", args=[row.pk]), _("See what ends"))

    def choice_label(self, row: Person) -> str:
        """Tell people of one name apart."""
        return f"{row.name} · {row.staff_number}"

    def save_formset(self, request: HttpRequest, form: Any, formset: Rows, change: bool) -> None:  # noqa: ARG002
        """Save the rows as far as they need no second person; an address counts once its owner confirms it."""
        rows_save(request, formset)


class PostAdmin(AsksProof, ConfigurationAdmin):
    """A seat that carries a role, and the people appointed to it."""

    bureau = "bureau"
    related = ("unit", "school", "bureau")
    list_display = (column("role"), column("unit"), "holders")
    list_filter = ("role",)
    fields = ("school", "bureau", "role", "unit")
    inlines = (HolderInline,)
    ordering = ("role", "unit__code", "id")
    may_delete = True

    def save_formset(self, request: HttpRequest, form: Any, formset: Rows, change: bool) -> None:  # noqa: ARG002
        """Save who holds the post as far as that needs no second person."""
        rows_save(request, formset)

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> tuple[str, ...]:
        """Keep what a post is: people were appointed to it."""
        fixed = ("role", "unit") if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        """Return the posts with everybody ever appointed to them, in two queries."""
        rows: QuerySet[Post] = super().get_queryset(request).annotate(read_at=Now())
        return rows.prefetch_related("appointments__person")

    def choice_label(self, row: Post) -> str:
        """Say where the role is held."""
        role = row.get_role_display()
        return f"{role} · {row.unit.name}" if row.unit else role

    @display(description=_("Held by"))
    def holders(self, row: Any) -> str:
        """Return who holds the post now."""
        return "、".join(
            held.person.name
            for held in row.appointments.all()
            if held.starts_at <= row.read_at and (held.ends_at is None or held.ends_at > row.read_at)
        )
