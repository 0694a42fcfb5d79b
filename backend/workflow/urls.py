"""Routes of tickets."""

from django.urls import path

from backend.workflow.access_api import AccessLogView
from backend.workflow.api import TicketBulkView, TicketDetailView, TicketListView, TicketTimelineView, action_views
from backend.workflow.asking_api import QuestionLinkView
from backend.workflow.backlog_api import BacklogView
from backend.workflow.file_api import (
    FileContentView,
    FileRemovalView,
    TicketFilesView,
    UploadCompletionView,
    UploadPartView,
    UploadView,
)
from backend.workflow.hands_api import TicketHandsView
from backend.workflow.lesson_api import LessonListView
from backend.workflow.merged_api import TicketAlikeView, TicketMergedView
from backend.workflow.results_api import ResultListView
from backend.workflow.todo_api import TodoView

urlpatterns = [
    path("files/<uuid:file_id>", UploadView.as_view()),
    path("files/<uuid:file_id>/parts/<int:number>", UploadPartView.as_view()),
    path("files/<uuid:file_id>/complete", UploadCompletionView.as_view()),
    path("files/<uuid:file_id>/content", FileContentView.as_view(), name="file_content"),
    path("files/<uuid:file_id>/remove", FileRemovalView.as_view()),
    path("lessons", LessonListView.as_view()),
    path("access-log", AccessLogView.as_view()),
    path("results", ResultListView.as_view()),
    path("todo", TodoView.as_view()),
    path("tickets", TicketListView.as_view()),
    path("tickets/backlog", BacklogView.as_view()),
    path("tickets/bulk", TicketBulkView.as_view()),
    path("tickets/<uuid:ticket_id>", TicketDetailView.as_view()),
    path("tickets/<uuid:ticket_id>/files", TicketFilesView.as_view()),
    path("tickets/<uuid:ticket_id>/hands", TicketHandsView.as_view()),
    path("tickets/<uuid:ticket_id>/alike", TicketAlikeView.as_view()),
    path("tickets/<uuid:ticket_id>/merged", TicketMergedView.as_view()),
    path("tickets/<uuid:ticket_id>/questions/<uuid:part_id>/link", QuestionLinkView.as_view()),
    path("tickets/<uuid:ticket_id>/timeline", TicketTimelineView.as_view()),
    *(path(f"tickets/<uuid:ticket_id>/actions/{name}", view.as_view()) for name, view in action_views().items()),
]
