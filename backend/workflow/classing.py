"""The classing of a ticket, and what a correction makes of it. Pure."""

from dataclasses import dataclass

from backend.rulebook.ruleset import Category, Confidentiality, Severity

BY_URGENCY = tuple(Severity)
BY_OPENNESS = tuple(Confidentiality)


@dataclass(frozen=True, slots=True)
class Classing:
    """The category, the severity and the class of a ticket."""

    category: str
    severity: Severity
    confidentiality: Confidentiality

    def is_less_urgent(self, other: "Classing") -> bool:
        """Say whether this is less urgent than the other."""
        return BY_URGENCY.index(self.severity) > BY_URGENCY.index(other.severity)


def corrected(
    *, present: Classing, category: Category, severity: Severity | None, confidentiality: Confidentiality | None
) -> Classing:
    """Return the classing after a correction: a new category only ever raises what is not said explicitly."""
    is_new = category.code != present.category
    severities = {present.severity, category.severity} if is_new else {present.severity}
    classes = {present.confidentiality, category.confidentiality} if is_new else {present.confidentiality}
    return Classing(
        category=category.code,
        severity=severity or min(severities, key=BY_URGENCY.index),
        confidentiality=confidentiality or max(classes, key=BY_OPENNESS.index),
    )


def is_too_open(classing: Classing, category: Category) -> bool:
    """Say whether a ticket would be more open than its category."""
    return BY_OPENNESS.index(classing.confidentiality) < BY_OPENNESS.index(category.confidentiality)


def opens_up(*, present: Classing, wanted: Classing, before: Category, after: Category) -> bool:
    """Say whether a correction lowers the class, or leaves a category for one that is less confidential."""
    return is_more_open(wanted.confidentiality, present.confidentiality) or is_more_open(
        after.confidentiality, before.confidentiality
    )


def is_more_open(one: Confidentiality, other: Confidentiality) -> bool:
    """Say whether a class opens a ticket to more people than another."""
    return BY_OPENNESS.index(one) < BY_OPENNESS.index(other)
