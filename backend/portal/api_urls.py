"""Routes of saved views, of papers and of what was reported already in the API."""

from django.urls import path

from backend.portal.alike_api import ReportAlikeView
from backend.portal.api import SavedViewListView, SavedViewView
from backend.portal.paper_api import (
    BulletinPaperView,
    HazardPaperView,
    MeetingPaperView,
    MonthPaperView,
    OutsidePaperView,
    PostersView,
    ReportProofView,
    ReportSlipView,
    ResponsePlanPaperView,
    TicketPaperView,
    TicketSlipView,
)
from backend.portal.round_api import RoundFindingsView

urlpatterns = [
    path("rounds/<uuid:round_id>/findings", RoundFindingsView.as_view()),
    path("me/views", SavedViewListView.as_view()),
    path("me/views/<uuid:view_id>", SavedViewView.as_view()),
    path("tickets/<uuid:ticket_id>/paper", TicketPaperView.as_view()),
    path("tickets/<uuid:ticket_id>/slip", TicketSlipView.as_view()),
    path("tickets/<uuid:ticket_id>/outside-duties/<uuid:duty_id>/paper", OutsidePaperView.as_view()),
    path("bulletins/<uuid:bulletin_id>/paper", BulletinPaperView.as_view()),
    path("hazards/paper", HazardPaperView.as_view()),
    path("meetings/<uuid:meeting_id>/paper", MeetingPaperView.as_view()),
    path("reports/alike", ReportAlikeView.as_view()),
    path("reports/<uuid:report_id>/slip", ReportSlipView.as_view()),
    path("reports/<uuid:report_id>/proof", ReportProofView.as_view()),
    path("response-plans/<slug:code>/paper", ResponsePlanPaperView.as_view()),
    path("insights/month", MonthPaperView.as_view()),
    path("places/posters", PostersView.as_view()),
]
