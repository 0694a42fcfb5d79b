"""Routes of SCIM."""

from django.urls import path

from backend.people.scim_api import (
    ScimConfigurationView,
    ScimKindsView,
    ScimNothingView,
    ScimSchemasView,
    ScimSearchView,
    ScimUsersView,
    ScimUserView,
)

urlpatterns = [
    path("ServiceProviderConfig", ScimConfigurationView.as_view()),
    path("ResourceTypes", ScimKindsView.as_view()),
    path("ResourceTypes/<str:name>", ScimKindsView.as_view()),
    path("Schemas", ScimSchemasView.as_view()),
    path("Schemas/<str:name>", ScimSchemasView.as_view()),
    path("Users", ScimUsersView.as_view()),
    path("Users/.search", ScimSearchView.as_view()),
    path(".search", ScimSearchView.as_view()),
    path("Users/<uuid:person_id>", ScimUserView.as_view()),
    path("<path:rest>", ScimNothingView.as_view()),
]
