"""Files whose first line is not the header: it names the delimiter, is a comment or a title, or is a row already."""

import pytest

from embfilter_core.data.tables.columns import guess_columns
from embfilter_core.data.tables.header import NO_NAMES
from embfilter_core.data.tables.read_table import UploadedTable, read_table
from embfilter_core.errors import InputError


def read(text: str, name: str = "a.csv", **options: str) -> UploadedTable:
    return read_table(name, text.encode(), **options)


def columns(table: UploadedTable) -> list[str]:
    return list(table.frame.columns)


@pytest.mark.parametrize("line", ["sep=;", "SEP=;\r", '"sep=;"', "sep=;;;"])
def test_a_line_that_names_the_delimiter_is_followed_and_is_no_header(line: str) -> None:
    table = read(f"{line}\ntext;label\nx, y;1\nz;2\n")
    assert (columns(table), table.delimiter, table.notes) == (["text", "label"], ";", ())
    assert table.frame["text"].tolist() == ["x, y", "z"]


def test_a_delimiter_asked_for_goes_before_the_one_that_is_named() -> None:
    assert columns(read("sep=;\ntext,label\nx;,1\nz,2\n", delimiter=",")) == ["text", "label"]


@pytest.mark.parametrize("comment", ["# exported on Monday", "#", "# by A, B, C, and D", "# one\n#two\n"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_comments_before_the_header_are_left_out_and_counted(comment: str, name: str) -> None:
    mark = "\t" if name == "a.tsv" else ","
    table = read(f"{comment}\ntext{mark}label\n#x{mark}1\nz{mark}2\n", name)
    assert columns(table) == ["text", "label"]
    assert table.frame["text"].tolist() == ["#x", "z"]
    lines = f"{comment.count('#')} line{'s' if comment.count('#') > 1 else ''}"
    assert table.notes == (f"{lines} of comment (#) before the header left out.",)


def test_a_header_that_begins_with_the_sign_of_a_comment_is_kept() -> None:
    table = read("# made here\n#,text,label\n1,x,a\n2,y,b\n")
    assert columns(table) == ["#", "text", "label"]
    assert columns(read("#,text,label\n1,x,a\n2,y,b\n")) == ["#", "text", "label"]


def test_a_title_before_the_header_is_left_out_and_shown() -> None:
    table = read("Export of Monday\n\nNumber 7\nText;Label\nx;1\nz, y;2\n")
    assert columns(table) == ["Text", "Label"]
    assert table.notes == ("2 lines before the header left out.",)
    assert read("Export\ntext,label\nx,1\nz,2\n").notes == ("1 line before the header left out: 'Export'.",)


def test_texts_with_commas_under_a_usual_name_are_not_taken_for_a_title() -> None:
    table = read("text\nHello, world\nOne, text\nSo, what\n")
    assert (columns(table), len(table.frame), table.notes) == (["text"], 3, ())


def test_a_first_line_that_no_delimiter_fits_is_named() -> None:
    table = read("Report of Monday\nwhat;how\nx;1\nz;2\n")
    assert columns(table) == ["Report of Monday"]
    (note,) = table.notes
    assert note.startswith("No delimiter fits the first line, 'Report of Monday', so all is read as one column")
    assert "a semicolon would give 2 columns" in note


@pytest.mark.parametrize(
    ("text", "kind", "roles"),
    [
        ("cat,dog,2\nsun,moon,1\nx,y,3\n", "pairs", ["text1", "text2", "score"]),
        ("The cat sleeps,pets\nThe bank lends,money\nThe dog barks,pets\n", "labelled", ["text", "label"]),
        ("q1\t0\td1\t1\nq2\t0\td2\t0\nq1\t0\td3\t1\n", "relevance", ["judged_query", "judged_document", "grade"]),
    ],
    ids=["pairs", "labelled", "relevance of TREC"],
)
def test_without_a_header_the_first_row_is_a_row_and_is_said(text: str, kind: str, roles: list[str]) -> None:
    table = read(text)
    assert len(table.frame) == 3
    assert columns(table)[0] == "column 1"
    assert table.notes == (NO_NAMES,)
    assert list(guess_columns(table.frame, kind)) == roles


@pytest.mark.parametrize(
    "text",
    [
        "country,2019,2020\nwet,1,2\ndry,3,4\n",
        "first,second\nx,y\nz,x\n",
        "text,label\nlabel,text\nx,label\n",
        "one,two\nx,y\none,two\n",
        "x\n1\nx\n",
    ],
    ids=["years", "names", "usual names", "a header that is repeated", "one column"],
)
def test_a_header_is_not_taken_for_a_row(text: str) -> None:
    table = read(text)
    assert columns(table) == text.split("\n")[0].split(",")
    assert NO_NAMES not in table.notes


def test_lines_are_counted_from_the_beginning_of_the_file() -> None:
    with pytest.raises(InputError, match="line 5: 1 cell, but the header has 2"):
        read("# a\n# b\ntext,label\nx,1\ny\nz,3\n")


def test_empty_cells_beyond_the_header_and_rows_of_delimiters_only_do_no_harm() -> None:
    table = read("text,label\nx,1,,\n,\n,,,\ny,2\n")
    assert table.frame["text"].tolist()[::3] == ["x", "y"]
    assert table.frame.isna().all(axis=1).tolist() == [False, True, True, False]
