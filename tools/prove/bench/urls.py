"""The project's routes and the two to compare with."""

from django.urls import path

from backend.config.urls import handler400, handler403, handler404, handler500
from backend.config.urls import urlpatterns as project
from tools.prove.bench.views import BareInsertView, PlainInsertView

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("api/v1/bench/bare", BareInsertView.as_view()),
    path("api/v1/bench/plain", PlainInsertView.as_view()),
    *project,
]
