"""Background work of telling people; each task takes what waits for it in the database."""

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume, outbox_deliver
from backend.notifications.services import code_send, deliveries_send, news_create, notices_create, notices_pass_on
from backend.notifications.services.address_changes import address_change_send
from backend.notifications.services.gate_news import gate_news_create
from backend.notifications.services.people_news import people_news_create
from backend.notifications.services.round_news import round_news_create


@shared_task(name="notifications.tell")
def tell() -> None:
    """Store notices of what happened to tickets."""
    outbox_consume(topic="ticket.changed:notices", handle=notices_create)


@shared_task(name="notifications.tell_news")
def tell_news() -> None:
    """Store news that belong to no ticket."""
    outbox_consume(topic="rulebook.checked", handle=news_create)


@shared_task(name="notifications.tell_bulletins")
def tell_bulletins() -> None:
    """Store notices of bulletins that wait for approval or were published."""
    outbox_consume(topic="bulletin.told", handle=news_create)


@shared_task(name="notifications.tell_plans")
def tell_plans() -> None:
    """Store notices of response plans that were approved for whoever has to read them."""
    outbox_consume(topic="response.approved", handle=news_create)


@shared_task(name="notifications.tell_responses")
def tell_responses() -> None:
    """Store notices of steps of started response plans, which ring at once."""
    outbox_consume(topic="response.told", handle=people_news_create)


@shared_task(name="notifications.tell_contacts")
def tell_contacts() -> None:
    """Store notices of contact tests, which ring at once."""
    outbox_consume(topic="contact.told", handle=people_news_create)


@shared_task(name="notifications.tell_periods")
def tell_periods() -> None:
    """Store notices of special periods that begin, are over, or whose review is not done."""
    outbox_consume(topic="period.told", handle=people_news_create)


@shared_task(name="notifications.tell_replies")
def tell_replies() -> None:
    """Store notices of answers that are owed to authorities."""
    outbox_consume(topic="reply.told", handle=people_news_create)


@shared_task(name="notifications.tell_outside")
def tell_outside() -> None:
    """Store notices of what somebody has to tell outside."""
    outbox_consume(topic="outside.told", handle=people_news_create)


@shared_task(name="notifications.tell_trainings")
def tell_trainings() -> None:
    """Store notices of trainings and lessons that are due soon."""
    outbox_consume(topic="training.told", handle=people_news_create)


@shared_task(name="notifications.tell_powers")
def tell_powers() -> None:
    """Store notices of changes of power over people."""
    outbox_consume(topic="people.power_changed", handle=people_news_create)


@shared_task(name="notifications.tell_duty")
def tell_duty() -> None:
    """Store notices of duty that came, went or moved."""
    outbox_consume(topic="duty.changed", handle=people_news_create)


@shared_task(name="notifications.tell_unmanned")
def tell_unmanned() -> None:
    """Store notices of shifts in which nobody serves."""
    outbox_consume(topic="duty.unmanned", handle=people_news_create)


@shared_task(name="notifications.tell_rounds")
def tell_rounds() -> None:
    """Store notices of rounds that nobody has answered."""
    outbox_consume(topic="round.unanswered", handle=round_news_create)


@shared_task(name="notifications.tell_gate")
def tell_gate() -> None:
    """Store notices of visitors for their hosts, and of what a host says for the gate."""
    outbox_consume(topic="gate.told", handle=gate_news_create)


@shared_task(name="notifications.tell_ledger")
def tell_ledger() -> None:
    """Store notices of breaks of the ledger, which ring at once, and of the checkpoint of the day."""
    outbox_consume(topic="ledger.told", handle=people_news_create)


@shared_task(name="notifications.tell_webhooks")
def tell_webhooks() -> None:
    """Store notices of webhooks that were switched off because they take nothing any more."""
    outbox_consume(topic="webhook.stopped", handle=people_news_create)


@shared_task(name="notifications.tell_exports")
def tell_exports() -> None:
    """Store notices of files that are ready for whoever asked for them."""
    outbox_consume(topic="figures.exported", handle=people_news_create)


@shared_task(name="notifications.send_to_address")
def send_to_address() -> None:
    """Write to the addresses that were entered or removed for somebody."""
    outbox_deliver(
        topic="people.address_changed",
        send=lambda message: address_change_send(message=message, now=database_now()),
        now=database_now(),
    )


@shared_task(name="notifications.pass_on")
def pass_on() -> None:
    """Tell the next person what reached nobody."""
    outbox_consume(topic="notice.unreached", handle=notices_pass_on)


@shared_task(name="notifications.deliver")
def deliver() -> None:
    """Send the messages that are due."""
    deliveries_send(now=database_now())


@shared_task(name="notifications.send_code")
def send_code() -> None:
    """Send the codes by which people prove that a channel is theirs."""
    outbox_deliver(
        topic="channel.code", send=lambda message: code_send(message=message, now=database_now()), now=database_now()
    )
