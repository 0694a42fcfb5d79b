"""Routes below /api/v1/."""

from django.urls import path

from backend.accounts.api import CurrentTokenView, SignInListView, SignInView, TokensView

app_name = "accounts"
urlpatterns = [
    path("tokens", TokensView.as_view(), name="tokens"),
    path("tokens/current", CurrentTokenView.as_view(), name="current_token"),
    path("me/sessions", SignInListView.as_view(), name="sign_ins"),
    path("me/sessions/<uuid:sign_in_id>", SignInView.as_view(), name="sign_in"),
]
