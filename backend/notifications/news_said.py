"""The words of news as things are now: a ticket that has become confidential is named by nothing, nor who is told."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.notifications.models import Notice
from backend.notifications.sentences import OUTSIDE_TOLD
from backend.outside.news import UNNAMED
from backend.outside.selectors.duties import duties_sealed


def said_now(*, news: Sequence[Notice]) -> dict[UUID, Mapping[str, Any]]:
    """Return by the notice's id what each says; one statement, where some are about tickets."""
    about = {row.id: UUID(row.params["duties"][0]) for row in news if row.kind == OUTSIDE_TOLD}
    sealed = duties_sealed(duty_ids=set(about.values())) if about else set()
    return {row.id: {**row.params, **UNNAMED} if about.get(row.id) in sealed else row.params for row in news}
