"""Leaving: ending everything that somebody holds, in one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.services import user_sign_out
from backend.common.errors import Conflict
from backend.duty.models import DutySlot
from backend.duty.selectors import shift_lock
from backend.duty.services import slot_free, slot_swap
from backend.duty.services.rosters import TakerAbsent, TakerOnDuty
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.services.accounts import sign_in_set, sign_ins_close
from backend.organisation.services.administrators import administrators_kept
from backend.organisation.services.appointing import appointment_end, appointments_end
from backend.organisation.services.powers import powers_let_go
from backend.rounds.services.handing_on import rounds_hand_on
from backend.setup.selectors.leaving import (
    duties_ahead,
    in_hand,
    leaver_get,
    posts_lasting,
    posts_lasting_of,
    tickets_shown,
)
from backend.workflow.services import tickets_let_go


class LeavingOneself(Conflict):
    """Nobody ends everything of their own: nobody would be left to undo it."""

    code = "leaving_oneself"
    title = gettext_lazy("You cannot enter your own leaving. Please ask another administrator.")


@dataclass(frozen=True, slots=True)
class Left:
    """The outcome: so many posts and open tickets, and the duty that a colleague took over, or that is free now.

    Other tickets than those shown before are passed on too, and not counted: whoever enters the leaving may not know of
    them.
    """

    posts: int
    tickets: int
    taken_over: int
    free: int


@transaction.atomic
def person_leave(*, actor: Actor, person_id: UUID, taker_id: UUID | None, now: datetime) -> Left:
    """Let somebody leave now: posts end, the account closes, tickets, duty and rounds go to others, no mail goes out.

    `taker_id` takes over the duty as far as they can; the rest is free. Raises NotFound, NotAdministrator,
    LeavingOneself, LastAdministrator, or NotAColleague for a taker from elsewhere.
    """
    person = leaver_get(actor=actor, person_id=person_id)
    if person.id == actor.person_id:
        raise LeavingOneself
    # What waits is locked before posts and people, in the order in which a second person's word locks them.
    powers_let_go(person=person, now=now)
    with administrators_kept(people=[person], now=now):
        return _end_all(actor, person, taker_id, now)


def _end_all(actor: Actor, person: Person, taker_id: UUID | None, now: datetime) -> Left:
    Person.objects.select_for_update(no_key=True).get(id=person.id)
    duties = [_duty_pass(actor, slot, taker_id, now) for slot in duties_ahead(person=person, now=now)]
    shown = tickets_shown(actor=actor, person=person).count()
    tickets_let_go(person_id=person.id, now=now)
    if person.user is not None:
        sign_in_set(by=actor, account=person.user, is_open=False, now=now)
        user_sign_out(user=person.user)
    posts = list(posts_lasting(person=person, now=now))
    for appointment in posts:
        appointment_end(by=actor, appointment=appointment, now=now)
    rounds_hand_on(person_id=person.id, now=now)
    return Left(len(posts), shown, sum(duties), len(duties) - sum(duties))


@transaction.atomic
def people_leave(*, by: Actor, people: Sequence[Person], now: datetime) -> None:
    """Let people of one school leave at once, none of whom holds a guarded post; nobody takes over their duty.

    Whoever has something in hand leaves as one by one; accounts and posts of all others end in a few statements.
    """
    if not people:
        return
    held = in_hand(people=people, now=now)
    for person in people:
        if person.id in held:
            powers_let_go(person=person, now=now)
            _end_all(by, person, None, now)
    others = [person for person in people if person.id not in held]
    sign_ins_close(people=others)
    appointments_end(by=by, appointments=posts_lasting_of(people=others, now=now), now=now)


def _duty_pass(actor: Actor, slot: DutySlot, taker_id: UUID | None, now: datetime) -> bool:
    """Give one part of a shift to the colleague, or leave it free where they cannot; say whether they took it."""
    shift = shift_lock(actor=actor, shift_id=slot.shift_id)
    if taker_id is not None:
        try:
            slot_swap(actor=actor, shift=shift, slot=slot, taker_id=taker_id, note=_("Left the school."), now=now)
        except (TakerAbsent, TakerOnDuty):
            pass
        else:
            return True
    slot_free(by=actor, shift=shift, slot=slot, now=now)
    return False
