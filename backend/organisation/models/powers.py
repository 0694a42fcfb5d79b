"""Changes of powers over people that wait for a second person."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.organisation.models.people import Person
from backend.organisation.models.schools import Bureau, School


class Power(models.TextChoices):
    """The sorts of change in who has power over people or is reached."""

    POST = "post", _("A post is given")
    POST_ENDED = "post_ended", _("A post is taken away or shortened")
    ADDRESS = "address", _("An address is entered")
    ADDRESS_CONFIRMED = "address_confirmed", _("An address is confirmed")
    ADDRESS_REMOVED = "address_removed", _("An address is removed")
    INVITATION = "invitation", _("An account is offered")
    ACCOUNT_LINKED = "account_linked", _("An account is linked")
    ACCOUNT_UNLINKED = "account_unlinked", _("An account is taken away")
    PASSWORD_CHANGED = "password_changed", _("A password is changed")
    SIGN_IN_OPENED = "sign_in_opened", _("An account is opened again")
    SIGN_IN_CLOSED = "sign_in_closed", _("An account is closed")
    FACTOR_RESET = "factor_reset", _("A second factor is reset")
    ABSENCE = "absence", _("An absence is noted")
    ABSENCE_ENDED = "absence_ended", _("An absence is ended")
    DUTY = "duty", _("Somebody is entered as leader on duty")
    DUTY_ENDED = "duty_ended", _("Somebody leads on duty no more")
    RULEBOOK = "rulebook", _("A rulebook is taken into use")
    LIVE = "live", _("A school goes live")
    SERVICE = "service", _("A service account gets a secret")
    SERVICE_ENDED = "service_ended", _("A service account is revoked")
    PROVIDER = "provider", _("People may sign in at another system")
    PROVIDER_OFF = "provider_off", _("Nobody signs in at another system any more")


class PendingPower(models.Model):
    """A change that gives power over sealed tickets; it takes effect only when a second person confirms it."""

    class Outcome(models.TextChoices):
        """The end it came to, if any."""

        WAITING = "waiting", _("Waiting for a second person")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")
        LAPSED = "lapsed", _("Nobody confirmed it in time")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Power)
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    bureau = models.ForeignKey(Bureau, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", help_text="Whose power it is about.")
    asked_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: a command or an import."
    )
    role = models.CharField(max_length=20, blank=True, help_text="The role it gives, or that the person holds.")
    what = models.CharField(max_length=500, help_text="Tells two changes of one kind for one person apart.")
    change = models.JSONField(help_text="What is written once it is confirmed.")
    asked_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True, help_text="When somebody is reminded, or it is gone; empty once decided.")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, bureau__isnull=True) | Q(school__isnull=True, bureau__isnull=False),
                name="power_at_school_or_bureau",
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", look_at__isnull=False, decided_at__isnull=True)
                | (~Q(outcome="waiting") & Q(look_at__isnull=True, decided_at__isnull=False)),
                name="power_waits_or_is_decided",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "what"], condition=Q(outcome="waiting"), name="power_waits_once"
            ),
        ]
        indexes = [models.Index(fields=["look_at", "id"], name="power_waiting", condition=Q(outcome="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"
