"""The sentences about changes of power over people: what happened, who did it, and what to do now. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.organisation.models import Power
from backend.organisation.roles import Role
from backend.organisation.services.powers import Stage

WHAT: dict[str, Promise] = {
    Power.POST: gettext_lazy("%(whom)s is to hold a post: %(role)s."),
    Power.POST_ENDED: gettext_lazy("A post of %(whom)s ends or is shortened: %(role)s."),
    Power.ADDRESS: gettext_lazy("A new address was entered for %(whom)s. It counts once its owner has confirmed it."),
    Power.ADDRESS_CONFIRMED: gettext_lazy("%(whom)s has confirmed a new address."),
    Power.ADDRESS_REMOVED: gettext_lazy("An address of %(whom)s was removed."),
    Power.INVITATION: gettext_lazy("%(whom)s is to be invited to open an account."),
    Power.ACCOUNT_LINKED: gettext_lazy("%(whom)s has opened an account."),
    Power.ACCOUNT_UNLINKED: gettext_lazy("The account of %(whom)s is to be taken away."),
    Power.PASSWORD_CHANGED: gettext_lazy("%(whom)s has a new password."),
    Power.SIGN_IN_OPENED: gettext_lazy("The account of %(whom)s is to be opened again."),
    Power.SIGN_IN_CLOSED: gettext_lazy("The account of %(whom)s was closed."),
    Power.FACTOR_RESET: gettext_lazy("The second factor of %(whom)s is to be reset, because it was lost."),
    Power.ABSENCE: gettext_lazy("An absence of %(whom)s is noted. Others are told in the meantime."),
    Power.ABSENCE_ENDED: gettext_lazy("An absence of %(whom)s was ended."),
    Power.DUTY: gettext_lazy("%(whom)s was entered as leader on duty."),
    Power.DUTY_ENDED: gettext_lazy("%(whom)s does not lead on duty any more."),
    Power.RULEBOOK: gettext_lazy("The school puts another rulebook into force."),
    Power.LIVE: gettext_lazy("The school goes live: from now on powers over people need a second person."),
    Power.SERVICE: gettext_lazy(
        "The service account “%(whom)s”, by which another program reads or files, got a secret."
    ),
    Power.SERVICE_ENDED: gettext_lazy("The service account “%(whom)s” was revoked."),
    Power.PROVIDER: gettext_lazy("From now on people of the school may sign in at “%(whom)s”."),
    Power.PROVIDER_OFF: gettext_lazy("Nobody can sign in at “%(whom)s” any more."),
}
DONE: dict[str, Promise] = {
    Power.POST: gettext_lazy("%(whom)s was given a post: %(role)s."),
    Power.INVITATION: gettext_lazy("%(whom)s was invited to open an account."),
    Power.ACCOUNT_UNLINKED: gettext_lazy("The account of %(whom)s was taken away."),
    Power.SIGN_IN_OPENED: gettext_lazy("The account of %(whom)s was opened again."),
    Power.FACTOR_RESET: gettext_lazy("The second factor of %(whom)s was reset, because it was lost."),
}
"""The sentences of what holds already and would otherwise be said of the future."""
STAGES: dict[str, Promise] = {
    Stage.DONE: gettext_lazy("If this is not right, please say so at once."),
    Stage.ASKED: gettext_lazy("Nothing has changed yet: a second person has to confirm it within seven days."),
    Stage.REMINDED: gettext_lazy("It still waits for a second person. Please confirm or refuse it."),
    Stage.CONFIRMED: gettext_lazy("A second person has confirmed it, and it is done."),
    Stage.REFUSED: gettext_lazy("It was refused, and nothing changes."),
    Stage.LAPSED: gettext_lazy("Nobody confirmed it within seven days, and nothing changes."),
}
SOMETHING = gettext_lazy("Something changed in who answers for people: %(whom)s.")


def power_sentence(params: Mapping[str, Any]) -> str:
    """Return what happened to whom, by whom and what to do, in the active language."""
    role = params.get("role", "")
    words = {
        "whom": params.get("whom", ""),
        "role": str(Role(role).label) if role in Role else _("not known"),
    }
    is_done = params["stage"] in {Stage.DONE, Stage.CONFIRMED}
    said = {**WHAT, **DONE} if is_done else WHAT
    what = str(said.get(params.get("what", ""), SOMETHING)) % words
    by = _("Entered by %(name)s.") % {"name": params["by"]} if params.get("by") else _("Entered by a command.")
    return _("%(what)s %(by)s %(stage)s") % {"what": what, "by": by, "stage": STAGES[params["stage"]]}
