"""Types of the ledger events that no action of a person makes. Pure."""

from backend.workflow.ledger import ERASURE, EventType, Sensitivity
from backend.workflow.models import FILED

PLAIN, PERSON = Sensitivity.PLAIN, Sensitivity.PERSON

OPENED = EventType(
    "opened",
    {
        **dict.fromkeys(
            ("category", "severity", "class", "office", "raised_from", "raised_by", "promised", FILED), PLAIN
        ),
        "answers": Sensitivity.FREE_TEXT,
    },
    version=5,
)
"""A report opened the ticket, classed so; since version 2 with a digest of what was filed, since 3 with its office.

Since version 4 with the reporter's answers, as sensitive as their words, and the question that raised its severity;
no question is named where it is more urgent than its category because of the line of a checklist it was found by.
Since version 5 with what was promised: by clock, when it is due and when it climbs, so that a receipt proves it.
"""

AMENDED = EventType("amend", {"note": Sensitivity.FREE_TEXT})
"""The reporter added to the report."""

ESCALATED = EventType(
    "escalated",
    {
        **dict.fromkeys(("clock", "part", "rung", "epoch", "repeat", "due_at", "level", "asked_rung", "roles"), PLAIN),
        **dict.fromkeys(("reached", "paged", "passed_over"), PERSON),
    },
    version=2,
)
"""A rung of one of its clocks fired; since version 2, of one of its parts' clocks too, which it names."""

ADOPTER_LEFT = EventType("adopter-left", {"adopter": PERSON, "part": PLAIN})
"""The leader who helped with it has left, and nobody helps until another one adopts it."""

CLOCKS_MOVED = EventType("clocks-moved", {"calendar": PLAIN, "moved": PLAIN})
"""The school's calendar changed, and deadlines moved with it."""

ERASED = EventType(ERASURE, {"sequences": PLAIN})
"""The payloads of earlier events were erased; it names their numbers."""

CALLER_FORGOTTEN = EventType("caller-forgotten", {})
"""On whose behalf it was reported is not kept any more: its time was over."""

WORDS_SEALED = EventType("words-sealed", {})
"""Its words were sealed in the database, in which they had stood in clear."""

OPENED_TO = EventType("opened-to", {"opened_to": PERSON, "instead_of": PERSON})
"""Somebody who had to act could not be reached, and the ticket was opened to whoever stands in."""

ASSIGNEE_LEFT = EventType("assignee-left", {"assignee": PERSON})
"""Whoever it was assigned to has left, and it is the office's again."""

FILE_FIELDS = dict.fromkeys(("file", "kind", "size", "sha256", "purpose"), PLAIN)
FILE_ADDED = EventType("file-added", {**FILE_FIELDS, "worked": PLAIN, "name": Sensitivity.FREE_TEXT}, version=2)
"""Somebody added a photo or a document; `sha256` is the digest of what is kept.

Since version 2 it says where that counts as work: a proof that was added before the problem was solved.
"""

FILE_REMOVED = EventType("file-removed", {**FILE_FIELDS, "note": Sensitivity.FREE_TEXT})
"""A photo or document was taken away again, and its content removed."""

CLASSED = dict.fromkeys(("changes", "waited_from", "waited_until"), PLAIN)
MERGED_HERE = EventType(
    "merged-here",
    {
        **dict.fromkeys(("ticket", "seal"), PLAIN),
        **CLASSED,
        **dict.fromkeys(("opened_to", "workers"), PERSON),
        "waited_for": Sensitivity.FREE_TEXT,
    },
)
"""Another ticket was merged into it, and it is as urgent and as confidential as both from then on.

Whoever worked on that one counts as having worked on this (`workers`: those who had not).
"""

UNMERGED_HERE = EventType("unmerged-here", {"ticket": PLAIN})
"""A ticket that had been merged into it is one of its own again."""

