"""A school day for the browser: tickets in every state, one of them left alone until it climbed the ladder."""

from dataclasses import dataclass
from datetime import timedelta

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.duty.models import Absence
from backend.incidents.models import Report
from backend.workflow.models import Ticket
from tests.portal.conftest import deliver, filed, take
from tests.world import World


@dataclass(frozen=True)
class Scene:
    """The reports that pages are opened for."""

    waiting: Report
    late: Ticket
    resolved: Report
    sealed: Report


def play(world: World) -> Scene:
    """File, route, escalate and work on reports as a school would."""
    absent_until = world.now + timedelta(days=2)
    Absence.objects.create(person=world.vera.person, starts_at=world.now - timedelta(hours=9), ends_at=absent_until)
    late = filed(
        world.carol, world, "F02", "三楼东侧疏散门上了锁，钥匙不在门卫处。", ago=timedelta(hours=1, minutes=20)
    )
    waiting = filed(world.alice, world, "F02", "二楼安全出口被课桌堵住了，放学前需要清走。", ago=timedelta(minutes=6))
    near_miss = filed(
        world.alice, world, "N03", "体育课上篮球架突然倾斜，幸好旁边没有学生。", ago=timedelta(minutes=50)
    )
    filed(world.alice, world, "S02", "操场西侧有两名学生推搡，已劝开。", ago=timedelta(minutes=10))
    resolved = filed(world.alice, world, "B02", "楼梯扶手第三根立柱松动。", ago=timedelta(hours=5))
    sealed = filed(world.alice, world, "C02", "课间有几名学生反复围堵同一名同学。", ago=timedelta(minutes=12))
    take(world.ben, near_miss.ticket, "acknowledge")
    take(world.ben, near_miss.ticket, "start")
    take(world.carol, resolved.ticket, "acknowledge")
    take(world.carol, resolved.ticket, "record-interim-control", "楼梯东侧已拉警戒带，改走西侧楼梯。")
    take(world.carol, resolved.ticket, "start")
    take(world.carol, resolved.ticket, "resolve", "立柱已重新焊接固定，请用手摇一摇确认。")
    fire_due(now=database_now())
    deliver()
    return Scene(waiting=waiting, late=Ticket.objects.get(id=late.ticket_id), resolved=resolved, sealed=sealed)
