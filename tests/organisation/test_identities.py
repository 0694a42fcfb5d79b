"""Two spellings of one identity are one, for Python and for the database alike."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model, Value

from backend.accounts.models import username_normalised
from backend.common.identities import IdentityOf, identity_of, plain_of
from backend.organisation.models import ContactChannel, Person, Place, School, Unit
from backend.organisation.roles import Role
from backend.organisation.services import person_add
from tests.browser import SignIn
from tests.organisation.conftest import SmallSchool
from tests.roles import as_owner
from tests.world import World, member_add

COUNTS = ("TOTAL_FORMS", "INITIAL_FORMS")
SAMPLES = (
    *("9100", "９１００", " 9100\u3000", "9100\u200b", "\ufeff9100", "91\u00ad00", "T9100", "t９１００"),
    *("BOB@x.example", "bob＠x.example", "\u200ebob@x.example", "Straße", "STRASSE", "İ", "ﬀ", "é", "e\u0301"),
    *("7年级\t1班", "7年级 1班", "Ann\u00a0Lee", "", "\u200b", "a\u0345", "ǆ", "Ω", "葛\U000e0100", "葛"),
)


@pytest.mark.usefixtures("small_school")
def test_the_database_computes_the_same_form() -> None:
    for text in SAMPLES:
        found = School.objects.annotate(form=IdentityOf(Value(text))).values_list("form", flat=True).get()
        assert found == identity_of(text), ascii(text)
        assert identity_of(found) == found


def test_full_width_case_blanks_and_what_is_invisible_make_no_difference() -> None:
    for text in ("９１００", " 9100\u3000", "9100\u200b", "\ufeff9100", "91\u00ad00"):
        assert identity_of(text) == "9100"
    assert identity_of("T9100") == identity_of("t９１００")
    assert identity_of("Straße") == identity_of("STRASSE")
    assert identity_of("9100") != identity_of("9101")
    assert plain_of(" Ａnn\u00a0\u200b Lee\u200e") == "Ann Lee"


def test_a_user_name_is_typed_with_invisible_characters_too() -> None:
    assert username_normalised("\u200eＢob\u200b ") == "bob"


def test_a_row_is_found_in_any_spelling(small_school: SmallSchool) -> None:
    assert School.objects.get(code__identity=identity_of("ＳCHOOL\u200b")) == small_school.school
    assert School.objects.annotate(form=IdentityOf(F("code"))).get().form == "school"


TWICE = (("9100", "９１００"), ("T9100", "t9100"), ("9101", "9101\u200b"))


@pytest.mark.parametrize(("first", "second"), TWICE)
def test_a_staff_number_is_one_person_however_it_is_spelt(small_school: SmallSchool, first: str, second: str) -> None:
    """Full width, case and an invisible character made two people each (E13)."""
    school = small_school.school
    one = person_add(employer=school, staff_number=first, name="Lin", email="BOB@x.example", now=small_school.now)
    same = person_add(employer=school, staff_number=second, name="Lin", email="bob@x.example", now=small_school.now)
    assert (same, same.channels.count()) == (one, 1)
    with pytest.raises(IntegrityError, match="staff_number_once_per_employer"), transaction.atomic():
        Person.objects.create(school=school, staff_number=second, name="Another")
    with pytest.raises(IntegrityError, match="email_once_per_person"), transaction.atomic():
        ContactChannel.objects.create(person=one, address="bOB@x.example")


def test_codes_are_taken_once_whatever_their_case(small_school: SmallSchool) -> None:
    school, owner = small_school.school, small_school.office
    Place.objects.create(school=school, owner=owner, code="gate", name_zh="门", name_en="Gate")
    twins: list[Model] = [
        Unit(school=school, code="SECURITY", kind="office", name_zh="保卫处", name_en="Security"),
        Place(school=school, owner=owner, code="Gate", name_zh="门", name_en="Gate"),
        School(bureau=school.bureau, code="School", name_zh="学校", name_en="School"),
    ]
    for twin in twins:
        with pytest.raises(IntegrityError, match="code_once"), transaction.atomic():
            twin.save()


def test_a_second_spelling_of_an_own_address_is_refused(world: World) -> None:
    """`BOB@x` beside `bob@x` became two addresses (E11)."""
    for address in ("BOB@school.example", "bob＠school.example", "\u200ebob@School.example "):
        answer = world.bob.client.post("me/channels", {"kind": "email", "address": address})
        assert (answer.status_code, answer.data["code"]) == (409, "channel_exists")
        assert answer.data["errors"][0]["pointer"] == "/address"


@pytest.mark.parametrize("number", ["ＢＯＢ", "Bob", "bob\u200b"])
def test_the_administration_pages_say_that_a_staff_number_is_taken(
    world: World, signed_in: SignIn, number: str
) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    rows = {f"{rows}-{count}": "0" for rows in ("appointments", "absences", "channels") for count in COUNTS}
    answer = signed_in(ada).post("/admin/organisation/person/add/", {"name": "Bo", "staff_number": number, **rows})
    assert answer.status_code == 200
    assert "Another person has this staff number." in answer.content.decode()


def test_the_migration_names_what_is_there_twice(small_school: SmallSchool) -> None:
    migration = import_module("backend.organisation.migrations.0008_identities_once")
    migration.duplicates_refuse(apps, None)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX staff_number_once_per_employer")
    for number in ("9100", "９１００"):
        Person.objects.create(school=small_school.school, staff_number=number, name="Lin")
    with pytest.raises(CommandError, match="Correct or merge them") as refused:
        migration.duplicates_refuse(apps, None)
    said = str(refused.value).splitlines()[-1]
    assert (said.count("Person: "), said.count("'9100' ("), said.count(r"'\uff19\uff11\uff10\uff10' (")) == (1, 1, 1)


def test_two_spellings_of_an_address_in_one_form_are_refused(world: World, signed_in: SignIn) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    rows = {f"{rows}-{count}": "0" for rows in ("appointments", "absences", "channels") for count in COUNTS}
    rows |= {"channels-TOTAL_FORMS": "2", "channels-0-kind": "email", "channels-1-kind": "email"}
    addresses = {"channels-0-address": "bo@school.example", "channels-1-address": "BO@school.example"}
    sent = {"name": "Bo", "staff_number": "77", **rows, **addresses}
    answer = signed_in(ada).post("/admin/organisation/person/add/", sent)
    assert answer.status_code == 200
    assert "This person has this channel already." in answer.content.decode()
    assert not Person.objects.filter(staff_number="77").exists()
