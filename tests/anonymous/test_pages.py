"""The pages for people without a name: they set no cookie that names anybody, and keep nothing of who was there."""

import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from backend.files.models import Upload
from backend.incidents.models import Report
from backend.workflow.models import Ticket
from tests.anonymous.voice import ADDRESS, BROWSER, opens
from tests.world import World

EVERY_TEXT = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'inet', 'ARRAY', 'bytea')
"""


def browser(**headers: Any) -> Client:
    """Return a browser of nobody's that checks what forms of other sites would run into."""
    said = {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": BROWSER, "HTTP_ACCEPT_LANGUAGE": "en"}
    return Client(enforce_csrf_checks=True, **{**said, **headers})


def fields(page: Any) -> dict[str, str]:
    """Return the hidden fields of a page."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))


def photo() -> SimpleUploadedFile:
    """Return a photo whose file is named after somebody."""
    picture = BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "JPEG")
    return SimpleUploadedFile("IMG of Alice.jpg", picture.getvalue(), "image/jpeg")


def columns_with(words: str) -> list[str]:
    """Return every column of the database in which these words stand."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(EVERY_TEXT)
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" WHERE position(%s in "{column}"::text) > 0)', [words])  # noqa: S608
            if cursor.fetchone() == (True,):
                found.append(f"{table}.{column}")
    return found


def test_from_the_code_on_the_wall_to_a_message(world: World) -> None:
    place = world.home.places["stairwell"]
    visitor = browser()
    assert "Report without a name" not in visitor.get("/sign-in").content.decode()
    opens(world)
    signing_in = visitor.get(f"/sign-in?next=/report%3Fplace%3D{place.token}")
    assert f"/anonymous?place={place.token}" in signing_in.content.decode()
    led = visitor.get(f"/anonymous?place={place.token}")
    form = visitor.get(led.headers["Location"])
    assert "Filled in from the code on the wall" in form.content.decode()
    sent: dict[str, Any] = {**fields(form), "category": "F02", "place": str(place.id), "photos": photo()}
    sent |= {"occurred_at": "2026-09-01T08:30", "description": "Blocked by desks."}
    filed = visitor.post(form.request["PATH_INFO"], sent)
    assert filed.status_code == 201
    code = fields(filed)["code"]
    again = visitor.post(form.request["PATH_INFO"], {**sent, "photos": photo()})
    assert (again.status_code, fields(again)["code"], Report.objects.count()) == (201, code, 1)
    assert [upload.name for upload in Upload.objects.all()] == ["photo.jpg"]
    followed = visitor.post("/anonymous/report", {"code": code})
    assert "Nobody has written yet" in followed.content.decode()
    said = {**fields(followed), "act": "write", "text": "On the second floor."}
    for _time in range(2):
        written = visitor.post("/anonymous/report", said)
        assert written.content.decode().count("On the second floor.") == 1
    empty = {"photos": SimpleUploadedFile("x.jpg", b"", "image/jpeg"), "act": "write", "text": "By the window."}
    half = visitor.post("/anonymous/report", {**fields(written), **empty})
    assert half.status_code == 422
    assert half.content.decode().count("By the window.") == 1, "what was written is not offered to be sent again"
    for answer in (form, filed, followed, written):
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    left = visitor.post("/anonymous/leave")
    assert left.headers["Clear-Site-Data"] == '"cache", "cookies"'
    # Another site's image comes without the session's cookie and asks by GET: nobody is signed out by it.
    assert "Clear-Site-Data" not in visitor.get("/anonymous/leave").headers
    # The pages before the sign-in set the cookie of the form there; these here none at all.
    assert {name for answer in (form, filed, followed, written, left) for name in answer.cookies} == set()
    for words in (ADDRESS, BROWSER, "IMG of Alice", code, code.replace(" ", "")):
        assert columns_with(words) == []
    assert columns_with("On the second floor.") == ["workflow_ticketeventpayload.body"]
    shown = world.dan
    page = browser()
    page.force_login(shown.user)
    ticket = page.get(f"/tickets/{Ticket.objects.get().id}").content.decode()
    assert "The anonymous reporter added to the report:" in ticket
    assert "On the second floor." in ticket


def test_schools_that_take_such_reports_are_listed_and_no_other(world: World) -> None:
    opens(world)
    schools = browser().get("/anonymous").content.decode()
    assert (f"/anonymous/at/{world.school.code}" in schools, world.elsewhere.school.name_en in schools) == (True, False)


def test_who_is_signed_in_is_asked_to_leave_first(world: World) -> None:
    opens(world)
    signed_in = browser()
    signed_in.force_login(world.alice.user)
    assert "Without any name" in signed_in.get("/report").content.decode()
    path = f"/anonymous/at/{world.school.code}"
    assert (signed_in.get(path).status_code, signed_in.post(path, {}).status_code) == (409, 409)
    assert "Please sign out first" in signed_in.get("/anonymous").content.decode()
    elsewhere = browser(HTTP_SEC_FETCH_SITE="cross-site")
    assert elsewhere.post(path, {}).status_code == 403
    assert not Report.objects.exists()


def test_refusals_keep_what_was_typed(world: World) -> None:
    opens(world)
    visitor = browser()
    path = f"/anonymous/at/{world.school.code}"
    refused = visitor.post(path, {"description": "Smoke", "token": "guessable"})
    assert refused.status_code == 422
    assert "Smoke" in refused.content.decode()
    assert "Please choose what it is about." in refused.content.decode()
    unknown = visitor.post("/anonymous/report", {"code": "1234 5678 9012 3456"})
    assert (unknown.status_code, "We know no report with this tracking code" in unknown.content.decode()) == (404, True)
    assert visitor.get("/anonymous/at/nowhere").status_code == 404
    assert "F02" in visitor.get(f"{path}/words").json()
    assert visitor.get("/anonymous?language=zh-hans").cookies["django_language"].value == "zh-hans"
