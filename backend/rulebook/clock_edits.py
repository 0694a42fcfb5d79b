"""Changing one clock of a rulebook's content: the proposal of a school, and what can be wrong with it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid, NotFound
from backend.rulebook.clock_limits import LIMITS, MOST_RUNGS, RANKS, REPEATS, Limit, is_within, rough
from backend.rulebook.fitting import own_name
from backend.rulebook.reading import rung_read
from backend.rulebook.ruleset import ClockName, Rung, Severity, Span, span_parse

ZERO = span_parse("0m")


class ClockOutOfBounds(Invalid):
    """A clock would be shorter or longer than a school may set it, or measured otherwise."""

    code = "clock_out_of_bounds"
    title = _("This time is outside the bounds that are given beside it.")


class LadderNotInOrder(Invalid):
    """The steps of a ladder do not come one after the other, or are measured differently."""

    code = "ladder_not_in_order"
    title = _("Each step comes later than the one before it, and all are measured alike.")


class LadderTooLong(Invalid):
    """A ladder has more steps than people can follow, or its last one comes too late."""

    code = "ladder_too_long"
    title = _("The last step comes too late, or there are too many of them.")


class LadderTooLow(Invalid):
    """A ladder does not reach anybody who stands high enough."""

    code = "ladder_too_low"
    title = _("No step tells anybody who stands high enough. See beside it whom the ladder has to reach.")


class NothingChanged(Invalid):
    """A proposal is the clock as it is."""

    code = "nothing_changed"
    title = _("This is how it is already. Nothing would change.")


class NobodyToTell(Invalid):
    """A step tells nobody, or a role that no ladder can tell."""

    code = "nobody_to_tell"
    title = _("Please choose who is told at this step.")


@dataclass(frozen=True, slots=True)
class ClockAt:
    """One clock of a rulebook: that of a severity, or (None) an upper bound of all."""

    severity: Severity | None
    clock: ClockName

    @property
    def limit(self) -> Limit:
        """The bounds within which a school may set it; raise NotFound where it may not at all."""
        limit = LIMITS.get((self.severity, self.clock))
        if limit is None:
            raise NotFound
        return limit


@dataclass(frozen=True, slots=True)
class ClockProposal:
    """A clock as a school would have it: the time it allows, the steps of its ladder, and when the last is repeated."""

    within: Span
    rungs: Sequence[Rung]
    repeat: Span


def clocks_at(content: Mapping[str, Any], at: ClockAt) -> Mapping[str, Any]:
    """Return the part of a rulebook's content in which a clock stands."""
    part: Mapping[str, Any] = content.get("bounds", {}) if at.severity is None else content["clocks"][at.severity]
    return part


def content_with_clock(content: Mapping[str, Any], at: ClockAt, proposal: ClockProposal) -> dict[str, Any]:
    """Return the content with one clock changed; raise NotFound where it has none, or what is wrong with the proposal.

    Whether a repeat tells everybody stays as it was.
    """
    part = clocks_at(content, at)
    if at.clock not in part:
        raise NotFound
    _check(proposal, at.limit)
    changed = {**part, at.clock.value: {**part[at.clock], **_written(proposal)}}
    if changed == part:
        raise NothingChanged
    own = {**content, "name": own_name(content["name"])}
    if at.severity is None:
        return {**own, "bounds": changed}
    return {**own, "clocks": {**content["clocks"], at.severity.value: changed}}


def clocks_out_of_bounds(content: Mapping[str, Any]) -> Iterator[tuple[str, Invalid]]:
    """Yield where a checked content has a clock that no school may set so, and what is wrong with it."""
    for place, at, clock in _clocks_written(content):
        limit = LIMITS.get((at.severity, at.clock))
        if limit is None:
            continue
        rungs = [rung_read(row) for row in clock["rungs"]]
        try:
            _check(ClockProposal(span_parse(clock["within"]), rungs, span_parse(clock["repeat"])), limit)
        except Invalid as error:
            yield f"{place}{error.pointer or ''}", error


def _clocks_written(content: Mapping[str, Any]) -> Iterator[tuple[str, ClockAt, Mapping[str, Any]]]:
    """Yield every clock of a content with its place; of a category's own what it takes from its severity besides."""
    for severity, clocks in content["clocks"].items():
        for name, clock in clocks.items():
            yield f"clocks/{severity}/{name}", ClockAt(Severity(severity), ClockName(name)), clock
    for name, clock in content.get("bounds", {}).items():
        yield f"bounds/{name}", ClockAt(None, ClockName(name)), clock
    for number, category in enumerate(content["categories"]):
        for severity, clocks in category.get("clocks", {}).items():
            for name, own in clocks.items():
                is_bound = name not in content["clocks"][severity]
                usual = content["bounds"][name] if is_bound else content["clocks"][severity][name]
                at = ClockAt(None if is_bound else Severity(severity), ClockName(name))
                yield f"categories/{number}/clocks/{severity}/{name}", at, {**usual, **own}


def _written(proposal: ClockProposal) -> dict[str, Any]:
    return {
        "within": str(proposal.within),
        "rungs": [_rung(rung) for rung in proposal.rungs],
        "repeat": str(proposal.repeat),
    }


def _rung(rung: Rung) -> dict[str, Any]:
    written = {"after": str(rung.after), "tell": [role.value for role in rung.tell]}
    return {**written, "deputies": True} if rung.deputies else written


def _check(proposal: ClockProposal, limit: Limit) -> None:
    if not is_within(proposal.within, least=limit.least, most=limit.most):
        raise ClockOutOfBounds(pointer="/within")
    if proposal.repeat.working or not is_within(proposal.repeat, least=REPEATS[0], most=REPEATS[1]):
        raise ClockOutOfBounds(pointer="/repeat")
    for number, rung in enumerate(proposal.rungs):
        if not rung.tell or not RANKS.keys() >= set(rung.tell):
            raise NobodyToTell(pointer=f"/rungs/{number}/tell")
    _check_order(proposal.rungs, limit)
    highest = max(RANKS[role] for rung in proposal.rungs for role in rung.tell)
    if highest < RANKS[limit.reaches]:
        raise LadderTooLow(pointer="/rungs")


def _check_order(rungs: Sequence[Rung], limit: Limit) -> None:
    if not rungs or rungs[0].after != ZERO:
        raise LadderNotInOrder(pointer="/rungs/0/after")
    for number, (before, after) in enumerate(pairwise(rungs), start=1):
        is_measured_alike = number == 1 or before.after.measure == after.after.measure
        if not is_measured_alike or after.after.length <= before.after.length:
            raise LadderNotInOrder(pointer=f"/rungs/{number}/after")
        if after.after.working != limit.is_working:
            raise ClockOutOfBounds(pointer=f"/rungs/{number}/after")
    last = len(rungs) - 1
    if len(rungs) > MOST_RUNGS or rough(rungs[last].after) > rough(limit.latest):
        raise LadderTooLong(pointer=f"/rungs/{last}/after")
