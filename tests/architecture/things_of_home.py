"""One thing of every kind that the API names by an id, all of Alice's school."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.accounts.models import Passkey, SignIn
from backend.calendars.models import Calendar
from backend.duty.models import ContactTest
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.integrations.models import Webhook
from backend.notifications.models import Notice
from backend.notifications.tasks import tell
from backend.organisation.models import School
from backend.outside.tasks import ask as ask_outside
from backend.rulebook.services import rulebook_activate
from backend.todos.models import TodoSystem
from backend.workflow.states import State
from tests.files.sending import picture, send
from tests.gate.test_gate_log import entered
from tests.integrations.programs import administrator, made
from tests.meetings.test_meetings import called
from tests.organisation.powers import asked
from tests.organisation.test_absences import note
from tests.organisation.test_rosters import planned
from tests.outside.test_duties import file as file_to_tell
from tests.outside.test_duties import outside
from tests.people.bundles import bundle, looked, user
from tests.portal.test_replies import THANKS
from tests.response.test_started_plans import start
from tests.responsibility.test_leading_group import set_up
from tests.responsibility.test_shares import name, seat
from tests.retention.test_person_holds import hold
from tests.rounds.conftest import at, opened
from tests.rounds.test_authority_replies import wanted
from tests.rounds.test_inspections import ask as ask_inspection
from tests.rounds.test_periods import draw_up
from tests.rulebook.conftest import load, small_content
from tests.training.test_recording import held
from tests.workflow.steps import DAY, URGENT, ticket_in
from tests.world import World

Ids = dict[str, str]


def id_of(answer: Any) -> str:
    """Return the id of what was made over HTTP."""
    assert answer.status_code in {200, 201, 202}, answer.data
    return str(answer.data["id"])


def things_of_home(world: World) -> dict[str, Ids]:
    """Make one thing of each kind; return their ids by the beginning of the path and the name of the parameter."""
    School.objects.update(live_at=world.now)
    administrator(world)
    return {
        "": {**of_tickets(world), **of_people(world), **of_meetings(world), **of_programs(world)},
        **of_places(world),
        **of_days(world),
        **of_what_is_outside(world),
        # The last, because its rules go by other categories than everything before.
        "rulebooks": {"version_id": own_rulebook(world)},
    }


def of_tickets(world: World) -> Ids:
    """A ticket in work with a photo and a question, and what people keep about tickets."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    (report,) = world.alice.client.get("reports").data["items"]
    file_id = send(world.alice.client, f"tickets/{ticket_id}", picture())["id"]
    question = world.bob.client.act(ticket_id, "ask-question", note="When?", whom="Ming Lifts")
    tell()
    figures = {"kind": "figures", "format": "csv", "language": "en"}
    return {
        "ticket_id": str(ticket_id),
        "report_id": report["id"],
        "file_id": file_id,
        "part_id": question.data["parts"][-1]["id"],
        "notice_id": str(Notice.objects.filter(person=world.bob.person)[0].id),
        "view_id": id_of(world.bob.client.post("me/views", {"name": "Urgent", "filters": {"severity": ["P1"]}})),
        "export_id": id_of(world.dan.client.post("insights/exports", figures)),
    }


def of_people(world: World) -> Ids:
    """What belongs to Bob's account, and what is asked about people."""
    bob, since = world.bob, world.now
    provider = IdentityProvider.objects.create(
        school=world.school,
        kind="oidc",
        code="yucai",
        name="Yucai",
        issuer="https://portal.example",
        client_id="allclear",
        made_by=world.ada.person,
        made_at=since,
    )
    identity = ExternalIdentity.objects.create(
        provider=provider, subject="bob", user=bob.user, how="oneself", linked_at=since
    )
    passkey = Passkey.objects.create(
        user=bob.user, credential_id="bob", public_key=b"key", sign_count=0, name="Phone", added_at=since
    )
    return {
        "person_id": str(world.alice.person.id),
        "channel_id": id_of(bob.client.post("me/channels", {"kind": "email", "address": "b@school.example"})),
        "sign_in_id": str(SignIn.objects.filter(user=bob.user)[0].id),
        "passkey_id": str(passkey.id),
        "provider_id": str(provider.id),
        "identity_id": str(identity.id),
        "absence_id": id_of(note(world, world.bob)),
        "hold_id": str(hold(world, world.carol.person.id)),
        "power_id": str(asked(world, world.ada, world.carol.person).id),
        "sync_id": looked(world.ada.client, bundle([user(1)])).data["sync"]["id"],
    }


