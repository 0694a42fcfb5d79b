"""Workbooks that are small as files and huge once a program lays them out."""

import io
import struct
import zipfile

import pytest
from django.utils import translation

from backend.common.table_files import sheets_read
from backend.common.text_files import FileUnreadable
from tests.organisation.workbooks import workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'


def changed(sheet: str, *, text: str = "", name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return a workbook with these lines on its only sheet; `text` is the one text its cells refer to."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"S": [["x"]]}))) as book, zipfile.ZipFile(written, "w", 8) as out:
        for entry in book.infolist():
            part = book.read(entry).decode()
            if entry.filename.startswith("xl/worksheets/"):
                part = f"{part[: part.index('<sheetData')]}<sheetData>{sheet}</sheetData></worksheet>"
                out.writestr(name, part)
            else:
                out.writestr(entry.filename, part.replace("/xl/worksheets/sheet1.xml", f"/{name}"))
        if text:
            out.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>')
    return written.getvalue()


def read(content: bytes) -> int:
    """Return how many lines are read."""
    with translation.override("en"):
        (sheet,) = sheets_read(content=content, is_known=lambda _word: False)
    return len(sheet.lines)


@pytest.mark.slow("tests/common/test_workbook_files.py", after=2)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: changed(f'{FIRST}<row r="60000"><c r="ZZ60000"><v>1</v></c></row>'), id="grid"),
        pytest.param(lambda: changed(f'{FIRST}<row r="2"><c r="xfd1048576"><v>1</v></c></row>'), id="small-letters"),
        pytest.param(
            lambda: changed(
                '<row r="1"><c r="Z1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
            ),
            id="line-alone",
        ),
        pytest.param(
            lambda: changed(f'<row r="1">{"<c><v>1</v></c>" * 600}</row><row r="9999"><c><v>1</v></c></row>'),
            id="cells-without-place",
        ),
        pytest.param(
            lambda: changed(f'{FIRST}<row r="60000"><c r="ZZ60000"><v>1</v></c></row>', name="xl/elsewhere.xml"),
            id="another-part",
        ),
        pytest.param(
            lambda: changed(
                "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 400)),
                text="x" * 600_000,
            ),
            id="one-text-in-many-cells",
        ),
    ],
)
def test_what_grows_when_it_is_laid_out_is_refused(content: object) -> None:
    made = content()  # type: ignore[operator]
    assert len(made) < 20_000
    with pytest.raises(FileUnreadable, match="too large"):
        read(made)


def test_a_size_that_the_archive_only_states_is_not_believed() -> None:
    made = changed(FIRST)
    at = made.rindex(b"PK\x01\x02", 0, made.rindex(b"xl/worksheets/sheet1.xml"))
    lied = made[: at + 24] + struct.pack("<I", 10) + made[at + 28 :]
    with pytest.raises(FileUnreadable, match="cannot be opened"):
        read(lied)


@pytest.mark.parametrize(("offset", "value"), [(8, 9), (8, 14), (8, 12), (6, 1)], ids=["64", "lzma", "bz2", "password"])
def test_a_part_that_nobody_here_unpacks_is_refused(offset: int, value: int) -> None:
    made = bytearray(changed(FIRST))
    at, behind = made.index(b"PK\x03\x04"), made.index(b"PK\x01\x02")
    struct.pack_into("<H", made, at + offset, value)
    struct.pack_into("<H", made, behind + offset + 2, value)
    with pytest.raises(FileUnreadable, match="cannot be opened"):
        read(bytes(made))


def test_a_part_that_asks_for_more_than_there_is_is_refused() -> None:
    """A part in LZMA says first how much room it wants to be unpacked in: 4 GB here."""
    plain, packed = io.BytesIO(workbook({"S": [["x"]]})), io.BytesIO()
    with zipfile.ZipFile(plain) as book, zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as out:
        for entry in book.infolist():
            out.writestr(entry.filename, book.read(entry))
    wanted = packed.getvalue().replace(b"\x05\x00\x5d\x00\x00\x80\x00", b"\x05\x00\x5d\xff\xff\xff\xff")
    assert wanted != packed.getvalue()
    with pytest.raises(FileUnreadable, match="cannot be opened"):
        read(wanted)


def test_a_school_of_five_thousand_is_read() -> None:
    rows = [[f"{n:05d}", f"姓名{n}", f"a{n}@school.example", "总务处", "处室负责人", "en"] for n in range(5000)]
    assert read(workbook({"S": rows})) == 5000
