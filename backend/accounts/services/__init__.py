"""Every write on accounts and on where they are signed in."""

from backend.accounts.services.accounts import (
    RESET_GOOD_FOR,
    UsernameTaken,
    reset_token,
    reset_user,
    reset_user_lock,
    user_change_password,
    user_choose_language,
    user_create,
    user_sign_out,
)
from backend.accounts.services.sign_ins import (
    Place,
    session_record,
    sign_in_end,
    sign_in_used,
    sign_ins_end_others,
    token_end,
    token_issue,
)

__all__ = [
    "RESET_GOOD_FOR",
    "Place",
    "UsernameTaken",
    "reset_token",
    "reset_user",
    "reset_user_lock",
    "session_record",
    "sign_in_end",
    "sign_in_used",
    "sign_ins_end_others",
    "token_end",
    "token_issue",
    "user_change_password",
    "user_choose_language",
    "user_create",
    "user_sign_out",
]
