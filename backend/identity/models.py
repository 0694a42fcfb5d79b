"""Systems beside this one at which people of a school sign in, and who is who there."""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.organisation.models import Person, School

LONGEST_NAME = 60
LONGEST_CODE = 30
LONGEST_ISSUER = 300
LONGEST_CLIENT_ID = 200
LONGEST_SECRET = 200
LONGEST_CLAIM = 60
LONGEST_SUBJECT = 255
LONGEST_METADATA = 60_000
SECRET = RegexValidator(r"^[ -~]*$", _("Use the letters, digits and signs of an English keyboard."))
"""RFC 6749, appendix A.2."""
CODE = RegexValidator(r"^[a-z0-9](-?[a-z0-9])+$", _("Use small letters, digits and single hyphens, two at least."))


class IdentityProvider(models.Model):
    """A system, as a school's portal, at which its people may sign in instead of typing a password here."""

    class Kind(models.TextChoices):
        """The ways in which such a system says who somebody is."""

        OIDC = "oidc", _("OpenID Connect")
        CAS = "cas", _("CAS")
        SAML = "saml", _("SAML 2.0")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=LONGEST_CODE, unique=True, validators=[CODE], help_text="It stands in links.")
    name = models.CharField(max_length=LONGEST_NAME, help_text="Said on the button.")
    issuer = models.CharField(max_length=LONGEST_ISSUER, help_text="The address that names it; it never changes.")
    client_id = models.CharField(max_length=LONGEST_CLIENT_ID, blank=True, help_text="CAS and SAML know none.")
    client_secret = models.CharField(max_length=500, blank=True, help_text="Encrypted under the secret key.")
    staff_number_claim = models.CharField(
        max_length=LONGEST_CLAIM, blank=True, help_text="What it calls the staff number; empty where it says none."
    )
    links_by_staff_number = models.BooleanField(default=False)
    counts_as_factor = models.BooleanField(default=False)
    is_on = models.BooleanField(default=False)
    tried_at = models.DateTimeField(null=True, help_text="When a sign-in was tried with the present settings.")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "issuer"], name="provider_once_per_school"),
            models.CheckConstraint(condition=Q(is_on=False) | Q(tried_at__isnull=False), name="provider_on_once_tried"),
            models.CheckConstraint(
                condition=Q(kind__in=["cas", "saml"]) | ~Q(client_id=""), name="provider_has_a_client"
            ),
            models.CheckConstraint(
                condition=Q(links_by_staff_number=False) | ~Q(staff_number_claim=""), name="provider_links_by_a_claim"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SamlSide(models.Model):
    """Both sides of a sign-in by SAML: the provider's metadata, and the key with which ours signs."""

    provider = models.OneToOneField(IdentityProvider, on_delete=models.PROTECT, primary_key=True, related_name="saml")
    metadata = models.TextField(help_text="The address at which it stands, or the text itself.")
    key = models.TextField(help_text="Encrypted under the secret key.")
    certificate = models.TextField()

    def __str__(self) -> str:
        return str(self.provider_id)


class ExternalIdentity(models.Model):
    """The person that a provider knows by a subject, which it never gives to anybody else, and their account here."""

    class How(models.TextChoices):
        """The ways in which the two came together."""

        STAFF_NUMBER = "staff_number", _("By the staff number")
        ONESELF = "oneself", _("By oneself")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(IdentityProvider, on_delete=models.PROTECT, related_name="identities", db_index=False)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="external_identities")
    how = models.CharField(max_length=20, choices=How)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="subject_once_per_provider"),
            models.UniqueConstraint(fields=["provider", "user"], name="identity_once_per_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.user_id}"
