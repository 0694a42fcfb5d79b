"""Routes of response plans, and of those that were started."""

from django.urls import path

from backend.response.api import (
    ResponsePlanApprovalView,
    ResponsePlanDetailView,
    ResponsePlanListView,
    ResponsePlanReadingView,
)
from backend.response.board_api import (
    ResponseDetailView,
    ResponseDoneView,
    ResponseDrillView,
    ResponseEndView,
    ResponseMineView,
    ResponseThereView,
    TicketResponseView,
)
from backend.response.draft_api import ResponseDraftDropView, ResponseDraftView

urlpatterns = [
    path("response-plans", ResponsePlanListView.as_view()),
    path("response-plans/<slug:code>", ResponsePlanDetailView.as_view()),
    path("response-plans/<slug:code>/approve", ResponsePlanApprovalView.as_view()),
    path("response-plans/<slug:code>/confirm", ResponsePlanReadingView.as_view()),
    path("response-plans/<slug:code>/draft", ResponseDraftView.as_view()),
    path("response-plans/<slug:code>/draft/drop", ResponseDraftDropView.as_view()),
    path("response-plans/<slug:code>/drill", ResponseDrillView.as_view()),
    path("responses", ResponseMineView.as_view()),
    path("responses/<uuid:response_id>", ResponseDetailView.as_view()),
    path("responses/<uuid:response_id>/end", ResponseEndView.as_view()),
    path("responses/<uuid:response_id>/steps/<uuid:task_id>/there", ResponseThereView.as_view()),
    path("responses/<uuid:response_id>/steps/<uuid:task_id>/done", ResponseDoneView.as_view()),
    path("tickets/<uuid:ticket_id>/response", TicketResponseView.as_view()),
]
