"""Hostile files: each is refused with a code and words of its own, and nothing of it is kept or served."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from uuid import UUID

from PIL import Image

from backend.files.models import StoredFile
from tests.files.sending import announcement, kept, picture, read, send
from tests.world import Client, World

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>fetch('/api/v1/me')</script>"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def png_of(width: int, height: int) -> bytes:
    """Return a PNG of some dozen bytes whose header announces so many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    """Return a small JPEG whose header announces so many pixels."""
    content = picture("JPEG")
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def office(main: str = "word/document.xml", more: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """Return a small Office document, with more members by their names."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {"[Content_Types].xml": b"<Types/>", main: b"<w/>", **more}.items():
            archive.writestr(name, body)
    return written.getvalue()


def truncated() -> bytes:
    """Return the first half of a picture."""
    content = picture("JPEG", (600, 400))
    return content[: len(content) // 2]


def hostile() -> Iterator[tuple[str, str, bytes, str]]:
    """Yield what each is, its name, its content and the code of the refusal."""
    yield "svg named jpg", "photo.jpg", SVG, "file_kind_refused"
    yield "html named jpg", "photo.jpg", HTML, "file_kind_refused"
    yield "html named txt", "notes.txt", b"\n  " + HTML, "file_kind_refused"
    yield "xml named txt", "notes.txt", b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, "file_kind_refused"
    yield "text named jpg", "photo.jpg", b"hello", "file_kind_refused"
    yield "program", "notes.txt", b"\x7fELF\x02\x01\x01" + b"\0" * 60, "file_kind_refused"
    yield "gif", "photo.gif", b"GIF89a" + b"\1" * 40, "file_kind_refused"
    yield "gif that is a script", "photo.jpg", b"GIF89a/*" + b" " * 40 + b"*/=alert(1)", "file_kind_refused"
    yield "binary named txt", "notes.txt", b"abc\0def", "file_kind_refused"
    yield "200 megapixels, PNG", "photo.png", png_of(20_000, 10_000), "picture_too_large"
    yield "200 megapixels, JPEG", "photo.jpg", jpeg_of(20_000, 10_000), "picture_too_large"
    yield "a line of a thousand million pixels", "photo.png", png_of(2**30, 1), "picture_too_large"
    yield "half a picture", "photo.jpg", truncated(), "file_damaged"
    yield "a picture's first bytes", "photo.jpg", b"\xff\xd8\xff\xe0" + b"\1" * 200, "file_damaged"
    yield "png of no rows", "photo.png", png_of(400, 400), "file_damaged"
    yield "pdf and archive in one", "plan.pdf", PDF + office(), "file_ambiguous"
    yield "pdf after a page", "plan.pdf", PDF.rstrip() + b"\n" + HTML, "file_ambiguous"
    yield "half a pdf", "plan.pdf", PDF[:-8], "file_damaged"
    yield "archive", "plan.docx", zip_of({"a.txt": b"a"}), "file_kind_refused"
    yield "archive before which a page stands", "plan.docx", b"PK\x03\x04" + HTML + office(), "file_ambiguous"
    yield "archive after which a page stands", "plan.docx", office() + HTML * 10, "file_ambiguous"
    yield "document with macros", "plan.docx", office(more={"word/vbaProject.bin": b"x"}), "file_has_macros"
    yield "two documents in one", "plan.docx", office(more={"xl/workbook.xml": b"<x/>"}), "file_kind_refused"
    yield "document that climbs", "plan.docx", office(more={"../../etc/passwd": b"x"}), "file_kind_refused"
    yield (
        "document that is a bomb",
        "plan.xlsx",
        office("xl/a.xml", {"xl/b": b"\0" * 30_000_000}),
        "file_unpacks_too_large",
    )
    yield "document that lies", "plan.docx", office()[:60] + b"\0" * 60 + office()[-80:], "file_damaged"


def zip_of(members: dict[str, bytes]) -> bytes:
    """Return an archive that is no document."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return written.getvalue()


def test_each_is_refused_with_a_code_and_nothing_is_kept(world: World, ticket: UUID) -> None:
    in_chinese = Client(world.alice.client.token, "zh-hans")
    found, wanted = {}, {}
    for what, name, content, code in hostile():
        became = send(world.alice.client, f"tickets/{ticket}", content, name)
        found[what], wanted[what] = (became["state"], became["reason"]), ("refused", code)
        words = {client.get(f"files/{became['id']}").data["detail"] for client in (world.alice.client, in_chinese)}
        assert len(words) == 2
        assert world.alice.client.get(f"files/{became['id']}/content").status_code == 404
    assert found == wanted
    assert kept() == []
    assert not StoredFile.objects.exists()


def test_what_is_announced_has_to_arrive(world: World, ticket: UUID) -> None:
    content = picture()
    digest = announcement(content + b"!")["sha256"]
    became = send(world.alice.client, f"tickets/{ticket}", content, sha256=digest)
    assert (became["state"], became["reason"]) == ("refused", "file_damaged")
    # Sent again it is another file: what was refused stands in nobody's way.
    assert send(world.alice.client, f"tickets/{ticket}", content)["state"] == "ready"


def test_a_name_shows_what_it_is(world: World, ticket: UUID) -> None:
    paths = ["../photo.jpg", "C:\\photo.jpg", "a/b.jpg", ".."]
    unseen = ["photo\r\nSet-Cookie: a.jpg", "gpj.\u202egnp.exe", "a\u200bb.jpg", "a\u2028b.jpg"]
    for name in paths + unseen:
        answer = world.alice.client.post(f"tickets/{ticket}/files", announcement(b"x", name))
        (error,) = answer.data["errors"]
        assert (answer.status_code, error["code"], error["pointer"]) == (400, "file_name_unsafe", "/name"), name


def test_a_picture_that_is_a_program_too_is_served_as_a_picture_alone(world: World, ticket: UUID) -> None:
    for name, hidden in (("a.jpg", b"<script>alert(1)</script>"), ("b.jpg", office()), ("c.jpg", PDF)):
        became = send(world.alice.client, f"tickets/{ticket}", picture() + hidden, name)
        served = read(world.bob.client, became["id"])
        assert Image.open(io.BytesIO(served)).format == "JPEG"
        assert not any(mark in served for mark in (b"script", b"PK\x03\x04", b"%PDF"))


def test_documents_are_kept_as_they_are(world: World, ticket: UUID) -> None:
    good = {
        "计划.pdf": PDF,
        "plan.docx": office(),
        "list.xlsx": office("xl/workbook.xml"),
        "talk.pptx": office("ppt/presentation.xml"),
        "notes.txt": "二楼堵住了。\n".encode("gb18030"),
        "evil.html.pdf": PDF + b"\n",
    }
    for name, content in good.items():
        became = send(world.alice.client, f"tickets/{ticket}", content, name)
        assert became["state"] == "ready", (name, became)
        served = read(world.bob.client, became["id"])
        assert served == ("二楼堵住了。\n".encode() if name == "notes.txt" else content)
    assert [file["name"] for file in world.bob.client.get(f"tickets/{ticket}/files").data] == list(good)
    refused = world.bob.client.get(f"files/{became['id']}/content", size="small")
    assert (refused.status_code, refused.data["code"]) == (400, "invalid")
