"""The words of the actions about recommendations. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.portal.action_wording import ActionWords
from backend.portal.due import moment
from backend.workflow.models import RecommendationAim

RECOMMENDATION_WORDS: dict[str, ActionWords] = {
    "recommend": ActionWords(
        label=_("Recommend an improvement"),
        icon="speech",
        question=_("What should be better from now on, beyond this case?"),
        done=_("%(who)s recommended an improvement:"),
    ),
    "accept-recommendation": ActionWords(
        label=_("Accept the recommendation"),
        icon="check",
        question=_("How will it be carried out? (optional)"),
        done=_("%(who)s accepted a recommendation:"),
    ),
    "carry-out-recommendation": ActionWords(
        label=_("The recommendation is carried out"),
        icon="check",
        question=_("What is different now? Whoever recommended it will read this."),
        done=_("%(who)s carried out a recommendation:"),
    ),
    "withdraw-recommendation": ActionWords(
        label=_("Withdraw the recommendation"),
        icon="back",
        question=_("Why? The office will read this."),
        done=_("%(who)s withdrew a recommendation:"),
    ),
    "refuse-recommendation": ActionWords(
        label=_("Refuse the recommendation"),
        icon="back",
        question=_("Why not? Whoever recommended it and the principal will read this."),
        done=_("%(who)s refused a recommendation:"),
    ),
}
"""By the name of the action."""


def recommended_in_words(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an event says of a recommendation: its aim, and by when it is carried out."""
    if "aim" in body:
        yield str(RecommendationAim(body["aim"]).label)
    carry_out_by = parse_datetime(body.get("carry_out_by", ""))
    if carry_out_by:
        yield gettext("To be carried out by %(time)s.") % {"time": moment(carry_out_by)}
