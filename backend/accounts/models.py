"""Accounts to sign in with, and where they are signed in.

A person's rights come from the posts they hold, never from the account.
"""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from backend.common.identities import plain_of


def username_normalised(username: str) -> str:
    """Return the one spelling under which a username is stored and looked up (compatible forms, lower case)."""
    return plain_of(username).lower()


class UserManager(BaseUserManager["User"]):
    """Finds and builds accounts whatever the case their name is typed in."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account of this name; raise User.DoesNotExist otherwise."""
        return self.get(username=username_normalised(username or ""))

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Store an account with a hashed password; without a password nobody can sign in with one."""
        user = self.model(username=username_normalised(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account: a name to sign in with, a password and the language its owner reads."""

    class Language(models.TextChoices):
        """The languages a person can choose."""

        CHINESE = "zh-hans", _("Simplified Chinese")
        ENGLISH = "en", _("English")

    username = models.CharField(_("username"), max_length=80, unique=True)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.CHINESE)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)
    second_factor_at = models.DateTimeField(
        null=True, editable=False, help_text="Since when signing in needs a second factor."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(username=Lower("username")) & ~Q(username=""), name="username_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.username


class SignIn(models.Model):
    """A session of the pages or a token of the API that somebody opened, and where from; it goes when that goes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session = models.OneToOneField(Session, null=True, on_delete=models.CASCADE, related_name="sign_in")
    token = models.OneToOneField(AuthToken, null=True, on_delete=models.CASCADE, related_name="sign_in")
    device = models.CharField(max_length=80, blank=True, help_text="The device in words; empty if unknown.")
    network = models.CharField(max_length=50, blank=True, help_text="The network, never the whole address.")
    started_at = models.DateTimeField()
    last_used_at = models.DateTimeField(help_text="To within some minutes.")
    identity = models.UUIDField(null=True, help_text="Who they are at the other system by which they signed in.")
    mark = models.CharField(
        max_length=64, db_default="", default="", help_text="The session of that system, hashed; empty if unknown."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False, token__isnull=True) | Q(session__isnull=True, token__isnull=False),
                name="sign_in_by_session_or_token",
            ),
        ]
        indexes = [models.Index(fields=["mark"], condition=~Q(mark=""), name="sign_in_elsewhere")]

    def __str__(self) -> str:
        return f"{self.device} {self.network}"


class HalfSignIn(models.Model):
    """A session of somebody whom another system let in and who has yet to give the second factor; it goes with that."""

    session = models.OneToOneField(Session, primary_key=True, on_delete=models.CASCADE, related_name="half")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    identity = models.UUIDField(help_text="Who they are at the other system.")
    mark = models.CharField(max_length=64, help_text="The session of that system, hashed; empty if unknown.")

    class Meta:
        indexes = [models.Index(fields=["mark"], condition=~Q(mark=""), name="half_elsewhere")]

    def __str__(self) -> str:
        return str(self.identity)


class Authenticator(models.Model):
    """An app that shows a new code every half minute; it counts once one of its codes has been typed."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    secret = models.CharField(max_length=255, help_text="Encrypted under the installation's secret key.")
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(
        default=0, help_text="The half minute of the code used last; none is used twice."
    )

    def __str__(self) -> str:
        return str(self.user)


class Passkey(models.Model):
    """A key in a phone, a computer or a stick, which signs that its owner is there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    name = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code for the day on which app and key are lost; a keyed hash of it is kept, and it works once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return str(self.user)
