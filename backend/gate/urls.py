"""Routes of the gate."""

from django.urls import path

from backend.gate.api import (
    CountView,
    OpenDayDetailView,
    OpenDayListView,
    StayView,
    VisitCorrectionView,
    VisitDetailView,
    VisitExpectView,
    VisitLeaveView,
    VisitListView,
)

urlpatterns = [
    path("gate/visits", VisitListView.as_view()),
    path("gate/visits/<uuid:visit_id>", VisitDetailView.as_view()),
    path("gate/visits/<uuid:visit_id>/leave", VisitLeaveView.as_view()),
    path("gate/visits/<uuid:visit_id>/correct", VisitCorrectionView.as_view()),
    path("gate/visits/<uuid:visit_id>/expect", VisitExpectView.as_view()),
    path("gate/stay", StayView.as_view()),
    path("gate/open-days", OpenDayListView.as_view()),
    path("gate/open-days/<uuid:day_id>", OpenDayDetailView.as_view()),
    path("gate/counts", CountView.as_view()),
]
