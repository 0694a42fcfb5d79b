"""What a script that sends a report is told, and whose report it is."""

import pytest
from django.test import Client

from backend.incidents.models import Report
from tests.portal.test_report_page import form_fields
from tests.world import World


def test_a_script_that_sends_a_report_is_told_in_json(world: World) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en", "accept": "application/json"})
    client.force_login(world.alice.user, backend="django.contrib.auth.backends.ModelBackend")
    here = client.get("/report/session").json()
    assert here["person"] == str(world.alice.person.id)
    token = {"X-CSRFToken": here["csrf"]}
    fields = {**form_fields(client, world), "writer": here["person"]}
    refused = client.post("/report", {**fields, "description": "", "place": "none"}, headers=token)
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [
            "There is no such place at your school. Choose one from the list.",
            "Please write what happened; one sentence is enough.",
        ],
    )
    answers = [client.post("/report", fields, headers=token) for _time in range(2)]
    report = Report.objects.get()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert {answer.json()["address"] for answer in answers} == {f"/reports/{report.id}?sent=1"}


@pytest.mark.parametrize("stale", [False, True])
def test_nobody_sends_what_somebody_else_wrote(world: World, stale: bool) -> None:
    """Another person who signed in on the device found the text in the form, and sent it under their own name."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(world.bob.user, backend="django.contrib.auth.backends.ModelBackend")
    fields = form_fields(client, world, description="Her words.", writer=str(world.alice.person.id))
    csrf = "x" * 32 if stale else client.cookies["csrftoken"].value
    answer = client.post("/report", {**fields, "csrfmiddlewaretoken": csrf})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "begun by somebody else on this device" in page
    assert "Her words." not in page
    assert Report.objects.count() == 0
