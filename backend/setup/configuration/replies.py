"""Writing the standard replies of a configuration file that are new or differ, each change recorded."""

from collections.abc import Iterable
from copy import copy

from backend.common.recording import bulk_record
from backend.organisation.models import School
from backend.rulebook.models import StandardReply
from backend.setup.configuration.comparing import Row


def replies_write(*, school: School, rows: Iterable[Row]) -> None:
    """Add replies, and give those that are there their other sentence; none is removed."""
    known = {(row.category, row.text_zh): row for row in school.standard_replies.all()}
    new: list[StandardReply] = []
    before: list[StandardReply] = []
    changed: list[StandardReply] = []
    for row in rows:
        category, words = row.get("category", ""), row["text"]
        reply = known.get((category, words["zh"]))
        if reply is None:
            new.append(StandardReply(school=school, category=category, text_zh=words["zh"], text_en=words["en"]))
            continue
        before.append(copy(reply))
        reply.text_en = words["en"]
        changed.append(reply)
    StandardReply.objects.bulk_create(new)
    StandardReply.objects.bulk_update(changed, ["text_en"])
    bulk_record(before=[*[None] * len(new), *before], after=[*new, *changed])
