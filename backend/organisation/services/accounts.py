"""The accounts of people: taken away, closed and opened again by others, and their passwords."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.services import reset_user_lock, sign_ins_end_others, user_change_password
from backend.accounts.services.factor_rows import factors_reset
from backend.accounts.services.news import News, account_news_add
from backend.accounts.services.sign_ins import sign_ins_end_all
from backend.common.errors import PermissionDenied
from backend.common.recording import ROWS_AT_ONCE, bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import PendingPower, Person, Power
from backend.organisation.selectors.people import words_about
from backend.organisation.selectors.powers import guarded_roles, waits_for_second
from backend.organisation.services.administrators import administrators_kept
from backend.organisation.services.entered_addresses import addresses_tell
from backend.organisation.services.powers import PowerChange, PowerOutdated, powers_ask, powers_tell


class PasswordOwn(PermissionDenied):
    """Nobody sets the password of somebody who reads sealed tickets for them."""

    code = "password_own"
    title = _("Whoever reads confidential reports sets their own password, by the link of “Password forgotten?”.")


@transaction.atomic(savepoint=False)
def account_unlink(*, by: Actor | None, person: Person, now: datetime) -> bool:
    """Take a person's account away, so that another can be given; say whether it waits for a second person instead."""
    change = PowerChange(
        Power.ACCOUNT_UNLINKED, person, by, what=str(person.user_id), change={"account": person.user_id}
    )
    if waits_for_second(person=person, now=now):
        powers_ask(changes=[change], now=now)
        return True
    with administrators_kept(people=[person], now=now):
        person.user = None
        person.save(update_fields=["user"])
    powers_tell(changes=[change], now=now)
    return False


@transaction.atomic(savepoint=False)
def sign_in_set(*, by: Actor | None, account: User, is_open: bool, now: datetime) -> bool:
    """Close an account at once with every session and token, or open it again; say whether opening waits instead."""
    person: Person = account.person
    kind = Power.SIGN_IN_OPENED if is_open else Power.SIGN_IN_CLOSED
    change = PowerChange(kind, person, by, what=str(account.pk), change={"account": account.pk})
    if is_open and waits_for_second(person=person, now=now):
        powers_ask(changes=[change], now=now)
        return True
    with administrators_kept(people=[person], now=now):
        account.is_active = is_open
        account.save(update_fields=["is_active"])
    if not is_open:
        sign_ins_end_others(user=account)
    powers_tell(changes=[change], now=now)
    if not is_open and guarded_roles(person_ids=[person.id], now=now):
        # The last word to somebody with power: from now on nothing is sent to them.
        addresses_tell(channels=list(person.channels.filter(verified_at__isnull=False)), what=kind, now=now)
    return False


@transaction.atomic(savepoint=False)
def sign_ins_close(*, people: Sequence[Person]) -> None:
    """Close the accounts of people who leave and hold no power, in a few statements; nobody is left to be told.

    Sessions, tokens and passwords end.
    """
    accounts = [person.user for person in people if person.user is not None]
    before = [copy(account) for account in accounts]
    for account in accounts:
        account.is_active = False
        account.set_unusable_password()
    User.objects.bulk_update(accounts, ["is_active", "password"], batch_size=ROWS_AT_ONCE)
    bulk_record(before=before, after=accounts)
    sign_ins_end_all(users=[account.pk for account in accounts])


@transaction.atomic(savepoint=False)
def factor_reset(*, by: Actor | None, account: User, now: datetime) -> bool:
    """Take the second factor of somebody who lost it; say whether it waits for a second person instead."""
    person: Person = account.person
    change = PowerChange(Power.FACTOR_RESET, person, by, what=str(account.pk), change={"account": account.pk})
    if waits_for_second(person=person, now=now):
        powers_ask(changes=[change], now=now)
        return True
    factors_reset(user=account, now=now)
    powers_tell(changes=[change], now=now)
    return False


@transaction.atomic
def password_change(
    *, user: User, password: str, now: datetime, session_key: str | None = None, is_own: bool = True
) -> None:
    """Set a new password and end where else the account is signed in; of somebody with power others hear too.

    Raises PasswordWeak.
    """
    person = Person.objects.select_related("school", "bureau").filter(user=user).first()
    about = words_about(person=person) if person else ()
    user_change_password(user=user, password=password, about=about, session_key=session_key)
    account_news_add(user=user, what=News.PASSWORD, now=now)
    if person is not None and guarded_roles(person_ids=[person.id], now=now):
        powers_tell(changes=[PowerChange(Power.PASSWORD_CHANGED, person, None, is_own=is_own)], now=now)


@transaction.atomic
def password_set(*, account: User, password: str, now: datetime) -> None:
    """Set the password of somebody for them, by a command; raise PasswordOwn or PasswordWeak."""
    if waits_for_second(person=account.person, now=now):
        raise PasswordOwn
    password_change(user=account, password=password, now=now, is_own=False)


@transaction.atomic
def password_reset(*, token: str, password: str, now: datetime) -> None:
    """The same by the link of a mail; raise LinkDead or PasswordWeak."""
    password_change(user=reset_user_lock(token=token, now=now), password=password, now=now)


def account_unlink_apply(*, pending: PendingPower, now: datetime) -> None:
    """Take the account away that a second person agreed to; raise PowerOutdated where it is another one by now."""
    with administrators_kept(people=[pending.person], now=now):
        person = Person.objects.select_for_update(no_key=True).get(id=pending.person_id)
        if person.user_id != pending.change["account"]:
            raise PowerOutdated
        person.user = None
        person.save(update_fields=["user"])


def factor_reset_apply(*, pending: PendingPower, now: datetime) -> None:
    """Take the second factor that a second person agreed to; raise PowerOutdated where the account is gone."""
    account = User.objects.select_for_update().filter(pk=pending.change["account"], person=pending.person_id).first()
    if account is None:
        raise PowerOutdated
    factors_reset(user=account, now=now)


def sign_in_open_apply(*, pending: PendingPower, now: datetime) -> None:
    """Open the account that a second person agreed to; raise PowerOutdated where it belongs to somebody else by now."""
    del now
    account = User.objects.select_for_update().filter(pk=pending.change["account"], person=pending.person_id).first()
    if account is None:
        raise PowerOutdated
    account.is_active = True
    account.save(update_fields=["is_active"])
