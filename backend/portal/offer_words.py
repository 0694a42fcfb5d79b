"""The words of the actions by which a ticket is handed over: offered, accepted, refused, decided. Pure."""

from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords

OFFER_WORDS: dict[str, ActionWords] = {
    "offer": ActionWords(
        label=_("Offer it to another office"),
        icon="person",
        question=_("Why is it theirs? Until they accept, your office answers for it."),
        done=_("%(who)s offered it to %(office)s:"),
    ),
    "accept-offer": ActionWords(
        label=_("Take it over"),
        icon="check",
        question=_("Anything to add? (optional)"),
        done=_("%(who)s accepted it for their office."),
    ),
    "refuse-offer": ActionWords(
        label=_("Refuse the hand-over"),
        icon="back",
        question=_("Why is it not yours? Everybody who works on it will read this."),
        done=_("%(who)s refused to take it over:"),
    ),
    "withdraw-offer": ActionWords(
        label=_("Withdraw the offer"),
        icon="back",
        question=_("Why? (optional)"),
        done=_("%(who)s withdrew the offer; the office keeps it."),
    ),
    "assign-office": ActionWords(
        label=_("Decide which office has it"),
        icon="person",
        question=_("Why this office? It is decided with this."),
        done=_("%(who)s decided that %(office)s has it:"),
    ),
}
