"""What is to be said of a backbone stands on standard error after every verb; a text that it cannot embed ends it."""

import json
from pathlib import Path

import pytest
from transformers import AddedToken

from embfilter_core.cli import main
from tests.tiny import ROWS, byte_level_tokenizer, save_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backbone whose tokenizer has one token, `<extra>`, that its embedding matrix has no row for."""
    tokenizer = byte_level_tokenizer()
    known = [f"<known_{i}>" for i in range(ROWS - len(tokenizer))]
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in (*known, "<extra>")])
    return save_tiny(tmp_path_factory.mktemp("beyond") / "beyond", tokenizer=tokenizer)


def test_a_notice_is_printed_beside_the_table_and_not_in_it(folder: Path, capsys: pytest.CaptureFixture) -> None:
    capsys.readouterr()
    assert main(["spectrum", "--backbone", str(folder), "--json"]) == 0
    printed = capsys.readouterr()
    assert len(json.loads(printed.out)) == 32
    assert printed.err.startswith("Note: 1 token of its tokenizer, '<extra>' the first")
    assert len(printed.err.splitlines()) == 1


def test_a_text_with_a_token_without_an_embedding_is_one_line(folder: Path, capsys: pytest.CaptureFixture) -> None:
    capsys.readouterr()
    assert main(["lens", "the cat", "the <extra> sat", "--backbone", str(folder)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("embfilter_core lens: Text 2 of 2: '<extra>' is the token 360")