CLASS_FOLLOWED = EventType("class-followed", {"changes": PLAIN})
"""The ticket into which it was merged became more confidential, and so did it."""

LAPSED = EventType("lapsed", {"parts": PLAIN})
"""The ticket is over, and so is what was still asked about it: nobody answers that any more."""

QUESTION = {"part": PLAIN}
LINK_MADE = EventType("link-made", QUESTION)
"""Somebody made a link by which a person outside can answer a question; one before it is dead."""

LINK_ENDED = EventType("link-ended", QUESTION)
"""Somebody withdrew such a link."""

ANSWERED_BY_LINK = EventType("answered-by-link", {**QUESTION, "answered_on": PLAIN, "note": Sensitivity.FREE_TEXT})
"""A person outside answered a question by its link; `answered_on` is a day that the answer names."""
RECURRED = EventType("recurred", dict.fromkeys(("earlier", "number", "changes"), PLAIN))
"""The same was closed at its place shortly before, so it is linked to that ticket and more urgent."""

RESPONSE_STEP = dict.fromkeys(("response", "plan", "step"), PLAIN)
RESPONSE_STARTED = EventType("response-started", {**RESPONSE_STEP, "lacks": PLAIN, "asked": PERSON})
"""Somebody started a response plan, whose name it says in both languages, and what that lacked."""
STEP_REACHED = EventType("response-there", {**RESPONSE_STEP, "task": PLAIN})
"""Somebody who is asked for a step of it is on the spot."""
STEP_DONE = EventType("response-done", {**RESPONSE_STEP, "task": PLAIN, "note": Sensitivity.FREE_TEXT})
STEP_MISSED = EventType("response-missed", {**RESPONSE_STEP, "task": PLAIN, "rung": PLAIN, "told": PERSON})
"""A step of it was not done in time, and somebody more was told."""
RESPONSE_ENDED = EventType("response-ended", {**RESPONSE_STEP, "note": Sensitivity.FREE_TEXT})
PERIOD_REVIEWED = EventType("period-reviewed", {"period": PLAIN, "choice": PLAIN, "note": Sensitivity.FREE_TEXT})
"""Before a special period it was decided what becomes of it meanwhile, with the reason."""

OUTSIDE = dict.fromkeys(("duty", "clock", "to"), PLAIN)
OUTSIDE_STARTED = EventType("outside-started", {"clock": PLAIN, "duties": PLAIN, "trigger": PLAIN})
"""Somebody said that something has to be told outside which its category does not call for by itself."""
OUTSIDE_SAID = EventType(
    "outside-said",
    {
        **OUTSIDE,
        **dict.fromkeys(("word", "what", "told_at", "way", "corrects"), PLAIN),
        "caller": PERSON,
        **dict.fromkeys(("whom", "reference", "said"), Sensitivity.FREE_TEXT),
    },
)
"""Somebody said that it was told outside, when and to whom, or that it does not apply; or corrects such a word."""
OUTSIDE_MISSED = EventType("outside-missed", {**OUTSIDE, "rung": PLAIN, "told": PERSON})
"""Something was not told outside in time, and somebody more heard of it."""

SYSTEM_EVENTS = (
    *(OPENED, AMENDED, ESCALATED, CLOCKS_MOVED, ERASED, CALLER_FORGOTTEN, WORDS_SEALED, OPENED_TO),
    *(ASSIGNEE_LEFT, ADOPTER_LEFT),
    *(FILE_ADDED, FILE_REMOVED),
    *(MERGED_HERE, UNMERGED_HERE, CLASS_FOLLOWED, RECURRED, LAPSED),
    *(LINK_MADE, LINK_ENDED, ANSWERED_BY_LINK),
    *(RESPONSE_STARTED, STEP_REACHED, STEP_DONE, STEP_MISSED, RESPONSE_ENDED),
    PERIOD_REVIEWED,
    *(OUTSIDE_STARTED, OUTSIDE_SAID, OUTSIDE_MISSED),
)
