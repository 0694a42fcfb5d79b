"""Routes below /api/v1/."""

from django.urls import path

from backend.accounts.api import CurrentTokenView, SignInListView, SignInView, TokensView
from backend.accounts.passkey_api import PasskeyCeremonyView, PasskeyListView, PasskeyView, TokenPasskeyView

app_name = "accounts"
urlpatterns = [
    path("tokens", TokensView.as_view(), name="tokens"),
    path("tokens/current", CurrentTokenView.as_view(), name="current_token"),
    path("tokens/passkey", TokenPasskeyView.as_view(), name="token_passkey"),
    path("me/passkeys", PasskeyListView.as_view(), name="passkeys"),
    path("me/passkeys/ceremony", PasskeyCeremonyView.as_view(), name="passkey_ceremony"),
    path("me/passkeys/<uuid:passkey_id>", PasskeyView.as_view(), name="passkey"),
    path("me/sessions", SignInListView.as_view(), name="sign_ins"),
    path("me/sessions/<uuid:sign_in_id>", SignInView.as_view(), name="sign_in"),
]
