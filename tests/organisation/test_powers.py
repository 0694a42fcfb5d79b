"""A change that gives power over sealed tickets waits for a second person; and what is told when (A11, A12)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from backend.duty.models import Absence, DutyShift
from backend.notifications.models import Delivery
from backend.organisation.models import Appointment, PendingPower, Post
from backend.organisation.powers import Term, gives_power
from backend.organisation.roles import Role
from backend.organisation.services.appointing import appointment_put, appointments_add
from backend.organisation.services.powers import PowerWaiting, powers_look
from tests.organisation.powers import asked, confirm, in_use, told, waiting, work
from tests.roles import as_owner
from tests.workflow.steps import file_ticket
from tests.world import Client, Member, World, member_add

DAY = timedelta(days=1)


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator of the school, which has a ticket."""
    return in_use(world)


def test_who_can_confirm(world: World, ada: Member) -> None:
    chair = member_add(world, "chair", [(Role.BOARD_CHAIR, None, False)], site=world.home)
    for member in (world.dan, world.erin, chair, world.olga):
        pending = asked(world, ada, world.bob.person)
        for other, expected in (
            (world.mallory, (404, "not_found")),
            (world.alice, (403, "permission_denied")),
            (world.vera, (403, "permission_denied")),
            (ada, (403, "permission_denied")),
        ):
            assert confirm(other, pending) == expected, other.person.name
            refused = other.client.post(f"power-changes/{pending.id}/refuse")
            assert (refused.status_code, refused.data["code"]) == expected, other.person.name
        assert not world.bob.actor.holds(Role.PROTECTION_LEAD)
        assert confirm(member, pending) == (200, None), member.person.name
        given = Appointment.objects.filter(person=world.bob.person, post__role=Role.PROTECTION_LEAD)
        with as_owner():
            assert given.delete()[0] == 1


def test_neither_who_asked_nor_who_gains_confirms(world: World) -> None:
    file_ticket(world, routed=True)
    member_add(world, "both", [(Role.ADMINISTRATOR, None, False), (Role.PRINCIPAL, None, True)], site=world.home)
    pending = asked(world, world.both, world.bob.person)
    assert confirm(world.both, pending) == (403, "not_second_person")
    gains = asked(world, world.both, world.dan.person)
    assert confirm(world.dan, gains) == (403, "not_second_person")
    assert confirm(world.dan, pending) == (200, None)
    assert confirm(world.erin, gains) == (200, None)


def test_leading_on_duty_does_not_make_a_second_person(world: World, ada: Member) -> None:
    pending = asked(world, ada, world.bob.person)
    leader = member_add(world, "leader", [(Role.VICE_PRINCIPAL, None, False)], site=world.home)
    shift = DutyShift.objects.create(school=world.school, kind="night", starts_at=world.now, ends_at=world.now + DAY)
    shift.slots.create(part="leader", person=leader.person)
    assert confirm(leader, pending)[0] == 403


def test_what_is_decided_stays_decided(world: World, ada: Member) -> None:
    pending = asked(world, ada, world.bob.person)
    refused = world.dan.client.post(f"power-changes/{pending.id}/refuse")
    assert (refused.status_code, refused.data["outcome"]) == (200, "refused")
    assert confirm(world.erin, pending) == (409, "power_decided")
    assert not Appointment.objects.filter(person=world.bob.person, post__role=Role.PROTECTION_LEAD).exists()
    assert sorted(told(world)["bob"]) == ["post asked", "post refused"]
    assert sorted(told(world)["ada"]) == ["post asked", "post refused"]


def test_asking_twice_is_asking_once(world: World, ada: Member) -> None:
    first = asked(world, ada, world.bob.person)
    assert asked(world, ada, world.bob.person) == first


