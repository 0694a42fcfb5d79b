"""A weekly bulletin as a paper, for the notice board of the staff room."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.moments import moment_in
from backend.common.typesetting import paper_typeset
from backend.insights.models import Bulletin
from backend.insights.selectors.bulletins import lessons_in
from backend.portal.bulletin_cards import bulletin_card

TEMPLATE = Path(__file__).with_name("papers") / "bulletin.typ"


def bulletin_pdf(*, bulletin: Bulletin, now: datetime) -> bytes:
    """Return a bulletin as it was published as PDF, with its lessons as they stand now."""
    school = bulletin.school
    with timezone.override(ZoneInfo(school.time_zone)):
        [lessons] = lessons_in(school_id=school.id, bulletins=[bulletin])
        card = bulletin_card(bulletin=bulletin, lessons=lessons)
        by = {"who": bulletin.published_by.name, "time": moment_in(at=bulletin.published_at, zone=school.time_zone)}
        title = f"{_('Weekly bulletin')} · {card.title}"
        data = {
            "school": school.name,
            "title": title,
            "reason": _("A correction: %(reason)s") % {"reason": bulletin.reason} if bulletin.reason else "",
            "words": bulletin.words,
            "facts": card.facts,
            "sections": [
                {"title": _("By office"), "rows": card.offices},
                {"title": _("Overdue and coming up"), "rows": card.ahead},
                {"title": _("Lessons"), "rows": card.lessons},
            ],
            "published": _("Published by %(who)s on %(time)s") % by,
        }
        return paper_typeset(template=TEMPLATE, title=title, data=data, now=now)
