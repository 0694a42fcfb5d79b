"""Routes of the rules."""

from django.urls import path

from backend.rulebook.api import CategoryListView

urlpatterns = [path("categories", CategoryListView.as_view())]
