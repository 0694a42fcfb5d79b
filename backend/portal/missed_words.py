"""The words for missed deadlines in a timeline: at first, at every repeat, and why somebody was passed over."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.duty.reach import PassedOver
from backend.portal.due import moment
from backend.rulebook.ruleset import ClockName

MISSED: dict[str, Promise] = {
    ClockName.ACKNOWLEDGE: gettext_lazy("Nobody acknowledged it by %(time)s."),
    ClockName.ACT: gettext_lazy("Nobody acted on it by %(time)s."),
    ClockName.PROGRESS: gettext_lazy("Nobody reported progress by %(time)s."),
    ClockName.CONTAIN: gettext_lazy("It was not contained by %(time)s."),
    ClockName.RESOLVE: gettext_lazy("It was not solved by %(time)s."),
    ClockName.WAIT: gettext_lazy("It has waited as long as it may, until %(time)s: work goes on."),
    ClockName.VERIFY: gettext_lazy("Nobody verified it by %(time)s."),
    ClockName.SILENCE: gettext_lazy("Whoever has it in hand did nothing about it until %(time)s."),
    ClockName.ANSWER: gettext_lazy("The reporter had no answer by %(time)s."),
    ClockName.RESULT: gettext_lazy("The reporter had no result by %(time)s."),
    ClockName.DECISION: gettext_lazy("Nobody decided by %(time)s what the office cannot solve."),
    ClockName.RECOMMENDATION: gettext_lazy("A recommendation was not answered by %(time)s."),
    ClockName.IMPROVEMENT: gettext_lazy("An accepted recommendation was not carried out by %(time)s."),
    ClockName.QUESTION: gettext_lazy("A question was not answered by %(time)s."),
    ClockName.PROMISE: gettext_lazy("It was promised to be solved by %(time)s, and is not."),
    ClockName.OFFER: gettext_lazy("The office it is offered to did not answer by %(time)s."),
    ClockName.SUBTASK: gettext_lazy("An office that was asked to do a part had not done it by %(time)s."),
    ClockName.ORDER: gettext_lazy("A supervision order was not answered by %(time)s."),
    ClockName.ADOPTION: gettext_lazy("The leader who adopted it did not see to it by %(time)s."),
    ClockName.REVIEW: gettext_lazy("The cause was not reviewed by %(time)s."),
    ClockName.STEP: gettext_lazy("The next step was to be done by %(time)s, and is not."),
}
STILL_MISSED: dict[str, Promise] = {
    ClockName.ACKNOWLEDGE: gettext_lazy("Reminded again: still not acknowledged."),
    ClockName.ACT: gettext_lazy("Reminded again: still nobody has acted."),
    ClockName.PROGRESS: gettext_lazy("Reminded again: still no word of progress."),
    ClockName.CONTAIN: gettext_lazy("Reminded again: still not contained."),
    ClockName.RESOLVE: gettext_lazy("Reminded again: still not solved."),
    ClockName.WAIT: gettext_lazy("Reminded again: the wait is over, and work has to go on."),
    ClockName.VERIFY: gettext_lazy("Reminded again: still not verified."),
    ClockName.SILENCE: gettext_lazy("Reminded again: still no word from whoever has it in hand."),
    ClockName.ANSWER: gettext_lazy("Reminded again: the reporter still has no answer."),
    ClockName.RESULT: gettext_lazy("Reminded again: the reporter still has no result."),
    ClockName.DECISION: gettext_lazy("Reminded again: still not decided."),
    ClockName.RECOMMENDATION: gettext_lazy("Reminded again: a recommendation is still not answered."),
    ClockName.IMPROVEMENT: gettext_lazy("Reminded again: an accepted recommendation is still not carried out."),
    ClockName.QUESTION: gettext_lazy("Reminded again: a question is still not answered."),
    ClockName.PROMISE: gettext_lazy("Reminded again: it is still not solved as promised."),
    ClockName.OFFER: gettext_lazy("Reminded again: the office it is offered to has still not answered."),
    ClockName.SUBTASK: gettext_lazy("Reminded again: a part asked of another office is still not done."),
    ClockName.ORDER: gettext_lazy("Reminded again: a supervision order is still not answered."),
    ClockName.ADOPTION: gettext_lazy("Reminded again: the leader who adopted it has still not seen to it."),
    ClockName.REVIEW: gettext_lazy("Reminded again: the cause is still not reviewed."),
    ClockName.STEP: gettext_lazy("Reminded again: the next step is still not done."),
}
REASONS: dict[str, Promise] = {
    PassedOver.VACANT: gettext_lazy("nobody holds this post"),
    PassedOver.ABSENT: gettext_lazy("away at the time"),
    PassedOver.NO_CHANNEL: gettext_lazy("no verified way to be reached"),
    PassedOver.CLOSED: gettext_lazy("account closed"),
    PassedOver.NO_ANSWER: gettext_lazy("did not answer the contact test"),
}
"""The reasons for which somebody was passed over."""


def missed_in_words(body: Mapping[str, Any]) -> str:
    """Return what an event says of a missed deadline."""
    due_at = parse_datetime(body.get("due_at", ""))
    if due_at is None:
        return _("A deadline passed.")
    if body["repeat"]:
        return str(STILL_MISSED[body["clock"]])
    if body["rung"] > 1:
        return _("Still no action: one step further up.")
    return str(MISSED[body["clock"]]) % {"time": moment(due_at)}
