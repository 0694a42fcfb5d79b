"""Facts about a name that was given in confidence; each asks the ledger, of single tickets alone."""

from backend.workflow.disclosing import consent_open, is_name_kept_back
from backend.workflow.errors_of_disclosing import OtherHalfNeeded
from backend.workflow.facts import Fact, Situation


def _asked_by_another(at: Situation) -> bool:
    consent = consent_open(ticket=at.ticket, now=at.now)
    return consent is None or consent.actor_id != at.actor_id


NAME_KEPT_BACK = Fact("its reporter's name was given in confidence", lambda at: is_name_kept_back(at.ticket))
NO_CONSENT_OPEN = Fact(
    "nobody asked for the name within three days", lambda at: consent_open(ticket=at.ticket, now=at.now) is None
)
CONSENT_OPEN = Fact(
    "the name was asked for within three days", lambda at: consent_open(ticket=at.ticket, now=at.now) is not None
)
ASKED_BY_ANOTHER = Fact("somebody else asked for it", _asked_by_another, OtherHalfNeeded)
