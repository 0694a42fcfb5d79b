"""Writes that only the administration pages make."""

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.common.errors import PermissionDenied


class OwnAccount(PermissionDenied):
    """Nobody takes their own account away."""

    code = "own_account"
    title = _("This is your own account. Please ask another administrator.")


def account_unlink(*, account: User, acting_user_id: int) -> None:
    """Take an account away from the person it belongs to; raise OwnAccount."""
    if account.pk == acting_user_id:
        raise OwnAccount
    person = account.person
    person.user = None
    person.save(update_fields=["user"])
