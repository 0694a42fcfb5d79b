"""Routes of reports without a name."""

from django.urls import path

from backend.anonymous.api import (
    AnonymousMessagesView,
    AnonymousPhotosView,
    AnonymousReportsView,
    AnonymousReportView,
    AnonymousSchoolsView,
    AnonymousSchoolView,
    AnonymousStepView,
)

urlpatterns = [
    path("anonymous/schools", AnonymousSchoolsView.as_view()),
    path("anonymous/schools/<slug:code>", AnonymousSchoolView.as_view()),
    path("anonymous/schools/<slug:code>/reports", AnonymousReportsView.as_view()),
    path("anonymous/report", AnonymousReportView.as_view()),
    path("anonymous/report/messages", AnonymousMessagesView.as_view()),
    path("anonymous/report/actions/<slug:action>", AnonymousStepView.as_view()),
    path("anonymous/report/photos", AnonymousPhotosView.as_view()),
]