def test_another_change_of_what_waits_is_refused_and_not_dropped(world: World, ada: Member) -> None:
    first = asked(world, ada, world.bob.person)
    post = Post.objects.get(role=Role.PROTECTION_LEAD, school=world.school)
    later = Appointment(post=post, person=world.bob.person, starts_at=world.now, ends_at=world.now + timedelta(days=9))
    with pytest.raises(PowerWaiting), transaction.atomic():
        appointment_put(by=ada.actor, appointment=later, now=world.now)
    assert waiting() == first
    assert world.cleo.client.post("absences", span(world, person=str(world.dan.person.id))).status_code == 202
    longer = {**span(world, person=str(world.dan.person.id)), "ends_at": (world.now + timedelta(days=99)).isoformat()}
    refused = world.cleo.client.post("absences", longer)
    assert (refused.status_code, refused.data["code"]) == (409, "power_waiting")


def test_terms_that_differ_wait_side_by_side_and_one_that_contradicts_is_not_dropped(world: World, ada: Member) -> None:
    post = Post.objects.get(role=Role.PROTECTION_LEAD, school=world.school)

    def add(*rows: dict[str, Any]) -> int:
        given = [Appointment(post=post, person=world.bob.person, **{"starts_at": world.now, **row}) for row in rows]
        return len(appointments_add(by=ada.actor, appointments=given, now=world.now))

    holder: dict[str, Any] = {}
    assert add(holder, {"is_deputy": True}, {"starts_at": world.now + timedelta(days=300)}) == 3
    assert add(holder, {"starts_at": world.now - timedelta(minutes=1)}) == 0
    with pytest.raises(PowerWaiting), transaction.atomic():
        add({"ends_at": world.now + timedelta(days=9)})
    assert PendingPower.objects.filter(outcome="waiting").count() == 3
    for row in PendingPower.objects.order_by("asked_at"):
        assert confirm(world.dan, row) == (200, None)
    assert Appointment.objects.filter(person=world.bob.person, post=post).count() == 3


def test_a_term_that_is_over_stays_on_record_and_holding_again_is_a_new_one(world: World, ada: Member) -> None:
    held = Appointment.objects.select_related("post", "person").get(person=world.dan.person)
    held.ends_at = world.now + timedelta(days=1)
    held.save()
    held.ends_at = world.now + timedelta(days=9)
    assert appointment_put(by=ada.actor, appointment=held, now=world.now)
    pending = waiting()
    Appointment.objects.filter(pk=held.pk).update(ends_at=world.now - timedelta(hours=1))
    assert confirm(world.erin, pending) == (409, "power_outdated")
    assert appointment_put(by=ada.actor, appointment=held, now=world.now)
    assert confirm(world.erin, PendingPower.objects.exclude(id=pending.id).get()) == (200, None)
    terms = Appointment.objects.filter(person=world.dan.person, post=held.post).order_by("starts_at")
    assert [(row.starts_at >= world.now, row.ends_at) for row in terms] == [
        (False, world.now - timedelta(hours=1)),
        (True, world.now + timedelta(days=9)),
    ]


def test_the_list_shows_what_will_be_written(world: World, ada: Member) -> None:
    pending = asked(world, ada, world.bob.person)
    (row,) = world.dan.client.get("power-changes", outcome="waiting").data["items"]
    assert (row["id"], row["kind"], row["role"]) == (str(pending.id), "post", "protection_lead")
    assert (row["person"]["name"], row["asked_by"]["name"]) == ("Bob", "Ada")
    assert row["details"]["ends_at"] is None
    assert world.olga.client.get("power-changes").data["items"][0]["id"] == str(pending.id)
    assert world.mallory.client.get("power-changes").data["items"] == []
    assert world.alice.client.get("power-changes").status_code == 403


def looked_at(world: World, after: timedelta, pending: PendingPower) -> list[str]:
    """Let the beat look after a time; return everything Dan has heard."""
    powers_look(now=pending.asked_at + after)
    return told(world)["dan"]


