"""Routes of the pages of the training log."""

from django.urls import path

from backend.portal.views import trainings

urlpatterns = [
    path("trainings", trainings.trainings, name="trainings"),
    path("trainings/new", trainings.training_new, name="training_new"),
    path("trainings/<uuid:session_id>", trainings.training, name="training"),
]
