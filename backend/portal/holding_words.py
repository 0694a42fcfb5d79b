"""The words of holding evidence on the pages. Pure."""

from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords

HOLDING_WORDS: dict[str, ActionWords] = {
    "hold-evidence": ActionWords(
        label=_("Keep it as evidence"),
        icon="shield",
        question=_("Why must it be kept, and for whom? Nothing of it is erased until you or your successor end this."),
        done=_("%(who)s has it kept as evidence: nothing of it is erased until that ends."),
    ),
    "end-hold": ActionWords(
        label=_("Stop keeping it as evidence"),
        icon="shield",
        question=_("Why is it no longer needed as evidence? It is erased when its time is over, as any other."),
        done=_("%(who)s ended the keeping as evidence."),
    ),
}
