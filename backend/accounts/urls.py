"""Routes below /api/v1/."""

from django.urls import path

from backend.accounts.api import CurrentTokenView, TokensView

app_name = "accounts"
urlpatterns = [
    path("tokens", TokensView.as_view(), name="tokens"),
    path("tokens/current", CurrentTokenView.as_view(), name="current_token"),
]
