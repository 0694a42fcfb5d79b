"""How a ticket is classed, and what a correction makes of it. Pure."""

from dataclasses import dataclass

from backend.rulebook.ruleset import Category, Confidentiality, Severity

BY_URGENCY = tuple(Severity)
BY_OPENNESS = tuple(Confidentiality)


@dataclass(frozen=True, slots=True)
class Classing:
    """What a ticket is about, how urgent it is and who may see it."""

    category: str
    severity: Severity
    confidentiality: Confidentiality

    def is_below(self, other: "Classing") -> bool:
        """Say whether this is less urgent or less confidential than the other."""
        return BY_URGENCY.index(self.severity) > BY_URGENCY.index(other.severity) or BY_OPENNESS.index(
            self.confidentiality
        ) < BY_OPENNESS.index(other.confidentiality)


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
