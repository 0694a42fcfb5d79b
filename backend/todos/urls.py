"""Routes of to-do systems."""

from django.urls import path

from backend.todos.api import (
    TodoNamesView,
    TodoSystemChangeView,
    TodoSystemListView,
    TodoSystemSwitchView,
    TodoSystemTryView,
    TodoSystemView,
)
from backend.todos.pull_api import TodoPullView
from backend.todos.waiting_api import EverythingView

ONE = "todo-systems/<uuid:system_id>"

urlpatterns = [
    path("todo/all", EverythingView.as_view()),
    path("todo/pull", TodoPullView.as_view()),
    path("todo-systems", TodoSystemListView.as_view()),
    path(ONE, TodoSystemView.as_view()),
    path(f"{ONE}/change", TodoSystemChangeView.as_view()),
    path(f"{ONE}/try", TodoSystemTryView.as_view()),
    path(f"{ONE}/switch", TodoSystemSwitchView.as_view()),
    path(f"{ONE}/names", TodoNamesView.as_view()),
]
