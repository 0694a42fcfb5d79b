"""Routes of the whole project."""

from django.urls import include, path

from backend.administration.admin import site
from backend.common.described import ApiDescriptionView
from backend.common.views import ApiDocsView, healthz, readyz
from backend.health.views import metrics, statusz

handler400 = "backend.common.views.bad_request"
handler403 = "backend.common.views.permission_denied"
handler404 = "backend.common.views.not_found"
handler500 = "backend.common.views.server_error"

API = [
    "backend.accounts.urls",
    "backend.organisation.urls",
    "backend.duty.urls",
    "backend.rulebook.urls",
    "backend.workflow.urls",
    "backend.incidents.urls",
    "backend.anonymous.urls",
    "backend.rounds.urls",
    "backend.notifications.urls",
    "backend.identity.urls",
    "backend.integrations.urls",
    "backend.todos.urls",
    "backend.insights.urls",
    "backend.gate.urls",
    "backend.response.urls",
    "backend.outside.urls",
    "backend.training.urls",
    "backend.meetings.urls",
    "backend.responsibility.urls",
    "backend.retention.urls",
    "backend.people.urls",
    "backend.portal.api_urls",
    "backend.setup.urls",
]

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("statusz", statusz),
    path("metrics", metrics),
    path("api/schema", ApiDescriptionView.as_view(), name="schema"),
    path("api/docs", ApiDocsView.as_view(url_name="schema"), name="docs"),
    *[path("api/v1/", include(routes)) for routes in API],
    path("api/scim/v2/", include("backend.people.scim_urls")),
    path("admin/", site.urls),
    path("", include("backend.portal.urls")),
]
