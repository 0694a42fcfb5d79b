"""The same on a real server that speaks S3: rclone's, over a folder."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings
from rest_framework.response import Response

from backend.config.file_store import files_in_bucket
from backend.files.store import contents_delete
from tests.files.sending import announcement, picture, put, read, send, work
from tests.patience import PATIENCE
from tests.world import World
from tools.run.children import kill_group, spawn, wait_until
from tools.run.installation import free_port

RCLONE = Path(__file__).parents[2] / ".venv" / "bin" / "rclone"
NAME, PASSWORD = "allclear-tests", "a-password-of-the-tests"


def answers(port: int) -> bool:
    """Say whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path, "subprocess.Popen[bytes]"]]:
    """An S3 server with one bucket, and the folder in which its objects lie."""
    folder, port = tmp_path / "objects", free_port()
    address = f"127.0.0.1:{port}"
    (folder / "allclear").mkdir(parents=True)
    command: list[str | Path] = [
        RCLONE,
        "serve",
        "s3",
        folder,
        "--addr",
        address,
        "--auth-key",
        f"{NAME},{PASSWORD}",
        "--config",
        "",
    ]
    process = spawn(command, environment={"HOME": str(tmp_path)}, folder=tmp_path, output=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: answers(port), seconds=PATIENCE)
        yield f"http://{address}", folder / "allclear", process
    finally:
        kill_group(process)
        process.wait()


def objects(folder: Path) -> list[str]:
    """Return the names of the objects of the bucket."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_files_lie_in_a_bucket(
    world: World, ticket: UUID, settings: Settings, server: tuple[str, Path, "subprocess.Popen[bytes]"]
) -> None:
    address, folder, process = server
    store = files_in_bucket("allclear", endpoint=address, region="cn-1", access_key=NAME, secret_key=PASSWORD)
    settings.STORAGES = {**settings.STORAGES, "files": store}
    alice, content = world.alice.client, picture("PNG", (300, 200))
    begun = alice.post(f"tickets/{ticket}/files", announcement(content)).data["id"]
    assert put(alice, begun, 0, content).status_code == 204
    assert objects(folder) == ["part-0"]
    assert alice.post(f"files/{begun}/complete").status_code == 202
    work()
    assert objects(folder) == ["large", "small"]
    assert read(world.bob.client, begun, "small").startswith(b"\xff\xd8\xff")
    document = send(alice, f"tickets/{ticket}", b"It is blocked.", "a.txt")
    assert read(world.bob.client, document["id"]) == b"It is blocked."
    assert world.bob.client.post(f"files/{begun}/remove", {"note": "Shows a child."}).status_code == 204
    work()
    assert objects(folder) == ["original"]
    contents_delete(file_id=uuid4(), names=["large"])
    kill_group(process)
    process.wait()
    for answer in (put_new(world, ticket), world.bob.client.get(f"files/{document['id']}/content")):
        assert (answer.status_code, answer.data["code"], answer.headers["Retry-After"]) == (503, "files_away", "60")


def put_new(world: World, ticket: UUID) -> Response:
    """Begin another file and send its one part."""
    begun = world.alice.client.post(f"tickets/{ticket}/files", announcement(b"another")).data["id"]
    return put(world.alice.client, begun, 0, b"another")
