"""Telling everybody affected, by docs/adr/0044 alone: what waits until they are told, or need not be."""

from datetime import datetime
from random import Random
from uuid import UUID

from backend.workflow.models import Affected, AffectedParty
from tools.prove.simulate.cases import Case
from tools.prove.simulate.twin import Twin

SETTLES = frozenset({"inform-affected", "waive-affected"})
TELLS = SETTLES | {"add-affected"}
"""The steps about who is affected."""
HELD_UP = frozenset({"verify", "confirm", "confirm-decline"})
"""The steps that are refused while somebody is untold; merging has further conditions beside this one."""


def telling_step(twin: Twin, *, case: Case, action: str, random: Random, at: datetime) -> None:
    """Let somebody add who is affected, or settle one of them."""
    if action in SETTLES:
        twin.act(case=case, action=action, at=at, party=random.choice(_untold(case.told.key)))
        case.told.untold -= 1
    else:
        twin.act(case=case, action=action, at=at, affected=random.choice(list(Affected)), who="Class 7.2")
        case.told.untold += 1


def held_up_step(twin: Twin, *, case: Case, action: str, at: datetime) -> None:
    """Let somebody end a ticket, which is refused while somebody is to be told."""
    expected = "somebody_untold" if case.told.untold else ""
    what = f"{action} of ticket {case.told.key} at {at}"
    twin.expecting(expected, what, lambda: twin.act(case=case, action=action, at=at))


def _untold(ticket_id: UUID) -> list[UUID]:
    return list(AffectedParty.objects.filter(ticket=ticket_id, outcome="").order_by("id").values_list("id", flat=True))
