"""Background work of the pages: mails with links, and sessions that are over."""

from celery import shared_task

from backend.accounts.services.sign_ins import sessions_purge
from backend.common.clock import database_now
from backend.common.outbox import outbox_deliver
from backend.portal.account_news import account_news_send
from backend.portal.mails import invitation_send, password_reset_send


@shared_task(name="portal.send_invitation")
def send_invitation() -> None:
    """Send the invitations that wait."""
    now = database_now()
    outbox_deliver(topic="person.invited", send=lambda message: invitation_send(message=message, now=now), now=now)


@shared_task(name="portal.send_password_reset")
def send_password_reset() -> None:
    """Send the links to a new password that wait."""
    now = database_now()
    outbox_deliver(
        topic="password.forgotten", send=lambda message: password_reset_send(message=message, now=now), now=now
    )


@shared_task(name="portal.send_account_news")
def send_account_news() -> None:
    """Send the owners of accounts what happened to these."""
    now = database_now()
    outbox_deliver(topic="account.news", send=lambda message: account_news_send(message=message, now=now), now=now)


@shared_task(name="portal.forget_sessions")
def forget_sessions() -> None:
    """Forget the sessions that are over."""
    sessions_purge(now=database_now())
