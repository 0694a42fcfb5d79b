"""The pages by which an administrator looks at a portal's export and takes it in."""

from django.core.files.uploadedfile import SimpleUploadedFile

from backend.people.models import PeopleSync
from backend.people.tasks import sync
from tests.browser import SignIn
from tests.integrations.programs import administrator
from tests.people.bundles import archive, bundle, user
from tests.world import World


def test_an_export_is_looked_at_by_its_administrator_and_taken_in_as_it_was_shown(
    world: World, signed_in: SignIn
) -> None:
    page = signed_in(administrator(world))

    def sent(content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("portal.zip", content, content_type="application/zip")

    assert "OneRoster" in page.get("/people-sync").content.decode()
    for who, status in (("alice", 403), ("bob", 403)):
        assert signed_in(world.members[who]).get("/people-sync").status_code == status
    wrong = page.post("/people-sync", {"file": sent(bundle([user(1, role="magician")]))})
    assert (wrong.status_code, "users.csv" in wrong.content.decode()) == (400, True)
    assert page.post("/people-sync", {"file": sent(archive({"a.txt": "x"}))}).status_code == 400
    shown = page.post("/people-sync", {"file": sent(bundle([user(1), user(2, "Emily")]))})
    one = f"/people-sync/{PeopleSync.objects.get().id}"
    assert (shown.status_code, shown.headers["Location"]) == (302, one)
    assert "林晓燕" in page.get(one).content.decode()
    assert signed_in(world.mallory).get(one).status_code in {403, 404}
    assert page.post(one).status_code == 302
    sync()
    assert "Taken in" in page.get(one).content.decode()
    again = page.post("/people-sync", {"file": sent(bundle([user(1), user(2, "Emily")]))}, follow=True)
    assert "there is nothing to do" in again.content.decode()
