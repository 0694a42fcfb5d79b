"""The accounts people sign in with: their language, whether they may sign in, and whose they are."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import display
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from backend.accounts.models import User
from backend.administration.base import ConfigurationAdmin, column, truth
from backend.administration.proving import AsksProof
from backend.administration.scope import administrator
from backend.administration.services import account_take, factor_take
from backend.administration.waiting import WAITS
from backend.common.clock import database_now
from backend.organisation.actors import Actor
from backend.organisation.services.accounts import sign_in_set


class AccountAdmin(AsksProof, ConfigurationAdmin):
    """An account; its password is its owner's alone, and nobody closes their own."""

    school = "person__school"
    bureau = "person__bureau"
    related = ("person",)
    list_display = (
        column("username"),
        "person",
        column("language"),
        truth("is_active"),
        column("second_factor_at"),
        column("last_login"),
    )
    list_filter = ("is_active",)
    search_fields = ("username", "person__name")
    fields = ("username", "person", "language", "is_active", "second_factor_at", "date_joined", "last_login")
    readonly_fields = ("username", "person", "second_factor_at", "date_joined", "last_login")
    ordering = ("username",)
    may_add = False
    actions_submit_line = ("unlink", "factor_reset")

    @display(description=_("Person"))
    def person(self, row: User) -> str:
        """Return whose account it is."""
        return str(row.person)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Keep people from shutting themselves out."""
        own = ("is_active",) if obj is not None and obj.pk == request.user.pk else ()
        return (*super().get_readonly_fields(request, obj), *own)

    @action(description=_("Unlink from the person"), permissions=["change"])  # type: ignore[untyped-decorator]
    def unlink(self, request: HttpRequest, obj: User) -> None:
        """Take an account away from a person, so that another can be given."""
        if account_take(by=_actor(request), account=obj, now=database_now()):
            messages.warning(request, WAITS)

    @action(description=_("Reset the second factor"), permissions=["change"])  # type: ignore[untyped-decorator]
    def factor_reset(self, request: HttpRequest, obj: User) -> None:
        """Let somebody who lost app and key sign in with the password alone and set up a new one."""
        if factor_take(by=_actor(request), account=obj, now=database_now()):
            messages.warning(request, WAITS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account; opening it again may wait for a second person."""
        if "is_active" not in form.changed_data:
            super().save_model(request, obj, form, change)
            return
        is_open, obj.is_active = obj.is_active, not obj.is_active
        super().save_model(request, obj, form, change)
        if sign_in_set(by=_actor(request), account=obj, is_open=is_open, now=database_now()):
            messages.warning(request, WAITS)


def _actor(request: HttpRequest) -> Actor:
    actor = administrator(request)
    if actor is None:
        raise Http404
    return actor