def test_reminders_after_one_and_three_days_and_gone_after_seven(world: World, ada: Member) -> None:
    pending = asked(world, ada, world.bob.person)
    heard = ["post asked"]
    assert looked_at(world, timedelta(hours=23), pending) == heard
    heard.append("post reminded")
    assert looked_at(world, timedelta(hours=25), pending) == heard
    assert looked_at(world, timedelta(hours=48), pending) == heard
    heard.append("post reminded")
    assert looked_at(world, timedelta(hours=73), pending) == heard
    assert looked_at(world, timedelta(days=6, hours=23), pending) == heard
    heard.append("post lapsed")
    assert looked_at(world, timedelta(days=7), pending) == heard
    pending.refresh_from_db()
    assert (pending.outcome, pending.look_at) == ("lapsed", None)
    assert confirm(world.dan, pending) == (409, "power_decided")


def test_seven_days_are_over_also_where_nobody_looked(world: World, ada: Member) -> None:
    pending = asked(world, ada, world.bob.person)
    with as_owner():
        PendingPower.objects.filter(id=pending.id).update(asked_at=world.now - timedelta(days=7))
    assert confirm(world.dan, pending) == (409, "power_decided")


def test_looking_costs_one_read_when_nothing_is_due(
    world: World, ada: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for member in (world.alice, world.bob, world.carol):
        asked(world, ada, member.person)
    with django_assert_max_num_queries(1):
        assert powers_look(now=world.now) == 0


def test_reminders_go_to_the_bureau_where_nobody_at_the_school_can_confirm(world: World, ada: Member) -> None:
    Appointment.objects.filter(person__in=[world.dan.person, world.erin.person]).update(ends_at=world.now)
    asked(world, ada, world.bob.person, Role.PRINCIPAL)
    assert told(world) == {name: ["post asked"] for name in ("ada", "bob", "olga")}


def test_what_changed_meanwhile_is_not_written(world: World, ada: Member) -> None:
    pending = asked(world, ada, world.bob.person)
    Appointment.objects.create(
        post_id=pending.change["post"], person=world.bob.person, starts_at=pending.change["starts_at"]
    )
    assert confirm(world.dan, pending) == (409, "power_outdated")
    assert PendingPower.objects.get(id=pending.id).outcome == "waiting"


def test_a_post_that_is_gone_meanwhile_is_not_given(world: World, ada: Member) -> None:
    pending = asked(world, ada, world.bob.person, Role.BOARD_CHAIR)
    Post.objects.get(role=Role.BOARD_CHAIR, school=world.school).delete()
    assert confirm(world.dan, pending) == (409, "power_outdated")
    refused = world.dan.client.post(f"power-changes/{pending.id}/refuse")
    assert refused.data["outcome"] == "refused"


def test_officers_of_the_bureau_are_made_by_two(world: World, ada: Member) -> None:
    una = member_add(world, "una", [(Role.ADMINISTRATOR, None, False)])
    pending = asked(world, una, una.person, Role.BUREAU_OFFICER)
    assert pending.bureau == world.bureau
    assert confirm(una, pending)[0] == 403
    assert confirm(world.olga, pending) == (200, None)
    assert una.actor.holds(Role.BUREAU_OFFICER)


def test_at_the_bureau_only_officers_lead_on_duty(world: World, ada: Member) -> None:
    una = member_add(world, "una", [(Role.ADMINISTRATOR, None, False)])
    body = {
        "kind": "week",
        "starts_at": (world.now - timedelta(hours=1)).isoformat(),
        "ends_at": (world.now + DAY).isoformat(),
        "slots": [{"part": "leader", "person": str(una.person.id)}],
    }
    refused = una.client.post("rosters", body)
    assert (refused.status_code, refused.data["code"]) == (409, "leader_without_post")
    assert not una.actor.holds(Role.BUREAU_OFFICER)
    body["slots"] = [{"part": "leader", "person": str(world.olga.person.id)}]
    assert una.client.post("rosters", body).status_code == 201


def span(world: World, **more: Any) -> dict[str, Any]:
    return {"starts_at": world.now.isoformat(), "ends_at": (world.now + 300 * DAY).isoformat(), **more}


def test_absences_noted_for_others_over_the_api(world: World, ada: Member) -> None:
    """The coordinator noted 300 days of absence for principal and lead (A12)."""
    for member in (world.dan, world.erin):
        answer = world.cleo.client.post("absences", span(world, person=str(member.person.id)))
        assert answer.status_code == 202
    assert not Absence.objects.exists()
    assert told(world)["erin"] == ["absence asked", "absence asked"]
    assert world.cleo.client.post("absences", span(world, person=str(world.bob.person.id))).status_code == 201
    assert told(world)["bob"] == ["absence done"]
    assert world.erin.client.post("absences", span(world)).status_code == 201
    assert Absence.objects.count() == 2
    pending = PendingPower.objects.get(person=world.dan.person)
    assert confirm(world.erin, pending) == (200, None)
    assert Absence.objects.filter(person=world.dan.person).exists()
    absence = Absence.objects.get(person=world.bob.person)
    assert world.cleo.client.http.delete(f"/api/v1/absences/{absence.id}").status_code == 204
    assert told(world)["bob"] == ["absence done", "absence_ended done"]


def test_rosters_tell_whoever_leads(world: World, ada: Member) -> None:
    body = {
        "kind": "night",
        "starts_at": world.now.isoformat(),
        "ends_at": (world.now + DAY).isoformat(),
        "slots": [
            {"part": "leader", "person": str(ada.person.id)},
            {"part": "teacher", "person": str(world.bob.person.id)},
        ],
    }
    shift = ada.client.post("rosters", body)
    assert shift.status_code == 201
    assert told(world) == {name: ["duty done"] for name in ("ada", "erin", "dan")}
    slot = next(row["id"] for row in shift.data["slots"] if row["part"] == "leader")
    taken = ada.client.post(
        f"rosters/{shift.data['id']}/slots/{slot}/swap", {"taker": str(world.vera.person.id), "note": "n"}, match=1
    )
    assert taken.status_code == 200
    assert told(world)["vera"] == ["duty done"]


def test_news_of_power_goes_out_and_speaks_both_languages(world: World, ada: Member) -> None:
    asked(world, ada, world.bob.person)
    work()
    assert Delivery.objects.filter(notice__person=world.dan.person, notice__kind="people.power_changed").count() == 1
    english = world.dan.client.get("notices").data["items"][0]["text"]
    assert english == (
        "Bob is to hold a post: Student protection lead. Entered by Ada. "
        "Nothing has changed yet: a second person has to confirm it within seven days."
    )
    chinese = Client(world.dan.client.token, "zh-hans").get("notices").data["items"][0]
    assert "Bob" in chinese["text"]
    assert "学生保护" in chinese["text"]


@pytest.mark.parametrize(
    ("before", "after", "gives"),
    [
        (None, (0, None), True),
        (None, (-9, -1), False),
        ((-9, -1), (-9, 5), True),
        ((-9, 5), (-9, 3), False),
        ((-9, 5), (-9, 6), True),
        ((-9, None), (-9, 6), False),
        ((3, None), (2, None), True),
        ((-3, None), (-5, None), False),
        ((2, 5), (3, 5), False),
    ],
)
def test_what_gives_power(world: World, before: Any, after: Any, gives: bool) -> None:
    def term(days: tuple[int, int | None], role: Role = Role.PRINCIPAL) -> Term:
        ends_at = None if days[1] is None else world.now + days[1] * DAY
        return Term(world.school.id, world.bob.person.id, role, world.now + days[0] * DAY, ends_at)

    stored = term(before) if before else None
    assert gives_power(before=stored, after=term(after), now=world.now) is gives
    assert not gives_power(before=None, after=term(after, Role.COORDINATOR), now=world.now)
