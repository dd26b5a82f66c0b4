"""Excel workbooks: a sheet is read as it looks, and none can unpack to more than is allowed."""

import datetime

import pytest

from embfilter_core.data.tables import workbook as workbook_module
from embfilter_core.data.tables.formats import UploadLimits
from embfilter_core.data.tables.header import NO_NAMES
from embfilter_core.data.tables.read_table import UploadedTable, read_table
from embfilter_core.data.tables.task_tables import pairs_from_table
from embfilter_core.errors import InputError
from tests.core.data.tables.workbooks import workbook, zipped

ROWS = [["text", "label"], ["one", "x"], ["two", "y"]]
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{}</t></si></sst>'


def read(sheets: dict[str, list[list]], **options: object) -> UploadedTable:
    return read_table("own.xlsx", workbook(sheets), **options)


def test_numbers_are_numbers_and_whole_ones_are_written_without_a_point() -> None:
    frame = read({"Sheet": [["id", "score", "label"], [7, 1.5, "3.10"], [8, 2, 3], ["ab", 3, None]]}).frame
    assert frame["id"].tolist() == ["7", "8", "ab"]
    assert frame["score"].tolist() == [1.5, 2, 3]
    assert frame["label"].tolist()[:2] == ["3.10", "3"]
    assert frame["label"].isna()[2]


def test_dates_truth_values_and_empty_cells_are_texts_or_missing() -> None:
    row = [datetime.date(2026, 1, 2), True, " ", "x"]
    frame = read({"Sheet": [["day", "true", "blank", "text"], row]}).frame
    assert frame.iloc[0].tolist()[:2] == ["2026-01-02", "true"]
    assert frame["blank"].isna().all()


def test_the_first_sheet_with_rows_is_read_and_the_others_named() -> None:
    table = read({"Cover": [], "Title": [["a title"]], "Data": ROWS, "More": [["text"], ["z"]]})
    assert table.frame["text"].tolist() == ["one", "two"]
    assert (table.sheet, table.sheets) == ("Data", ("Data", "More"))
    assert table.notes == ("Sheet 'Data' is read, the first with rows; there is also 'More'.",)


def test_a_sheet_can_be_chosen_and_must_exist() -> None:
    assert read({"Data": ROWS, "More": [["text"], ["z"]]}, sheet="More").frame["text"].tolist() == ["z"]
    with pytest.raises(InputError, match="no sheet 'Nope' with rows. It has 'Data'"):
        read({"Data": ROWS}, sheet="Nope")


def test_titles_and_blank_rows_above_the_header_are_left_out() -> None:
    table = read({"Data": [["Export of Monday"], [], *ROWS]})
    assert table.frame["text"].tolist() == ["one", "two"]
    assert table.notes == ("2 rows before the names of the columns left out.",)


def test_a_sheet_without_a_header_has_numbered_columns() -> None:
    table = read({"Data": [["a", "b", 2.5], ["c", "d", 1], ["e", "f", 3]]})
    assert list(table.frame.columns) == ["column 1", "column 2", "column 3"]
    assert table.notes == (NO_NAMES,)


def test_pairs_come_out_of_a_workbook_as_they_are() -> None:
    table = read({"Data": [["text1", "text2", "score"], *([f"a{i}", f"b{i}", i / 2] for i in range(5))]})
    task = pairs_from_table(table.frame, "text1", "text2", "score")
    assert task.scores.tolist() == [0, 0.5, 1, 1.5, 2]


BROKEN = {
    "cut off": (workbook({"Data": ROWS})[:900], "not a whole ZIP archive"),
    "no archive": (b"PK\x03\x04" + b"\x00" * 50, "not a whole ZIP archive"),
    "another archive": (zipped({"a.xml": b"<a/>"}), "not a whole Excel workbook"),
    "broken XML": (workbook({"Data": ROWS}, sheet1=b"<worksheet>"), "not a whole Excel workbook"),
    "no rows": (workbook({"Data": [["text"]]}), "no sheet with rows"),
    "columns of one name": (workbook({"Data": [["text", "text"], ["a", "b"]]}), "several columns named 'text'"),
    "text": (b"text\none\n", "not an Excel workbook by its content"),
    "many rows": (workbook({"Data": [["text"], *[["a"]] * 4]}), "4 rows; the limit is 3"),
    "many columns": (workbook({"Data": [list("vwxyz"), ["a"] * 5]}), "5 columns; the limit is 4"),
}


@pytest.mark.parametrize(("data", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_workbook_is_one_clear_line_that_names_it(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_table("own.xlsx", data, limits=UploadLimits(rows=3, columns=4))
    assert said in str(refused.value)
    assert "own.xlsx" in refused.value.what
    assert "\n" not in str(refused.value)


def cells(number: int) -> str:
    return "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, number + 1))


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
UNPLACED = "".join("<row>" + "<c><v>1</v></c>" * 300 + "</row>" for _ in range(4_000))
BOMBS = {
    "one long text in every cell": {
        "sharedStrings": STRINGS.format("z" * 100_000),
        "sheet1": SHEET.format(cells(1500)),
    },
    "a long text in pieces": {
        "sharedStrings": STRINGS.replace("<t>{}</t>", "<r><t>zz</t></r>" * 50_000),
        "sheet1": SHEET.format(cells(1500)),
    },
    "a cell far away": {"sheet1": SHEET.format(FAR)},
    "cells without a place": {"sheet1": SHEET.format(UNPLACED)},
}


@pytest.mark.parametrize("parts", BOMBS.values(), ids=BOMBS)
def test_a_small_workbook_that_unpacks_to_a_huge_one_is_refused_before_it_does(
    parts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = workbook({"Data": ROWS}, **{name: xml.encode() for name, xml in parts.items()})
    assert len(data) < 500_000
    monkeypatch.setattr(workbook_module, "_sheets", lambda parts: pytest.fail("the content was read"))
    with pytest.raises(
        InputError, match=r"own.xlsx holds sheets that span more than 1,000,000 cells, or unpacks to more"
    ):
        read_table("own.xlsx", data)


def test_an_archive_that_unpacks_to_too_much_is_no_workbook() -> None:
    data = workbook({"Data": ROWS}, styles=b" " * 101_000_000)
    assert len(data) < 1_000_000
    with pytest.raises(InputError, match="own.xlsx unpacks to 101 MB; the limit is 100 MB"):
        read_table("own.xlsx", data)


def test_entities_of_xml_do_not_grow() -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    xml = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>' + SHEET.format(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    )
    with pytest.raises(InputError, match="own.xlsx"):
        read_table("own.xlsx", workbook({"Data": ROWS}, sheet1=xml.encode()))


def test_texts_that_cells_share_are_read() -> None:
    parts = {"sharedStrings": STRINGS.format("shared"), "sheet1": SHEET.format(cells(3))}
    table = read_table("own.xlsx", workbook({"Data": ROWS}, **{name: xml.encode() for name, xml in parts.items()}))
    assert table.frame["shared"].tolist() == ["shared", "shared"]


def test_what_is_counted_is_what_is_read() -> None:
    sheets = {"Data": [["text", "n"], ["one", 1.5], ["three", 22]], "More": [["x"], ["yy"]]}
    limits = UploadLimits(rows=5, columns=2)  # ten cells: six and two are spanned
    assert len(read_table("own.xlsx", workbook(sheets), limits=limits).frame) == 2
    with pytest.raises(InputError, match="span more than 6 cells"):
        read_table("own.xlsx", workbook(sheets), limits=UploadLimits(rows=3, columns=2))
