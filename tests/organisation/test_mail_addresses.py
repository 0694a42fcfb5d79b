"""A mailbox is one address on every door, however its domain is spelt; what is no address enters by none."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from backend.common.clock import database_now
from backend.common.mail_addresses import is_mail_address, mail_address_of, mail_address_shown
from backend.common.models import OutboxMessage
from backend.organisation.models import ContactChannel, Person, School
from backend.organisation.roles import Role
from backend.organisation.services.staff_import import staff_import
from backend.organisation.staff_lists import staff_file_read
from backend.portal.tasks import send_account_news
from backend.setup.configuration.exporting import configuration_of
from backend.setup.workbook.state import rows_of, state_load
from tests.browser import SignIn
from tests.organisation.test_identities import COUNTS
from tests.roles import as_owner
from tests.setup.conftest import CONTACTS, PEOPLE, empty, previewed, taken
from tests.world import World, member_add

__all__ = ["empty"]
SPELT = ("bob@例子.cn", "BOB@例子。CN", "bob＠例子．cn", "bob@XN--FSQU00A.cn")
STORED = "bob@xn--fsqu00a.cn"
SHOWN = "bob@例子.cn"
NONE = ("nonsense", "bob@", "bob@例子", "bob@💩.cn", "张@例子.cn")


@pytest.mark.parametrize("spelt", SPELT)
def test_it_is_kept_in_one_form(spelt: str) -> None:
    assert mail_address_of(spelt).lower() == STORED
    assert is_mail_address(mail_address_of(spelt))


def test_a_letter_that_folds_keeps_its_domain() -> None:
    """The older rule of such domains made another one of it, whose owner would have read the mail."""
    assert mail_address_of("x@straße.example") == "x@xn--strae-oqa.example" != mail_address_of("x@strasse.example")


def test_people_add_it_to_themselves_once(world: World) -> None:
    first = world.bob.client.post("me/channels", {"kind": "email", "address": SPELT[0]})
    assert (first.status_code, first.data["address"]) == (201, SHOWN)
    for spelt in SPELT:
        answer = world.bob.client.post("me/channels", {"kind": "email", "address": spelt})
        assert (answer.status_code, answer.data["code"]) == (409, "channel_exists")
    for wrong in NONE[3:]:
        answer = world.bob.client.post("me/channels", {"kind": "email", "address": wrong})
        assert (answer.status_code, answer.data["code"]) == (400, "address_wrong"), wrong


def test_the_administration_pages_take_addresses_alone(world: World, signed_in: SignIn) -> None:
    """They took any text as an e-mail address, which nobody could be reached at."""
    ada = signed_in(member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home))
    rows = {f"{rows}-{count}": "0" for rows in ("appointments", "absences", "channels") for count in COUNTS}
    rows |= {"channels-TOTAL_FORMS": "1", "channels-0-kind": "email", "name": "Bo", "staff_number": "77"}
    for wrong in (NONE[0], NONE[3]):
        answer = ada.post("/admin/organisation/person/add/", {**rows, "channels-0-address": wrong})
        assert answer.status_code == 200, wrong
    ada.post("/admin/organisation/person/add/", {**rows, "channels-0-address": SPELT[1]})
    assert ContactChannel.objects.get(person__staff_number="77").address.lower() == STORED


def test_a_staff_list_knows_it_again(world: World) -> None:
    head = "staff_number,name,email,unit\n"
    for spelt in SPELT[:2]:
        read = staff_file_read(content=f"{head}77,Bo,{spelt},security\n".encode())
        staff_import(school=world.school, rows=read.rows, actor=None, now=database_now())
    assert ContactChannel.objects.get(person__staff_number="77").address == STORED
    read = staff_file_read(
        content="".join([head, *(f"{n},Bo,{text},security\n" for n, text in enumerate(NONE))]).encode()
    )
    assert [error.column for error in read.errors] == ["email"] * len(NONE)


def test_a_workbook_knows_it_again(empty: School) -> None:
    one: list[list[object]] = [PEOPLE, ["1", "Bo", SPELT[0]]]
    taken(empty, {"people": one})
    assert ContactChannel.objects.get().address == STORED
    again = previewed(empty, {"people": [PEOPLE, ["1", "Bo", SPELT[3]]], "contacts": [CONTACTS, ["1", SPELT[1]]]})
    assert (again.plan.errors, again.plan.emails) == ([], [])
    other = previewed(empty, {"people": [PEOPLE, ["1", "Bo", ""], ["2", "Li", SPELT[2]]]}).plan
    assert [(error.line, error.column) for error in other.errors] == [(3, "E-mail")]


def test_a_configuration_knows_it_again_and_says_what_is_none(world: World) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    ContactChannel.objects.create(person=world.carol.person, address=STORED)
    content = configuration_of(school=School.objects.get(id=world.school.id), now=database_now())
    carol = next(number for number, row in enumerate(content["people"]) if row["staff_number"] == "carol")
    addresses = content["people"][carol]["addresses"]
    addresses[addresses.index(SHOWN)] = SPELT[1]
    assert ada.client.post("configuration/check", {"configuration": content}).data["is_same"] is True
    addresses += [SPELT[0], *NONE[3:]]
    refused = ada.client.post("configuration/check", {"configuration": content})
    place = f"/configuration/people/{carol}/addresses/"
    count = len(addresses)
    assert [error["pointer"].removeprefix(place) for error in refused.data["errors"]] == [
        str(count - 2),
        str(count - 1),
        str(count - 3),
    ]


def test_a_forgotten_password_is_asked_for_by_any_spelling(world: World) -> None:
    ContactChannel.objects.create(person=world.bob.person, address=STORED, verified_at=world.now)
    for spelt in SPELT:
        Browser().post("/password/forgotten", {"asked": spelt})
    rows = OutboxMessage.objects.filter(topic="password.forgotten").values_list("payload", flat=True)
    assert {tuple(row["users"]) for row in rows} == {(world.bob.person.user_id,)}
    assert mail.outbox == []


def test_people_read_it_as_its_owner_writes_it(world: World, signed_in: SignIn) -> None:
    """Pages, answers, mails, workbook and configuration showed `xn--fsqu00a`, which nobody can read."""
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    added = world.bob.client.post("me/channels", {"kind": "email", "address": SPELT[1]})
    ContactChannel.objects.filter(id=added.data["id"]).update(verified_at=world.now)
    state = state_load(school=School.objects.get(id=world.school.id), now=database_now())
    seen = [
        repr(world.bob.client.get("me/channels").data),
        signed_in(world.bob).get("/settings/channels").content.decode(),
        signed_in(ada).get(f"/admin/organisation/person/{world.bob.person.id}/change/").content.decode(),
        repr(configuration_of(school=state.school, now=database_now())["people"]),
        repr(rows_of(state=state)),
    ]
    assert world.bob.client.http.delete(f"/api/v1/me/channels/{added.data['id']}").status_code == 204
    send_account_news()
    seen.append("".join(str(message.body) for message in mail.outbox))
    assert [("例子.cn" in text.lower(), "xn--" in text) for text in seen] == [(True, False)] * len(seen)
    assert mail_address_shown("a@xn--nonsense-.cn") == "a@xn--nonsense-.cn", "what is no such domain stays"


def test_the_database_takes_no_other_form(world: World) -> None:
    person = Person.objects.get(id=world.bob.person.id)
    with pytest.raises(IntegrityError, match="email_in_the_letters_of_domains"), transaction.atomic():
        ContactChannel.objects.create(person=person, address=SPELT[0])


def test_the_migration_spells_what_is_there_and_names_what_it_cannot(world: World) -> None:
    migration = import_module("backend.organisation.migrations.0015_one_spelling_of_addresses")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE organisation_contactchannel DROP CONSTRAINT email_in_the_letters_of_domains")
    first = ContactChannel.objects.create(person=world.bob.person, address=SPELT[0])
    migration.spell_alike(apps, None)
    first.refresh_from_db()
    assert first.address == STORED
    for address in (SPELT[1], NONE[3]):
        ContactChannel.objects.create(person=world.bob.person, address=address)
    with pytest.raises(CommandError, match="stand twice") as refused:
        migration.spell_alike(apps, None)
    assert str(refused.value).count("ContactChannel: ") == len((SPELT[1], NONE[3]))
