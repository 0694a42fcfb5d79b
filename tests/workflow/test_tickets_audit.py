"""The auditor of tickets: a sound house passes, and each way of breaking it is found."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backend.common.models import OutboxMessage
from backend.deadlines.models import Escalation, Timer
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.roles import as_owner
from tests.workflow.steps import HOUR, OPEN, STRICT, TOLD, URGENT, file_ticket, fire_after, ticket_in
from tests.world import World


def audit() -> str:
    """Return what the auditor prints."""
    out = StringIO()
    call_command("tickets_audit", stdout=out)
    return out.getvalue()


def stop_clock(ticket_id: UUID) -> None:
    """Lose one of the clocks."""
    timers = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, clock="resolve")
    timers.update(armed=False, stopped_at=Ticket.objects.get(id=ticket_id).filed_at, stop_reason="lost")


def stop_all(ticket_id: UUID) -> None:
    """Lose every clock."""
    timers = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, stopped_at=None)
    timers.update(armed=False, stopped_at=Ticket.objects.get(id=ticket_id).filed_at, stop_reason="lost")


def misplace(ticket_id: UUID) -> None:
    """Forget when it is due next."""
    Ticket.objects.filter(id=ticket_id).update(next_due_at=Ticket.objects.get(id=ticket_id).filed_at + HOUR)


def forget_telling(_ticket_id: UUID) -> None:
    """Lose the message about an escalation."""
    OutboxMessage.objects.filter(topic=TOLD, payload__kind="escalated").delete()


def fire_in_secret(ticket_id: UUID) -> None:
    """Fire a rung of which no ledger tells."""
    timer = Timer.objects.get(subject_id=ticket_id, clock="resolve")
    Escalation.objects.create(timer=timer, rung=0, due_at=timer.due_at, fired_at=timer.due_at)


def tell_of_nothing(ticket_id: UUID) -> None:
    """Tell of an escalation that is in no ledger."""
    payload = {"ticket": str(ticket_id), "event": str(uuid4()), "kind": "escalated", "people": []}
    now = Ticket.objects.get(id=ticket_id).filed_at
    OutboxMessage.objects.create(
        topic=TOLD,
        dedup_key="notices:nothing",
        payload=payload,
        created_at=now,
        next_attempt_at=now,
    )


def fire_otherwise(ticket_id: UUID) -> None:
    """Let the engine have fired another rung than the ledger tells of."""
    with as_owner():
        Escalation.objects.filter(timer__subject_id=ticket_id, timer__clock="acknowledge", rung=1).update(rung=7)


def give_away(ticket_id: UUID) -> None:
    """Give the ticket to an office of another school."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_ticket SET owner_id = (SELECT id FROM organisation_unit WHERE school_id <> %s LIMIT 1)"
            " WHERE id = %s",
            [Ticket.objects.get(id=ticket_id).school_id, ticket_id],
        )


def open_in_secret(ticket_id: UUID) -> None:
    """Show a confidential ticket to everybody without a word in its ledger."""
    Ticket.objects.filter(id=ticket_id).update(confidentiality="K0")


def break_seal(ticket_id: UUID) -> None:
    """Forget how confidential it has been, as only the owner of the tables can."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workflow_ticket DISABLE TRIGGER ticket_seal_never_falls")
        cursor.execute("UPDATE workflow_ticket SET seal = 'K1' WHERE id = %s", [ticket_id])
        cursor.execute("ALTER TABLE workflow_ticket ENABLE TRIGGER ticket_seal_never_falls")


def take_over(ticket_id: UUID) -> None:
    """Give the ticket to another office without a word in its ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_ticket SET owner_id = (SELECT id FROM organisation_unit WHERE school_id = %s"
            " AND id <> owner_id LIMIT 1) WHERE id = %s",
            [Ticket.objects.get(id=ticket_id).school_id, ticket_id],
        )


def forget_work(ticket_id: UUID) -> None:
    """Forget who worked on it, so that they could check their own work."""
    Ticket.objects.filter(id=ticket_id).update(workers=[])


def invent_work(ticket_id: UUID) -> None:
    """Say that the reporter worked on it, so that they could not check it."""
    ticket = Ticket.objects.get(id=ticket_id)
    Ticket.objects.filter(id=ticket_id).update(workers=[*ticket.workers, ticket.reporter_id])


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (take_over, "to which its ledger gave it last"),
        (forget_work, "Those who worked"),
        (invent_work, "Those who worked"),
    ],
)
@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.RESOLVED, State.DECLINED])
def test_an_owner_or_a_worker_of_whom_no_event_tells_is_found(
    world: World,
    damage: Callable[[UUID], None],
    sentence: str,
    state: State,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ticket_id, sound = ticket_in(world, state), ticket_in(world, State.CLOSED)
    if state is State.DECLINED:
        contested = world.alice.client.act(ticket_id, "contest-decline", note="It is there.")
        assert contested.status_code == 200
        assert world.cleo.client.act(ticket_id, "record-interim-control", note="Closed off.").status_code == 200
    moved = world.cleo.client.act(sound, "reclassify", note="Lights.", category="B06")
    assert moved.status_code == 200
    assert "BROKEN" not in audit()
    damage(ticket_id)
    with pytest.raises(CommandError, match="1 of"):
        call_command("tickets_audit")
    lines = capsys.readouterr().out.splitlines()
    broken = [number for number, line in enumerate(lines) if line.startswith("BROKEN")]
    assert sentence in lines[broken[0]]
    assert Ticket.objects.get(id=ticket_id).reference in lines[broken[0] + 1]


@pytest.mark.parametrize(("damage", "is_raised"), [(open_in_secret, True), (open_in_secret, False), (break_seal, True)])
def test_a_class_that_no_event_gave_is_found(
    world: World, damage: Callable[[UUID], None], is_raised: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A statement by hand opened a sealed ticket, and every sentence held (B2)."""
    ticket_id = file_ticket(world, category=OPEN if is_raised else STRICT, routed=True)
    if is_raised:
        assert world.bob.client.act(ticket_id, "reclassify", note="A child.", confidentiality="K2").status_code == 200
    else:
        lowered = file_ticket(world, category=STRICT, routed=True)
        assert world.erin.client.act(lowered, "propose-lowering", note="A slip.", category=OPEN).status_code == 200
        assert world.dan.client.act(lowered, "confirm-lowering").status_code == 200
    assert "BROKEN" not in audit()
    damage(ticket_id)
    with pytest.raises(CommandError, match="broken"):
        call_command("tickets_audit")
    broken = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert any("the class that its ledger gave it last" in line for line in broken), broken


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (stop_clock, "exactly the open timers"),
        (stop_all, "has a running clock"),
        (misplace, "next due time is the earliest"),
        (forget_telling, "is in a message of that sweep"),
        (fire_in_secret, "as many escalations as its clocks fired"),
        (tell_of_nothing, "belongs to one that is in a ledger"),
        (fire_otherwise, "a ledger still tells of fired"),
        (give_away, "an office of its own school"),
    ],
)
def test_a_sound_house_passes_and_each_damage_is_named(
    world: World, damage: Callable[[UUID], None], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    fire_after(ticket_id, timedelta(minutes=20))
    assert "BROKEN" not in audit()
    damage(ticket_id)
    with pytest.raises(CommandError, match="broken"):
        call_command("tickets_audit")
    broken = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert any(sentence in line for line in broken), broken
