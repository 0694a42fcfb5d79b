"""Routes of rounds."""

from django.urls import path

from backend.rounds.api import (
    RoundAnswerView,
    RoundClassesView,
    RoundCorrectionView,
    RoundDetailView,
    RoundExcuseView,
    RoundListView,
    RoundOmissionsView,
    TicketRoundsView,
)
from backend.rounds.hazard_api import HazardListView, HazardTotalsView
from backend.rounds.inspection_api import InspectionListView, InspectionsComingView, InspectionView
from backend.rounds.outside_api import OutsideFindingsView, OutsideVisitListView, OutsideVisitView
from backend.rounds.period_api import (
    PeriodApprovalView,
    PeriodCallOffView,
    PeriodDetailView,
    PeriodEndView,
    PeriodListView,
    PeriodRedrawView,
    PeriodReviewView,
    PeriodSummaryApprovalView,
    PeriodSummaryView,
    PeriodTemplatesView,
)
from backend.rounds.place_api import RoundPlacesView, RoundVisitsView
from backend.rounds.plan_api import ChecklistListView, RoundPlanListView
from backend.rounds.reply_api import OutsideRepliesView, OutsideReplyAnswerView, OutsideReplyMoveView
from backend.rounds.school_api import RoundRollUpView, RoundSchoolsView
from backend.rounds.sweep_api import TicketSweepsView

urlpatterns = [
    path("round-plans", RoundPlanListView.as_view()),
    path("checklists", ChecklistListView.as_view()),
    path("hazards", HazardListView.as_view()),
    path("hazards/totals", HazardTotalsView.as_view()),
    path("inspections", InspectionListView.as_view()),
    path("inspections/coming", InspectionsComingView.as_view()),
    path("inspections/<uuid:inspection_id>", InspectionView.as_view()),
    path("outside-visits", OutsideVisitListView.as_view()),
    path("outside-visits/<uuid:visit_id>", OutsideVisitView.as_view()),
    path("outside-visits/<uuid:visit_id>/findings", OutsideFindingsView.as_view()),
    path("outside-visits/<uuid:visit_id>/replies", OutsideRepliesView.as_view()),
    path("outside-visits/<uuid:visit_id>/replies/<uuid:reply_id>/move", OutsideReplyMoveView.as_view()),
    path("outside-visits/<uuid:visit_id>/replies/<uuid:reply_id>/answer", OutsideReplyAnswerView.as_view()),
    path("periods", PeriodListView.as_view()),
    path("periods/templates", PeriodTemplatesView.as_view()),
    path("periods/<uuid:period_id>", PeriodDetailView.as_view()),
    path("periods/<uuid:period_id>/redraw", PeriodRedrawView.as_view()),
    path("periods/<uuid:period_id>/approve", PeriodApprovalView.as_view()),
    path("periods/<uuid:period_id>/end", PeriodEndView.as_view()),
    path("periods/<uuid:period_id>/call-off", PeriodCallOffView.as_view()),
    path("periods/<uuid:period_id>/review", PeriodReviewView.as_view()),
    path("periods/<uuid:period_id>/summary", PeriodSummaryView.as_view()),
    path("periods/<uuid:period_id>/summary/approve", PeriodSummaryApprovalView.as_view()),
    path("rounds", RoundListView.as_view()),
    path("rounds/classes", RoundClassesView.as_view()),
    path("rounds/places", RoundPlacesView.as_view()),
    path("rounds/schools", RoundSchoolsView.as_view()),
    path("rounds/<uuid:round_id>/roll-up", RoundRollUpView.as_view()),
    path("rounds/<uuid:round_id>", RoundDetailView.as_view()),
    path("rounds/<uuid:round_id>/answer", RoundAnswerView.as_view()),
    path("rounds/<uuid:round_id>/visits", RoundVisitsView.as_view()),
    path("rounds/<uuid:round_id>/correct", RoundCorrectionView.as_view()),
    path("rounds/<uuid:round_id>/excuse", RoundExcuseView.as_view()),
    path("rounds/<uuid:round_id>/omissions", RoundOmissionsView.as_view()),
    path("tickets/<uuid:ticket_id>/rounds", TicketRoundsView.as_view()),
    path("tickets/<uuid:ticket_id>/sweeps", TicketSweepsView.as_view()),
]
