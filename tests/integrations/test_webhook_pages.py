"""The page of webhooks: made with a secret that is shown once, tried, switched, given a new secret and removed."""

import re

from standardwebhooks import Webhook as Receiver

from backend.integrations.models import ServiceAccount, Webhook
from backend.integrations.tasks import deliver
from tests.browser import SignIn
from tests.integrations.programs import administrator, made
from tests.notifications.peers import RobotHost
from tests.world import World

SECRET = re.compile(r"whsec_[\w+/=]{40,}")


def test_an_administrator_makes_tries_and_removes_one(world: World, signed_in: SignIn, robots: RobotHost) -> None:
    page, account = signed_in(administrator(world)), ServiceAccount.objects.get(id=made(world, "events.read")["id"])
    address = f"/service-accounts/{account.id}/webhooks"
    assert "/webhooks" in page.get(f"/service-accounts/{account.id}").content.decode()
    assert page.post(address, {"address": "http://hooks.example/x"}).status_code == 400
    answer = page.post(address, {"address": f"https://localhost:{robots.port}/inbox"})
    (secret,) = SECRET.findall(answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]
    one = f"{address}/{Webhook.objects.get().id}"
    assert page.post(one, {"step": "test"}).status_code == 302
    deliver()
    (message,) = robots.posts
    assert Receiver(secret).verify(message.body, message.headers)["type"] == "webhook.test"
    seen = page.get(address).content.decode()
    assert "Arrived" in seen
    assert SECRET.search(seen) is None
    (second,) = SECRET.findall(page.post(one, {"step": "rotate"}).content.decode())
    assert second != secret
    for step, word in (("off", "Switched off"), ("test", "Switch it on first"), ("on", "Switched on")):
        assert page.post(one, {"step": step}).status_code == 302
        assert word in page.get(address).content.decode()
    for path in (address, one):
        assert signed_in(world.dan).post(path, {"step": "remove"}).status_code == 403
        assert signed_in(world.olga).post(path, {"step": "remove"}).status_code == 404
    assert page.post(one, {"step": "remove"}).status_code == 302
    assert page.post(one, {"step": "remove"}).status_code == 404
