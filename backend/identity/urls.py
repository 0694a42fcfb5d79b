"""Routes of sign-ins elsewhere."""

from django.urls import path

from backend.identity.api import (
    IdentityListView,
    IdentityView,
    ProviderListView,
    ProviderOffView,
    ProviderOnView,
    ProviderView,
)

ONE = "identity-providers/<uuid:provider_id>"

urlpatterns = [
    path("identity-providers", ProviderListView.as_view()),
    path(ONE, ProviderView.as_view()),
    path(f"{ONE}/switch-on", ProviderOnView.as_view()),
    path(f"{ONE}/switch-off", ProviderOffView.as_view()),
    path("me/identities", IdentityListView.as_view()),
    path("me/identities/<uuid:identity_id>", IdentityView.as_view()),
]
