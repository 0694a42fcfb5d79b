"""Handlers of one app that another, lower app calls, by their dotted names; the one place that names them."""

# An outbox row's topic → the Celery task that consumes it.
OUTBOX_TASKS = {
    "ticket.opened": "workflow.route",
    "ticket.wait_over": "workflow.resume",
    "ticket.changed:notices": "notifications.tell",
    "ticket.changed:events": "integrations.feed",
    "ticket.changed:todos": "todos.look",
    "todo.try": "todos.try",
    "calendar.changed": "workflow.recompute",
    "file.received": "files.check",
    "file.removed": "files.remove",
    "file.ready:ticket": "workflow.attach",
    "person.invited": "portal.send_invitation",
    "password.forgotten": "portal.send_password_reset",
    "account.news": "portal.send_account_news",
    "rulebook.checked": "notifications.tell_news",
    "figures.export": "insights.export",
    "figures.exported": "notifications.tell_exports",
    "bulletin.told": "notifications.tell_bulletins",
    "people.sync": "people.sync",
    "people.power_changed": "notifications.tell_powers",
    "duty.changed": "notifications.tell_duty",
    "duty.unmanned": "notifications.tell_unmanned",
    "contact.told": "notifications.tell_contacts",
    "round.unanswered": "notifications.tell_rounds",
    "gate.told": "notifications.tell_gate",
    "ledger.told": "notifications.tell_ledger",
    "webhook.stopped": "notifications.tell_webhooks",
    "response.approved": "notifications.tell_plans",
    "response.told": "notifications.tell_responses",
    "period.told": "notifications.tell_periods",
    "reply.told": "notifications.tell_replies",
    "outside.started": "outside.ask",
    "outside.told": "notifications.tell_outside",
    "training.told": "notifications.tell_trainings",
    "round.counted": "rounds.look_for_clusters",
    "people.address_changed": "notifications.send_to_address",
    "notice.unreached": "notifications.pass_on",
    "channel.code": "notifications.send_code",
}
# Topics whose consumers are woken by the relay alone, after some seconds and with all that gathered.
OUTBOX_UNHURRIED = frozenset({"ticket.changed:todos"})
# Finds the person behind an account, for every view of staff.
ACTOR_SELECTOR = "backend.duty.selectors.actor_get"
# Finds the account behind a token of the API, and in the same query the person behind that account.
TOKEN_SELECTOR = "backend.duty.selectors.token_behind"  # noqa: S105 - no secret
# A subscriber of ticket changes → whether it hears of all of them, or only of those that somebody is told about. For
# each change it hears of it has an outbox row of its own, under the topic "ticket.changed:<name>".
TICKET_SUBSCRIBERS = {"notices": "told", "events": "all", "todos": "all"}
# Each returns what a room above the tickets stores with their changes, in the same statement.
TICKET_FOLLOWERS = ("backend.outside.services.following.outside_follow",)
# A task with a queue of its own in the database → what says since when the oldest in it is due.
QUEUES_BESIDE_THE_OUTBOX = {
    "integrations.deliver": "backend.integrations.due.webhooks_due",
    "notifications.deliver": "backend.notifications.due.deliveries_due",
    "todos.send": "backend.todos.due.todos_due",
}
# Counts the deliveries that failed in the last day, for the status page.
DELIVERIES_FAILED = "backend.notifications.selectors.deliveries_failed_count"
# A kind of news about what a room beside the notifications keeps → what says whether it still holds when it is sent.
NEWS_STANDING = {
    "figures.exported": "backend.insights.selectors.exports.exports_standing",
    "bulletin.told": "backend.insights.selectors.bulletins.bulletins_standing",
    "gate.told": "backend.notifications.gate_standing.gate_standing",
    "ledger.told": "backend.notary.news.ledger_standing",
    "webhook.stopped": "backend.integrations.selectors.webhooks.webhooks_stopped_standing",
    "response.approved": "backend.response.selectors.plans.readings_standing",
    "response.told": "backend.response.selectors.boards.responses_standing",
    "contact.told": "backend.duty.contact_news.contacts_standing",
    "period.told": "backend.rounds.period_news.periods_standing",
    "reply.told": "backend.rounds.reply_news.replies_standing",
    "outside.told": "backend.outside.selectors.duties.duties_standing",
    "training.told": "backend.training.news.dues_standing",
}
# A timer's subject kind → the object that locks its subjects and carries out its firings.
DEADLINE_SUBJECTS = {
    "ticket": "backend.workflow.firing.TicketSubjects",
    "round": "backend.rounds.firing.RoundSubjects",
    "contact": "backend.duty.contact_firing.ContactSubjects",
    "period": "backend.rounds.period_firing.PeriodSubjects",
    "reply": "backend.rounds.reply_firing.ReplySubjects",
    "response": "backend.response.firing.ResponseSubjects",
    "outside": "backend.outside.firing.OutsideSubjects",
}
# A kind of thing that a room beside the tickets asks of people → what reads who owes it; a list shows them together.
OWED_BESIDE_TICKETS = {
    "round": "backend.rounds.owed.rounds_owed",
    "step": "backend.response.owed.steps_owed",
    "outside": "backend.outside.owed.duties_owed",
    "training": "backend.training.owed.trainings_owed",
    "reply": "backend.rounds.reply_owed.replies_owed",
}
# Erases what a room above the tickets keeps of the words of single events, with these events.
WORDS_ERASED_WITH_EVENTS = (
    "backend.response.services.erasing.words_erase",
    "backend.rounds.services.period_review.words_erase",
    "backend.outside.services.erasing.words_erase",
)
# Makes the functions by which the application does what its grants refuse it, after they were given; as the owner.
DATABASE_FUNCTIONS = ("backend.retention.functions.functions_make",)
