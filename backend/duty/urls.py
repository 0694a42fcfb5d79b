"""Routes of rosters, absences and who is reachable."""

from django.urls import path

from backend.duty.api import MeView, ReachView
from backend.duty.contact_api import (
    ContactAnswerView,
    ContactRuleListView,
    ContactTakeBackView,
    ContactTestListView,
    RosterContactView,
)
from backend.duty.feed_api import FeedView
from backend.duty.roster_api import (
    AbsenceDetailView,
    AbsenceListView,
    RosterDetailView,
    RosterListView,
    RosterSwapView,
    RosterTakeOverView,
)

urlpatterns = [
    path("absences", AbsenceListView.as_view()),
    path("absences/<int:absence_id>", AbsenceDetailView.as_view()),
    path("contact-rules", ContactRuleListView.as_view()),
    path("contact-tests", ContactTestListView.as_view()),
    path("contact-tests/<uuid:test_id>/answer", ContactAnswerView.as_view()),
    path("contact-tests/<uuid:test_id>/take-back", ContactTakeBackView.as_view()),
    path("me", MeView.as_view()),
    path("me/duty-feed", FeedView.as_view()),
    path("reachable", ReachView.as_view()),
    path("rosters", RosterListView.as_view()),
    path("rosters/<uuid:shift_id>", RosterDetailView.as_view()),
    path("rosters/<uuid:shift_id>/contact-test", RosterContactView.as_view()),
    path("rosters/<uuid:shift_id>/slots/<uuid:slot_id>/swap", RosterSwapView.as_view()),
    path("rosters/<uuid:shift_id>/slots/<uuid:slot_id>/take-over", RosterTakeOverView.as_view()),
]
