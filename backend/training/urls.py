"""Routes of the training log."""

from django.urls import path

from backend.training.api import (
    TrainingDueListView,
    TrainingListView,
    TrainingRuleListView,
    TrainingView,
    TrainingVoidView,
)

urlpatterns = [
    path("trainings", TrainingListView.as_view()),
    path("trainings/due", TrainingDueListView.as_view()),
    path("trainings/required", TrainingRuleListView.as_view()),
    path("trainings/<uuid:session_id>", TrainingView.as_view()),
    path("trainings/<uuid:session_id>/void", TrainingVoidView.as_view()),
]
