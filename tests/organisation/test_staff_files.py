"""Staff lists as schools have them: every file is read rightly, or refused with a way out."""

from pathlib import Path

import pytest
from django.utils import translation

from backend.common.text_files import EncodingUnclear, FileUnreadable
from backend.organisation.staff_headings import ColumnsMissing
from backend.organisation.staff_lists import StaffFile, staff_file_read
from tests.organisation.workbooks import workbook

FILES = Path(__file__).parents[1] / "data" / "staff-lists"
READ = {
    "A_excel_formula_text.csv": ["000123 孙悦 sunyue"],
    "A_fullwidth.csv": ["0108 刘 洋 liuyang", "0109 陈静 chenjing2"],
    "A_fullwidth_email.csv": ["0110 刘洋 liuyang"],
    "A_gb18030_rare.csv": ["0103 马𩧨 ma1", "0104 㛃昇 ma2", "0105 阿不都·热合曼 abd"],
    "A_gbk_plain.csv": ["0101 张伟 zhangw1", "0102 张伟 zhangw2"],
    "A_heading_variants.csv": ["000128 周杰 zhoujie"],
    "A_phone_column.csv": ["000127 周杰 zhoujie"],
    "A_tab_protected.csv": ["000124 孙悦 sunyue", "000125 周杰 zhoujie", "000126 钱进 qianjin"],
    "A_title_line.csv": ["0111 吴敏 wumin"],
    "A_utf16_unicode_text.txt": ["0107 王芳 wangfang"],
    "A_utf8bom.csv": ["0106 李娜 lina"],
    "B_apostrophe.csv": ["2028 Siobhán O'Brien & Co o'brien"],
    "B_double_bom.csv": ["2020 Ann ann9"],
    "B_hash_note_line.csv": ["2027 Ann ann13"],
    "B_ltr_mark_email.csv": ["2019 Ann Lee ann8"],
    "B_mac_cr.csv": ["2012 Ann ann2", "2013 Ben ben"],
    "B_nbsp.csv": ["2015 Ann Lee ann4"],
    "B_nbsp_heading.csv": ["2016 Ann Lee ann5"],
    "B_no_email.csv": ["2021 Cook "],
    "B_quoted_newline.csv": ['2009 Bob "Bobby" Lee bob', "2010 Trailing t"],
    "B_semicolon_comma_in_heading.csv": ["2014 Smith, Ann ann3"],
    "B_sep_line.csv": ["2011 Ann ann"],
    "B_shared_mail.csv": ["2022 Cook A canteen", "2023 Cook B canteen"],
    "B_trailing_commas.csv": ["2026 Ann ann12"],
    "B_unit_case.csv": ["2024 Ann ann10", "2025 Ann ann11"],
    "B_zwsp_heading.csv": ["2016 Ann Lee ann5"],
    "B_zwsp_number.csv": ["2018 Ann Lee ann7"],
    "B_zwsp_values.csv": ["2017 Ann Lee ann6"],
}
WRONG = {
    "A_float_number.csv": [(2, "staff_number")],
    "A_sci_notation.csv": [(2, "staff_number")],
    "B_apostrophe.csv": [(3, "name"), (4, "name")],
    "B_quoted_newline.csv": [(2, "name")],
}
REFUSED = {
    "C_oneroster_users.csv": "must name the column",
    "D_holidays.ics": "calendar",
    "E_empty.csv": "empty",
    "E_gbk_cut.csv": "Line 2 ends in the middle of a letter",
    "E_mixed_utf8_gbk.csv": "two ways of writing letters",
    "E_xls_html.xls": "web page that calls itself a spreadsheet",
    "E_xlsx.xlsx": "cannot be opened",
}
ASKED = {"B_win1252_semicolon.csv": "Hélène Dubois", "B_win1252_one.csv": "Müller", "B_win1252_end.csv": "André"}


def read(name: str, encoding: str = "") -> StaffFile:
    """Read one of the files."""
    return staff_file_read(content=(FILES / name).read_bytes(), encoding=encoding)


def test_every_file_has_its_right_answer_here() -> None:
    assert {path.name for path in FILES.iterdir()} == {*READ, *WRONG, *REFUSED, *ASKED}


@pytest.mark.parametrize("name", sorted({*READ, *WRONG}))
def test_what_can_be_read_is_read_rightly(name: str) -> None:
    found = read(name)
    rows = [f"{row.staff_number} {row.name} {row.email.removesuffix('@qinghe.example')}" for row in found.rows]
    assert rows == READ.get(name, [])
    assert [(error.line, error.column) for error in found.errors] == WRONG.get(name, [])


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_read_is_refused_with_a_way_out(name: str) -> None:
    with translation.override("en"), pytest.raises(FileUnreadable, match=REFUSED[name]):
        read(name)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_an_encoding_that_is_not_certain_is_asked(name: str) -> None:
    """`Müller` in Windows-1252 was stored as `M黮ler` (E14)."""
    with pytest.raises(EncodingUnclear) as asked:
        read(name)
    samples = {sample.encoding: "\n".join(sample.lines) for sample in asked.value.samples}
    assert ASKED[name] in samples["cp1252"]
    chosen = read(name, "cp1252")
    assert chosen.errors == ()
    assert ASKED[name] in chosen.rows[0].name or chosen.rows[0].name in samples["cp1252"]
    if "gb18030" in samples:
        assert ASKED[name] not in samples["gb18030"]


