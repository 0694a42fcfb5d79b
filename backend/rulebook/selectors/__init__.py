"""Every read of rules."""

from backend.rulebook.selectors.checking import (
    DAYS_AHEAD,
    MOST_DAYS,
    check_get,
    coverage_added,
    coverage_get,
    units_by_target,
)
from backend.rulebook.selectors.versions import (
    active_version_id,
    categories_of,
    categories_of_school,
    category_is_known,
    content_in_use,
    outside_clocks_of,
    period_templates_get,
    rulebook_get,
    rulebook_uses,
    ruleset_get,
    school_by_code,
    schools_with_rulebook,
    stretches_of,
    training_rules_get,
)

__all__ = [
    "DAYS_AHEAD",
    "MOST_DAYS",
    "active_version_id",
    "categories_of",
    "categories_of_school",
    "category_is_known",
    "check_get",
    "content_in_use",
    "coverage_added",
    "coverage_get",
    "outside_clocks_of",
    "period_templates_get",
    "rulebook_get",
    "rulebook_uses",
    "ruleset_get",
    "school_by_code",
    "schools_with_rulebook",
    "stretches_of",
    "training_rules_get",
    "units_by_target",
]
