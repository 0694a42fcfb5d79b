"""The versions of the rules, to read, and the version a school uses."""

from typing import Any

import yaml
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backend.administration.base import ConfigurationAdmin, column
from backend.administration.proving import AsksProof
from backend.administration.scope import administrator
from backend.common.clock import database_now
from backend.rulebook.models import RulebookVersion, SchoolRulebook
from backend.rulebook.services import rulebook_activate_checked


class RulebookVersionAdmin(ConfigurationAdmin):
    """A version of the rules; nobody changes one, a new one is loaded from a file."""

    list_display = (column("name"), "fingerprint", column("loaded_at"))
    fields = ("name", "fingerprint", "loaded_at", "rules")
    readonly_fields = ("name", "fingerprint", "loaded_at", "rules")
    ordering = ("-loaded_at", "-id")
    may_add = may_change = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RulebookVersion]:
        """Return every version: rules are the same for all schools; lists do without the text."""
        if administrator(request) is None:
            raise Http404
        rows: QuerySet[RulebookVersion] = super(ConfigurationAdmin, self).get_queryset(request)
        return rows.defer("content")

    def choice_label(self, row: RulebookVersion) -> str:
        """Tell versions of one name apart."""
        return f"{row.name} · {row.digest[:8]} · {row.loaded_at:%F}"

    @display(description=_("Fingerprint"))
    def fingerprint(self, row: RulebookVersion) -> str:
        """Return the beginning of the fingerprint."""
        return row.digest[:8]

    @display(description=_("Rules"))
    def rules(self, row: RulebookVersion) -> SafeString:
        """Return the rules as they stand in the file."""
        text = yaml.safe_dump(row.content, allow_unicode=True, sort_keys=False, width=100)
        return format_html('<pre class="text-xs" style="white-space: pre-wrap; overflow-wrap: anywhere">{}</pre>', text)


class SchoolRulebookAdmin(AsksProof, ConfigurationAdmin):
    """The version under which a school opens new tickets."""

    related = ("school", "version")
    list_display = (column("school"), column("version"), column("activated_at"))
    fields = ("school", "version", "activated_at")
    readonly_fields = ("activated_at",)
    ordering = ("school",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let a version be chosen where there is none."""
        return super().has_add_permission(request) and not self.get_queryset(request).exists()

    def save_model(self, request: HttpRequest, obj: SchoolRulebook, form: Any, change: bool) -> None:  # noqa: ARG002
        """Take the version into use; one by which somebody would wait for nobody is refused."""
        rulebook_activate_checked(school=obj.school, version=obj.version, now=database_now(), by=administrator(request))
