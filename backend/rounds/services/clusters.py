"""Opening a ticket about a cluster of illness as soon as the counts of classes show one, once for each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from backend.common.models import OutboxMessage
from backend.common.named import Named
from backend.organisation.actors import SYSTEM
from backend.organisation.models import School, Unit
from backend.rounds.clustering import Cluster, clusters_in
from backend.rounds.models import RoundCluster
from backend.rounds.selectors.clusters import (
    clusters_known,
    counted_between,
    school_lock_for_clusters,
    units_named,
)
from backend.rulebook.ruleset import Ruleset
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.workflow.services import TicketDraft, ticket_draw_up_alone, ticket_open

TOPIC = "round.counted"


def counts_look_at(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Look for clusters at the schools and days of which a class has given numbers."""
    days: defaultdict[UUID, set[date]] = defaultdict(set)
    for message in messages:
        days[UUID(message.payload["school"])].add(date.fromisoformat(message.payload["day"]))
    for school_id, counted in days.items():
        clusters_open(school_id=school_id, since=min(counted), now=now)


@transaction.atomic
def clusters_open(*, school_id: UUID, since: date, now: datetime) -> None:
    """Open a ticket about each cluster that ends on a day from `since` on and is not known; again changes nothing."""
    school = school_lock_for_clusters(school_id=school_id)
    version_id = active_version_id(school_id=school.id)
    rules = ruleset_get(version_id) if version_id else None
    if rules is None or not rules.cluster_rules:
        return
    today = now.astimezone(ZoneInfo(school.time_zone)).date()
    longest = timedelta(days=max(rule.days for rule in rules.cluster_rules.values()) - 1)
    last = min(max(today, since), since + longest)
    days = [since + timedelta(days=number) for number in range((last - since).days + 1)]
    counted = counted_between(school=school, first=since - longest, last=last)
    known = clusters_known(school=school)
    found = list(clusters_in(rules=rules.cluster_rules.values(), counted=counted, days=days, known=known))
    units = units_named(ids={cluster.group for cluster in found if cluster.group})
    for cluster in found:
        unit = units.get(cluster.group) if cluster.group else None
        _open(school, cluster, unit, _words(cluster, unit or school, rules), now)


def _open(school: School, cluster: Cluster, unit: Unit | None, words: str, now: datetime) -> None:
    draft = TicketDraft(category=cluster.rule.category, place_id=None, occurred_at=now, description=words)
    ticket = ticket_draw_up_alone(school_id=school.id, draft=draft, now=now)
    ticket_open(actor=SYSTEM, ticket=ticket, now=now)
    RoundCluster.objects.create(
        school=school,
        unit=unit,
        rule=cluster.rule.code,
        line=cluster.line,
        day=cluster.day,
        cases=cluster.cases,
        ticket=ticket,
    )


def _words(cluster: Cluster, where: Named, rules: Ruleset) -> str:
    """Return what is counted, in Chinese and in English: nobody wrote it whose language it could have."""
    counted = next((item for plan in rules.round_plans.values() if (item := plan.checklist.item(cluster.line))), None)
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            words = {
                "where": where.name,
                "what": counted.label if counted else _("Illness"),
                "cases": cluster.cases,
                "day": cluster.day.isoformat(),
                "days": cluster.rule.days,
            }
            said.append(
                ngettext(
                    "Counted by the system: %(where)s, %(what)s: %(cases)d on %(day)s. Please verify by telephone.",
                    "Counted by the system: %(where)s, %(what)s: %(cases)d in the %(days)d days up to %(day)s. "
                    "Please verify by telephone.",
                    cluster.rule.days,
                )
                % words
            )
    return "\n".join(said)
