"""A worker that dies between the store and the row leaves nothing that anybody sees, and the next one ends the work."""

import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from backend.common.clock import database_now
from backend.files.services import upload_check
from tests.conftest import process_environment
from tests.files.sending import announcement, kept, picture, put, work
from tests.workflow.steps import file_ticket
from tests.world import World

CHECK = "import django; django.setup(); from backend.files.tasks import check; check()"


def test_nothing_is_seen_before_it_is_whole(committed_world: World, tmp_path: Path) -> None:
    world, content = committed_world, picture()
    ticket = file_ticket(world)
    upload = world.alice.client.post(f"tickets/{ticket}/files", announcement(content)).data["id"]
    put(world.alice.client, upload, 0, content)
    world.alice.client.post(f"files/{upload}/complete")
    points = tmp_path / "points"
    points.mkdir()
    (points / "file.stored").touch()
    more = {"FAULT_POINTS": str(points), "DEMO": "1"}
    environment = {**process_environment(), **more, "DJANGO_SETTINGS_MODULE": "backend.config.settings"}
    died = subprocess.run([sys.executable, "-c", CHECK], env=environment, check=False, timeout=300)
    assert died.returncode == -signal.SIGKILL
    assert [name.rpartition("/")[2] for name in kept()] == ["large", "part-0", "small"]
    assert world.alice.client.get(f"files/{upload}").data["state"] == "checking"
    assert world.alice.client.get(f"tickets/{ticket}/files").data == []
    assert world.alice.client.get(f"files/{upload}/content").status_code == 404
    for _again in range(2):
        upload_check(upload_id=UUID(upload), now=database_now())
        work()
    assert [name.rpartition("/")[2] for name in kept()] == ["large", "small"]
    assert [row["id"] for row in world.alice.client.get(f"tickets/{ticket}/files").data] == [upload]