def test_a_word_that_the_school_knows_proves_the_encoding() -> None:
    content = "staff_number,name,email,unit\n1,罗明,luo@school.example,保卫处\n".encode("gb18030")
    with pytest.raises(EncodingUnclear):
        staff_file_read(content=content)
    assert staff_file_read(content=content, known=["保卫处"]).rows[0].name == "罗明"


def test_the_line_that_names_the_separator_is_believed() -> None:
    """Where commas stand in the cells too, what separates them is known from that line alone."""
    content = b"sep=;\nnumber,short;name;unit,office;mail,mobile\n1;Lee, Ann;security;-\n"
    chosen = {0: "staff_number", 1: "name", 2: "unit", 3: ""}
    (row,) = staff_file_read(content=content, chosen=chosen).rows
    assert (row.line, row.staff_number, row.name, row.unit) == (3, "1", "Lee, Ann", "security")


def test_what_is_left_out_is_said_and_columns_can_be_chosen() -> None:
    found = read("A_phone_column.csv")
    assert found.headings.left_out == ("序号", "性别", "手机号")
    assert [line.cells[0] for line in read("B_hash_note_line.csv").notes] == ["合计：1人"]
    assert len(read("A_title_line.csv").notes) == 2
    with pytest.raises(ColumnsMissing) as missing:
        read("C_oneroster_users.csv")
    assert missing.value.headings.missing == ("staff_number", "name", "unit")
    content = (FILES / "C_oneroster_users.csv").read_bytes()
    chosen = {11: "staff_number", 8: "name", 4: "unit", 5: ""}
    assert [row.name for row in staff_file_read(content=content, chosen=chosen).rows] == ["Alice", "Ben"]


def test_a_workbook_is_read_with_its_numbers() -> None:
    head: list[object] = ["工号", "姓名", "邮箱", "部门", "手机"]
    rows: list[list[object]] = [
        ["教职工名册"],
        head,
        [1001, "林晓燕", "lin@school.example", "保卫处", 13800000000],
        ["007", "李", None, "保卫处"],
    ]
    found = staff_file_read(content=workbook({"Sheet1": rows}))
    assert [(row.line, row.staff_number, row.email) for row in found.rows] == [
        (3, "1001", "lin@school.example"),
        (4, "007", ""),
    ]
    spoilt = staff_file_read(
        content=workbook({"": [head, [2.02301e17, "A", None, "保卫处"], [1.5, "B", None, "保卫处"]]})
    )
    assert [(error.line, error.column) for error in spoilt.errors] == [(2, "staff_number"), (3, "staff_number")]


@pytest.mark.parametrize(
    ("number", "name", "column", "words"),
    [
        ("\ufdfa" * 40, "Ann", "staff_number", "longer than 40"),
        ("9001", "\ufdfa" * 80, "name", "longer than 80"),
        ("9001", "\u200b", "name", "empty"),
        ("\u200b", "Ann", "staff_number", "empty"),
        ("9001", "\uff1d1+1", "name", "formula"),
        ("9001", "\u200b@SUM(1)", "name", "formula"),
    ],
)
def test_a_cell_is_judged_in_the_form_in_which_it_is_stored(number: str, name: str, column: str, words: str) -> None:
    with translation.override("en"):
        read = staff_file_read(content=f"staff_number,name,unit,email\n{number},{name},security,a@b.cn".encode())
    assert [(error.column, words in error.message) for error in read.errors] == [(column, True)]


@pytest.mark.parametrize("word", ["bureau_officer", "教育局值班员", "Bureau duty officer", "ＢＵＲＥＡＵ_officer"])
def test_an_officer_of_the_bureau_is_shown_the_way(word: str) -> None:
    """The list said that there is no such role, and not where officers are entered."""
    with translation.override("en"):
        read = staff_file_read(content=f"工号,姓名,部门,角色\nB1,周敏,教育局,{word}\n".encode())
    (error,) = read.errors
    assert (error.line, error.column) == (2, "role")
    assert "Enter them on the page “Education bureau or trust”" in error.message


@pytest.mark.parametrize(
    ("language", "word", "said"),
    [
        ("zh-hans", "班主任", "教职工、经办人、"),
        ("en", "Class Teacher", "Leave the cell empty for whoever only reports"),
        ("zh-hans", "国王", "没有这个角色。请填写其中之一：教职工、"),
    ],
)
def test_a_job_is_told_from_a_role_and_roles_are_named_as_people_say_them(language: str, word: str, said: str) -> None:
    """It named the codes of roles, reporter and handler, to somebody who reads Chinese."""
    with translation.override(language):
        read = staff_file_read(content=f"工号,姓名,部门,职务\nT1,周敏,教务处,{word}\n".encode())
    (error,) = read.errors
    assert said in error.message
    assert "reporter" not in error.message


def test_a_cell_far_away_and_an_old_workbook_are_refused() -> None:
    with translation.override("en"):
        with pytest.raises(FileUnreadable, match="too large"):
            staff_file_read(content=workbook({"S": [["工号"]]}, far="XFD1048576"))
        with pytest.raises(FileUnreadable, match="old"):
            staff_file_read(content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
