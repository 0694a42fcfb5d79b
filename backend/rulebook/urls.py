"""Routes of the rules."""

from django.urls import path

from backend.rulebook.api import (
    CategoryListView,
    CurrentRulebookView,
    RulebookCheckView,
    RulebookListView,
    RulebookView,
)
from backend.rulebook.reply_api import StandardReplyListView, StandardReplyView

urlpatterns = [
    path("replies", StandardReplyListView.as_view()),
    path("replies/<uuid:reply_id>", StandardReplyView.as_view()),
    path("categories", CategoryListView.as_view()),
    path("rulebooks", RulebookListView.as_view()),
    path("rulebooks/check", RulebookCheckView.as_view()),
    path("rulebooks/current", CurrentRulebookView.as_view()),
    path("rulebooks/<int:version_id>", RulebookView.as_view()),
]
