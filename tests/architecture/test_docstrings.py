"""Docstrings state what a thing is; none opens like a question that only the code below it answers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, files, tree

QUESTION = re.compile(r"(What|Who|Whom|Whose|How|Which|Where|When|Whether|Why)\b")
BODIES = (ast.Module, ast.ClassDef)
STILL = {
    "backend/common/current_request.py": 1,
    "backend/common/filtering.py": 1,
    "backend/common/middleware.py": 1,
    "backend/common/models.py": 1,
    "backend/common/named.py": 1,
    "backend/common/openapi.py": 1,
    "backend/common/problems.py": 1,
    "backend/common/selectors.py": 1,
    "backend/common/throttling.py": 1,
    "backend/common/views.py": 1,
    "backend/duty/api.py": 2,
    "backend/duty/filters.py": 3,
    "backend/duty/models.py": 1,
    "backend/duty/reach.py": 2,
    "backend/duty/roster_serializers.py": 1,
    "backend/duty/roster_validation.py": 1,
    "backend/duty/selectors/actors.py": 1,
    "backend/duty/selectors/reaching.py": 1,
    "backend/duty/serializers.py": 2,
    "backend/duty/validation.py": 1,
    "backend/incidents/errors.py": 1,
    "backend/incidents/models.py": 1,
    "backend/incidents/selectors.py": 1,
    "backend/incidents/serializers.py": 5,
    "backend/notifications/api.py": 1,
    "backend/notifications/filters.py": 1,
    "backend/notifications/kinds.py": 1,
    "backend/notifications/messages.py": 1,
    "backend/notifications/quiet.py": 1,
    "backend/notifications/robots.py": 2,
    "backend/notifications/serializers.py": 3,
    "backend/notifications/services/choosing.py": 1,
    "backend/notifications/services/falling_back.py": 1,
    "backend/notifications/services/passing_on.py": 1,
    "backend/organisation/actors.py": 1,
    "backend/organisation/addresses.py": 2,
    "backend/organisation/filters.py": 4,
    "backend/organisation/invitation_api.py": 1,
    "backend/organisation/models/schools.py": 1,
    "backend/organisation/roles.py": 1,
    "backend/organisation/selectors/invitations.py": 2,
    "backend/organisation/services/channels.py": 1,
    "backend/organisation/services/staff_import.py": 2,
    "backend/organisation/staff_csv.py": 1,
    "backend/organisation/validation.py": 1,
    "backend/workflow/action.py": 1,
    "backend/workflow/action_input.py": 2,
    "backend/workflow/actions/assign.py": 1,
    "backend/workflow/actions/cannot_solve.py": 1,
    "backend/workflow/actions/reclassify.py": 1,
    "backend/workflow/api.py": 1,
    "backend/workflow/classing.py": 2,
    "backend/workflow/clocks.py": 2,
    "backend/workflow/errors.py": 1,
    "backend/workflow/escalation.py": 1,
    "backend/workflow/event_types.py": 1,
    "backend/workflow/filters.py": 1,
    "backend/workflow/firing.py": 1,
    "backend/workflow/grades.py": 1,
    "backend/workflow/invariants.py": 1,
    "backend/workflow/ledger.py": 2,
    "backend/workflow/models.py": 3,
    "backend/workflow/offices.py": 1,
    "backend/workflow/relation_groups.py": 2,
    "backend/workflow/serializers/acting.py": 1,
    "backend/workflow/serializers/showing.py": 2,
    "backend/workflow/services/bulk.py": 1,
    "backend/workflow/services/opening.py": 1,
    "backend/workflow/services/recomputing.py": 1,
    "backend/workflow/states.py": 3,
    "backend/workflow/ticket_clocks.py": 1,
    "backend/workflow/timer_plan.py": 1,
    "backend/workflow/waiting.py": 1,
    "tests/workflow/test_obligations.py": 1,
}
"""Files that still have to be put right, with the number of their questions; the list only gets shorter."""


def docstrings(path: Path) -> Iterator[str]:
    """Return the texts that say what a module, a class or a constant is."""
    for body in (node.body for node in ast.walk(tree(path)) if isinstance(node, BODIES)):
        for node in body:
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield node.value.value


def test_no_docstring_opens_like_a_question() -> None:
    found = {
        str(path.relative_to(ROOT)): sum(1 for text in docstrings(path) if QUESTION.match(text))
        for path in files("backend", "tools", "tests")
    }
    assert {name: count for name, count in found.items() if count > STILL.get(name, 0)} == {}
    assert {name: count for name, count in STILL.items() if count > found.get(name, 0)} == {}, "shorten the list"