def of_meetings(world: World) -> Ids:
    """A meeting about a ticket, and a bulletin that was published and is being corrected."""
    meeting, ticket_id = called(world), ticket_in(world, State.IN_PROGRESS)
    path = f"meetings/{meeting['id']}"
    world.vera.client.post(f"{path}/items", {"ticket": str(ticket_id), "words": "The canteen asks about it."})
    today = world.now.astimezone(ZoneInfo(world.school.time_zone)).date()
    week = (today - timedelta(days=today.weekday() + 7)).isoformat()
    draft = world.cleo.client.post("bulletins/drafts", {"week": week, "words": "A quiet week."}).data
    published = world.dan.client.post(f"bulletins/drafts/{draft['id']}/publish", {"revision": draft["revision"]})
    correction = {"week": week, "words": "Another.", "reason": "A word was wrong."}
    return {
        "meeting_id": meeting["id"],
        "item_id": world.vera.client.get(path).data["items"][0]["id"],
        "bulletin_id": id_of(published),
        "draft_id": id_of(world.cleo.client.post("bulletins/drafts", correction)),
    }


def of_programs(world: World) -> Ids:
    """Other programs, and where they are told."""
    account = made(world)["id"]
    hook = Webhook.objects.create(
        account_id=account,
        address="https://portal.example/hook",
        types=[],
        made_at=world.now,
        secret="sealed",
        secret_made_at=world.now,
    )
    system = TodoSystem.objects.create(
        school=world.school,
        name="Portal",
        kind="push",
        known_by="mapping",
        made_by=world.ada.person,
        made_at=world.now,
    )
    return {"account_id": account, "webhook_id": str(hook.id), "system_id": str(system.id)}


def of_places(world: World) -> dict[str, Ids]:
    """Places, who answers for them and leads there, what was trained, and who comes to the gate."""
    place = world.home.places["stairwell"]
    visit = entered(world, "bob")
    fair = {"day": at(world, "12:00").date().isoformat(), "about": "Fair"}
    return {
        "places": {"place_id": str(place.id), "token": place.token},
        "shares": {"share_id": id_of(name(world, "dan", "carol"))},
        "leading-groups": {"group_id": id_of(set_up(world))},
        "trainings": {"session_id": id_of(held(world, "bob", "alice"))},
        "office-slots": {"slot_id": id_of(seat(world, "dan", "vera", "in_charge"))},
        "gate/visits": {"visit_id": visit["id"]},
        "gate/open-days": {"day_id": id_of(world.vera.client.post("gate/open-days", fair))},
    }


def of_days(world: World) -> dict[str, Ids]:
    """What is planned for days: a night and its test, a calendar, rounds, an inspection and a period."""
    shift = planned(world)
    assert world.cleo.client.post(f"rosters/{shift['id']}/contact-test", {"minutes": 15}).status_code in {200, 201}
    inspection, row = id_of(ask_inspection(world)), opened(world)
    # Only now, since it names no day on which anybody works.
    calendar = Calendar.objects.create(
        name_zh="校历", name_en="Calendar", published_until=at(world, "12:00", days=300).date()
    )
    School.objects.filter(id=world.school.id).update(calendar=calendar)
    return {
        "rosters": {"shift_id": shift["id"], "slot_id": shift["slots"][0]["id"]},
        "contact-tests": {"test_id": str(ContactTest.objects.all()[0].id)},
        "calendars": {"calendar_id": str(calendar.id), "day": "2026-10-01"},
        "inspections": {"inspection_id": inspection},
        "rounds": {"round_id": str(row.id)},
        "periods": {"period_id": id_of(draw_up(world))},
    }


def of_what_is_outside(world: World) -> dict[str, Ids]:
    """A fire with its plan, an illness that is told to an authority, and the visit of one that waits for an answer."""
    fire, illness = file_to_tell(world, URGENT), file_to_tell(world, "N01")
    started = start(world, fire)
    ask_outside()
    duty = outside(world, illness)["duties"][0]["id"]
    _visits, visit, _replies, reply = wanted(world)[1].split("/")
    return {
        "responses": {"response_id": id_of(started), "task_id": started.data["tasks"][0]["id"]},
        "tickets/{ticket_id}/outside-duties": {"ticket_id": str(illness.id), "duty_id": duty},
        "outside-visits": {"visit_id": visit, "reply_id": reply},
        "replies": {"reply_id": id_of(world.ada.client.post("replies", THANKS))},
    }


def own_rulebook(world: World) -> str:
    """Rules that only this school goes by."""
    version = load(small_content(), world.now + DAY)
    rulebook_activate(school=world.school, version=version, now=world.now + DAY)
    return str(version.id)
