"""Shapes of what is typed about another system at which people sign in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.identity.models import (
    CODE,
    LONGEST_CLAIM,
    LONGEST_CLIENT_ID,
    LONGEST_CODE,
    LONGEST_ISSUER,
    LONGEST_METADATA,
    LONGEST_NAME,
    LONGEST_SECRET,
    SECRET,
    IdentityProvider,
)
from backend.identity.services.providers import ProviderSettings
from backend.portal.forms import TOO_LONG, CleanLine, CleanText

Kind = IdentityProvider.Kind
FIELDS_OF = {"client_id": Kind.OIDC, "client_secret": Kind.OIDC, "metadata": Kind.SAML}
"""The fields that only one kind has."""
WANTED = {"required": _("Please fill this in."), **TOO_LONG}


class ProviderForm(forms.Form):
    """The settings that can change; a secret left empty stays as it is."""

    name = CleanLine(max_length=LONGEST_NAME, label=_("What people call it"), error_messages=WANTED)
    code = CleanLine(
        max_length=LONGEST_CODE,
        label=_("Code"),
        help_text=_("It stands in links, for example: yucai"),
        validators=[CODE],
        error_messages=WANTED,
    )
    client_id = CleanLine(
        max_length=LONGEST_CLIENT_ID,
        required=False,
        label=_("Client ID"),
        help_text=_("Needed for OpenID Connect; CAS and SAML know none."),
        error_messages=TOO_LONG,
    )
    client_secret = CleanLine(
        max_length=LONGEST_SECRET,
        required=False,
        label=_("Client secret"),
        validators=[SECRET],
        help_text=_("Kept encrypted, and never shown again. Left empty, it stays as it is."),
        error_messages=TOO_LONG,
    )
    metadata = CleanText(
        max_length=LONGEST_METADATA,
        required=False,
        label=_("Metadata"),
        help_text=_("Needed for SAML: the address at which they stand, or the whole text."),
        error_messages=TOO_LONG,
        widget=forms.Textarea,
    )
    staff_number_claim = CleanLine(
        max_length=LONGEST_CLAIM,
        required=False,
        label=_("What the staff number is called there"),
        help_text=_(
            "For example employee_number; for CAS, user_name is the user name itself. Leave it empty if the system "
            "tells no staff number."
        ),
        error_messages=TOO_LONG,
    )
    links_by_staff_number = forms.BooleanField(
        required=False,
        label=_("The staff numbers there are right: link people by them at their first sign-in"),
        help_text=_("Whoever has powers over people or opens what is sealed links it on the page of their account."),
    )
    counts_as_factor = forms.BooleanField(
        required=False,
        label=_("Signing in there asks for a second factor already: do not ask for ours as well"),
        help_text=_("Whoever has powers over people or opens what is sealed is always asked for theirs."),
    )

    def __init__(self, *args: Any, kind: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        for name, only in FIELDS_OF.items():
            if kind not in {"", only}:
                del self.fields[name]

    def draft(self) -> ProviderSettings:
        """Return what was typed."""
        given = {"client_id": "", "client_secret": "", "metadata": "", **self.cleaned_data}
        names = (
            "code",
            "name",
            "client_id",
            "metadata",
            "staff_number_claim",
            "links_by_staff_number",
            "counts_as_factor",
        )
        return ProviderSettings(client_secret=given["client_secret"] or None, **{name: given[name] for name in names})


class ProviderNewForm(ProviderForm):
    """The same with what never changes: the kind and the address."""

    kind = forms.ChoiceField(choices=Kind.choices, label=_("Kind"), error_messages=WANTED)
    issuer = CleanLine(
        max_length=LONGEST_ISSUER,
        label=_("Its address"),
        help_text=_(
            "OpenID Connect: as the system names itself (issuer), for example https://id.school.example. CAS: what "
            "stands before /login, for example https://portal.school.example/cas. SAML: its entity ID"
        ),
        error_messages=WANTED,
    )
    field_order = ("name", "code", "kind", "issuer")
