"""The check before going live: each line proves what it says, and one that fails ends the command with 1."""

import re
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail
from django.core.management import call_command
from django.test import override_settings

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.deadlines.models import EngineHeartbeat
from backend.health.models import Backup
from backend.organisation.roles import Role
from backend.setup.live_checks import CHECKS
from tests.docs.papers import read
from tests.roles import as_owner
from tests.world import World, member_add

PAPERS = ("docs/production.md", "docs/production.zh-CN.md")


@pytest.fixture(autouse=True)
def mails() -> Iterator[None]:
    """Keep the mails in memory."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        yield


def checked(*arguments: str) -> tuple[int, dict[str, str]]:
    """Run the command in English; return how it ended, and each line by the name of its check."""
    out, code = StringIO(), 0
    try:
        call_command("go_live_check", "--language", "en", *arguments, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    lines = re.findall(r"^(ok|FAILS) +(\w+) +(.*)$", out.getvalue(), re.MULTILINE)
    return code, {name: f"{mark}: {words}" for mark, name, words in lines}


class Page(BaseHTTPRequestHandler):
    """Answers like /healthz."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path in {"/healthz", "/parked/healthz"} else 404)
        self.end_headers()
        self.wfile.write(b'{"status": "alive"}' if self.path == "/healthz" else b"<h1>This domain is for sale</h1>")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def https(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server that speaks TLS with a certificate of its own; its address and the certificate."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}", certificate
    server.shutdown()
    server.server_close()


def test_the_address_answers_over_tls_with_a_certificate_that_holds(
    world: World, https: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = https
    with override_settings(PUBLIC_URL=url):
        assert checked()[1]["address"].startswith(f"FAILS: {url} does not answer")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert checked()[1]["address"].startswith("ok")
    with override_settings(PUBLIC_URL=f"{url}/elsewhere"):
        assert checked()[1]["address"] == f"FAILS: {url}/elsewhere answers 404."
    with override_settings(PUBLIC_URL=f"{url}/parked"):
        assert "is not Allclear" in checked()[1]["address"], "any 200 passed"
    with override_settings(PUBLIC_URL="http://127.0.0.1:8000"):
        assert "has to begin with https://" in checked()[1]["address"]


def test_a_short_or_repeated_key_fails(world: World) -> None:
    for key, mark in (("dev", "FAILS"), ("ab" * 40, "FAILS"), ("kPz5-vT2mQ8wR4nX7cB1dF6gH9jL3sYa", "ok")):
        with override_settings(SECRET_KEY=key):
            assert checked()[1]["key"].startswith(mark), key


def test_a_word_is_sealed_and_opened_in_the_folder_that_the_database_knows(world: World, tmp_path: Path) -> None:
    """Nothing looked at it: a folder that is not mounted was noticed by the first confidential report."""
    folder = tmp_path / "keys"
    with override_settings(SEALING_FOLDER=str(folder)):
        assert checked()[1]["sealing"] == "ok: A word was sealed in the folder of keys and opened again."
        assert not list(folder.glob("keys/??/*"))
    with override_settings(SEALING_FOLDER=str(tmp_path / "not-mounted")):
        assert checked()[1]["sealing"].startswith("FAILS: What is confidential cannot be sealed: ")


def test_a_mail_is_sent_and_its_arrival_is_asked_for(world: World, typed: Callable[[str], None]) -> None:
    assert checked()[1]["mail"].startswith("FAILS: No administrator")
    member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    assert checked()[1]["mail"] == "ok: A mail went to ada@school.example, where a code arrived before."
    assert [message.to for message in mail.outbox] == [["ada@school.example"]]
    assert "use --confirm" in checked("--mail-to", "other@school.example")[1]["mail"]
    typed("code")
    assert checked("--mail-to", "other@school.example", "--confirm")[1]["mail"].endswith("and arrived.")
    typed("wrong")
    assert checked("--confirm")[1]["mail"].startswith("FAILS: A mail went to ada@school.example, but")
    smtp = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
    with override_settings(**smtp, EMAIL_PORT=9):
        assert "No mail leaves the server" in checked()[1]["mail"]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that types at the question: the code of the last mail, or something else."""

    def type_in(what: str) -> None:
        def answer() -> str:
            code = re.search(r"\d{6}", str(mail.outbox[-1].subject))
            return code[0] if code and what == "code" else what

        monkeypatch.setattr("builtins.input", answer)

    return type_in


def test_silent_processes_and_holes_fail_and_end_with_one(world: World) -> None:
    code, lines = checked()
    assert code == 1
    assert "broker_away" not in lines["processes"]
    for missing in ("no_worker", "relay_silent", "auditor_silent", "two engines", "the schedule"):
        assert missing in lines["processes"]
    EngineHeartbeat.objects.bulk_create(
        EngineHeartbeat(name=name, started_at=world.now, beat_at=world.now, boot_seconds=1)
        for name in ("engine-1", "engine-2", "worker")
    )
    assert "two engines" not in checked()[1]["processes"]
    assert "the schedule" not in checked()[1]["processes"]
    assert "holes found" in lines["reached"]
    assert lines["clocks"].startswith("ok")


def test_who_lacks_a_second_factor_is_named(world: World) -> None:
    lines = checked()[1]
    member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    line = checked()[1]["factors"]
    assert line.startswith("FAILS: No second factor yet at ")
    said = dict(re.findall(r"(?:at |; )([^:;]+): ([^;.]+)", line))
    assert set(said[world.school.name_en].split(", ")) == {"Ada", world.dan.person.name, world.erin.person.name}
    assert set(said[world.elsewhere.school.name_en].split(", ")) == {"Boss", world.mallory.person.name}
    assert said[world.bureau.name_en] == "Olga", "officers of the bureau open what is sealed too"
    assert world.alice.person.name not in lines["factors"]
    User.objects.update(second_factor_at=world.now)
    assert checked()[1]["factors"].startswith("ok")


def test_a_backup_is_young_and_was_restored_lately(world: World) -> None:
    lines = checked()[1]
    assert lines["backup"] == "FAILS: There is no backup yet: manage.py backup."
    assert lines["rehearsal"].startswith("FAILS: No backup was restored")
    for made, rehearsed, finding, said in (
        (25, 48, "ledger", ("ok: The newest backup is 25 hours old.", "FAILS: No backup was restored")),
        (25, 48, "", ("ok", "ok: A backup was restored in rehearsal 48 hours ago.")),
        (27, 36 * 24, "", ("FAILS: The newest backup is 27 hours old.", "FAILS: A backup was restored")),
    ):
        with as_owner():
            Backup.objects.all().delete()
            made_at, rehearsed_at = (database_now() - timedelta(hours=hours) for hours in (made, rehearsed))
            Backup.objects.create(
                digest="0" * 64, file_name="x", size=1, made_at=made_at, rehearsed_at=rehearsed_at, finding=finding
            )
        lines = checked()[1]
        assert lines["backup"].startswith(said[0])
        assert lines["rehearsal"].startswith(said[1])


@pytest.mark.django_db
def test_without_a_school_the_way_in_is_named() -> None:
    code, lines = checked()
    assert code == 1
    assert "manage.py setup_link" in lines["reached"]


def test_it_speaks_chinese_too(world: World) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("go_live_check", "--language", "zh-hans", stdout=out)
    assert len(re.findall(r"^(?:通过|不通过|未实现) ", out.getvalue(), re.MULTILINE)) == len(CHECKS)
    assert re.search(rf"还没有设置第二重验证：.*；{world.school.name_zh}：.*、", out.getvalue())


@pytest.mark.parametrize("paper", PAPERS)
def test_the_papers_have_a_line_for_every_check(paper: str) -> None:
    assert re.findall(r"^\| `(\w+)` \|", read(paper), re.MULTILINE) == list(CHECKS)
