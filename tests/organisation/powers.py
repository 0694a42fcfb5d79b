"""Things that tests of powers over people share: a school in use, its administrator, and what everybody was told."""

from django.conf import settings
from django.utils.module_loading import import_string

from backend.notifications.models import Notice
from backend.notifications.tasks import deliver
from backend.organisation.models import Appointment, PendingPower, Person, Post
from backend.organisation.roles import Role
from backend.organisation.services.appointing import appointment_put
from tests.workflow.steps import file_ticket
from tests.world import Member, World, member_add

TOPICS = ("people.power_changed", "people.address_changed", "person.invited", "password.forgotten")


def in_use(world: World) -> Member:
    """Let the school have its first ticket, and return its administrator."""
    file_ticket(world, routed=True)
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def work() -> None:
    """Do what the workers do with news, mails to addresses and links."""
    for topic in TOPICS:
        room, task = settings.OUTBOX_TASKS[topic].split(".")
        import_string(f"backend.{room}.tasks.{task}")()
    deliver()


def told(world: World) -> dict[str, list[str]]:
    """Return what each of the cast was told of changes of power: the kind and the stage, in order."""
    work()
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(kind="people.power_changed").select_related("person").order_by("created_at"):
        found.setdefault(notice.person.staff_number, []).append(f"{notice.params['what']} {notice.params['stage']}")
    return found


def waiting() -> PendingPower:
    """Return the one change that waits for a second person."""
    return PendingPower.objects.get(outcome="waiting")


def asked(world: World, by: Member, person: Person, role: Role = Role.PROTECTION_LEAD) -> PendingPower:
    """Ask for a post for somebody."""
    post, _new = Post.objects.get_or_create(role=role, school=person.school, bureau=person.bureau)
    appointment = Appointment(post=post, person=person, starts_at=world.now)
    assert appointment_put(by=by.actor, appointment=appointment, now=world.now)
    return PendingPower.objects.get(person=person, outcome="waiting")


def confirm(member: Member, pending: PendingPower) -> tuple[int, str | None]:
    """Let somebody confirm a change over the API; return the status and the code of a refusal."""
    answer = member.client.post(f"power-changes/{pending.id}/confirm")
    return answer.status_code, answer.data.get("code")
