"""Tables of the logit lens hold what is shown, and are safe to open in a spreadsheet."""

import io

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, compare_lenses
from embfilter_core.data.corpora import Corpus
from embfilter_core.data.folding import fold_corpus
from embfilter_core.lens.comparison import compare_logits, logit_changes
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates
from embfilter_core.ranking.cosines import NeighbourComparison
from embfilter_core.tables.files import escape_formula, to_csv
from embfilter_core.tables.lens import LENS_COLUMNS, difference_table, lens_table, neighbour_table
from embfilter_core.tables.lens_summary import summarise_lists, summary_table
from embfilter_core.vocabulary.logit_lens import lens_logits, ranks_of
from embfilter_core.vocabulary.token_frequency import token_zipf
from tests.each import for_each

TEXTS = ["the cat sat", "one word in a sentence"]
FIRST = np.array([[9, 8, 7, 6, 5], [1, 2, 3, 4, 5]], dtype=np.float32)
SECOND = np.array([[1, 8, 9, 7, 2], [5, 4, 3, 2, 1]], dtype=np.float32)


@pytest.fixture
def rates(llama: Backbone) -> TokenRates:
    return token_rates(count_tokens(llama, TEXTS, "texts"))


@pytest.fixture
def small(llama: Backbone, rates: TokenRates) -> pd.DataFrame:
    """Five tokens, lists of three: the first text loses token 0 and gains token 3, the second is turned round."""
    return lens_table(compare_logits(FIRST, SECOND, llama.token_texts, top=3), llama.token_texts, rates)


def listed(table: pd.DataFrame, text: int, name: str) -> pd.DataFrame:
    return table[(table["text"] == text) & (table["list"] == name)]


def test_a_lens_table_has_a_row_for_every_listed_token_in_reading_order(small: pd.DataFrame) -> None:
    assert list(small.columns) == LENS_COLUMNS
    assert small[["text", "list", "rank"]].values.tolist() == [
        [text, name, rank] for text in (1, 2) for name in ("unfiltered", "filtered") for rank in (1, 2, 3)
    ]


def test_every_row_holds_both_ranks_and_both_logits(small: pd.DataFrame) -> None:
    unfiltered, filtered = listed(small, 1, "unfiltered"), listed(small, 1, "filtered")
    assert unfiltered["token_id"].tolist() == [0, 1, 2]
    assert unfiltered["logit"].tolist() == [9, 8, 7]
    assert unfiltered["other_rank"].tolist() == [5, 2, 1]
    assert unfiltered["other_logit"].tolist() == [1, 8, 9]
    assert filtered["token_id"].tolist() == [2, 1, 3]
    assert filtered["logit"].tolist() == [9, 8, 7]
    assert filtered["other_rank"].tolist() == [3, 2, 4]
    assert filtered["other_logit"].tolist() == [7, 8, 6]


def test_change_is_the_places_gained_from_the_first_list_to_the_second_in_both_lists(small: pd.DataFrame) -> None:
    assert listed(small, 1, "unfiltered")["change"].tolist() == [1 - 5, 0, 3 - 1]
    assert listed(small, 1, "filtered")["change"].tolist() == [3 - 1, 0, 4 - 3]


def test_a_token_in_both_lists_has_one_change(small: pd.DataFrame) -> None:
    for _, rows in small.groupby(["text", "token_id"]):
        assert rows["change"].nunique() == 1


def test_status_says_who_left_entered_and_stayed(small: pd.DataFrame) -> None:
    assert listed(small, 1, "unfiltered")["status"].tolist() == ["left", "stayed", "stayed"]
    assert listed(small, 1, "filtered")["status"].tolist() == ["stayed", "stayed", "entered"]
    for text in (1, 2):
        left = (listed(small, text, "unfiltered")["status"] == "left").sum()
        assert left == (listed(small, text, "filtered")["status"] == "entered").sum()


def test_tokens_are_written_readably_and_rated_by_themselves_and_by_their_text(
    llama: Backbone, rates: TokenRates
) -> None:
    embeddings = llama.embed(TEXTS)
    table = lens_table(compare_lenses(llama, embeddings, -embeddings, 90), llama.token_texts, rates)
    ids = table["token_id"].to_numpy()
    assert np.array_equal(table["per_million"], rates.per_million[ids])
    assert np.array_equal(table["estimated"], ~rates.seen[ids])
    assert np.array_equal(table["frequent"], rates.frequent[ids])
    assert table["estimated"].nunique() == table["frequent"].nunique() == 2
    assert table["token"].tolist() == llama.token_texts.readable_all(table["token_id"])
    expected = [token_zipf(llama.token_texts.text(i)) for i in table["token_id"]]
    assert np.array_equal(table["zipf"], expected, equal_nan=True)
    assert table["zipf"].notna().any()


def test_a_table_of_no_texts_is_empty_with_its_columns(llama: Backbone, rates: TokenRates) -> None:
    empty = lens_table(compare_logits(FIRST[:0], SECOND[:0], llama.token_texts, top=3), llama.token_texts, rates)
    assert empty.empty
    assert list(empty.columns) == LENS_COLUMNS


def rated(frequent: tuple[int, ...], size: int) -> TokenRates:
    """Rates by which the given tokens are frequent."""
    mask = np.isin(np.arange(size), frequent)
    return TokenRates(np.ones(size), np.ones(size, dtype=bool), mask, size, "here")


def test_the_summary_is_one_row_a_text_with_its_numbers_of_frequent_tokens(llama: Backbone) -> None:
    comparison = compare_logits(FIRST, SECOND, llama.token_texts, top=3)
    first, second = summary_table(comparison, TEXTS, rated((0, 1, 3), llama.vocab_size)).to_dict("records")
    assert first | {"text": "", "tokens_first": "", "tokens_second": ""} == {
        "number": 1,
        "text": "",
        "frequent_first": 2,  # of the tokens 0, 1, 2
        "frequent_second": 2,  # of the tokens 2, 1, 3
        "entered": 1,
        "tokens_first": "",
        "tokens_second": "",
    }
    assert (second["number"], second["text"]) == (2, TEXTS[1])
    assert (second["frequent_first"], second["frequent_second"], second["entered"]) == (1, 2, 2)
    assert first["tokens_second"] == " ".join(llama.token_texts.readable_all([2, 1, 3]))


def test_the_headline_counts_frequent_tokens_and_says_what_chance_gives(llama: Backbone) -> None:
    comparison, rates = compare_logits(FIRST, SECOND, llama.token_texts, top=3), rated((0, 1, 3), 360)
    lists = summarise_lists(comparison, 1, ("unfiltered", "filtered"), llama.token_texts, rates)
    assert (lists.frequent, lists.entered, lists.counted) == ("1 → 2", 2, 3)
    assert lists.headline.startswith(
        "Unfiltered, 1 of the top 3 are among the 3 most frequent tokens; filtered, 2 of the top 3. Chance: 0.0 of 3, "
        "as these 3 tokens are 0.8 % of the vocabulary"
    )
    for part in ("Mean Zipf of these 3: ", "unknown pieces count 0", "known words are "):
        assert part in lists.mean_zipf


def test_risen_and_fallen_are_the_largest_changes_against_the_average(llama: Backbone, rates: TokenRates) -> None:
    embeddings = llama.embed(TEXTS)
    projected = EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d)).project(embeddings)
    unfiltered, filtered = (lens_logits(llama.architecture.head, states) for states in (embeddings, projected))
    table = difference_table(unfiltered, filtered, llama.token_texts, rates, top=6)
    changes = logit_changes(unfiltered, filtered)
    for text in (1, 2):
        risen, fallen = (table[(table["text"] == text) & (table["list"] == name)] for name in ("risen", "fallen"))
        assert risen["difference"].tolist() == sorted(changes[text - 1], reverse=True)[:6]
        assert fallen["difference"].tolist() == sorted(changes[text - 1])[:6]
        assert risen["difference"].min() > 0 > fallen["difference"].max()
        ids = risen["token_id"].to_numpy()[None]
        assert risen["rank_unfiltered"].tolist() == ranks_of(unfiltered[text - 1 : text], ids)[0].tolist()
        assert risen["rank_filtered"].tolist() == ranks_of(filtered[text - 1 : text], ids)[0].tolist()


def test_a_shift_that_all_tokens_share_is_no_difference(llama: Backbone, rates: TokenRates) -> None:
    table = difference_table(FIRST, FIRST + 100, llama.token_texts, rates, top=2)
    assert np.abs(table["difference"]).max() <= 1e-5


def test_a_difference_lists_only_the_allowed_tokens(llama: Backbone, rates: TokenRates) -> None:
    allowed = np.array([False, True, True, False, True])
    table = difference_table(FIRST, SECOND, llama.token_texts, rates, 2, allowed)
    assert set(table["token_id"]) <= {1, 2, 4}
    assert len(table) == 2 * 2 * 2


def test_neighbours_become_rows_with_their_texts() -> None:
    near = NeighbourComparison(
        positions=np.array([2, 0]),
        ranks_unfiltered=np.array([1, 7]),
        ranks_filtered=np.array([3, 4]),
        cosines_unfiltered=np.array([0.9, 0.5]),
        cosines_filtered=np.array([0.8, 0.1]),
    )
    columns = ["rank_unfiltered", "rank_filtered", "text", "cosine_unfiltered", "cosine_filtered"]
    texts = ("zero", "one", "zero ", "two")
    table = neighbour_table(near, fold_corpus(Corpus("here", "Here", texts, "here")))
    assert list(table.columns) == [*columns, "copies"]
    assert table.values.tolist() == [[1, 3, "two", 0.9, 0.8, 1], [7, 4, "zero", 0.5, 0.1, 2]]
    known = Corpus("here", "Here", texts, "here", ids=("a", "b", "c", "d"), rows=(1, 3, 4, 9))
    table = neighbour_table(near, fold_corpus(known))
    assert table[["text", "id", "row", "copies"]].values.tolist() == [["two", "d", 9, 1], ["zero", "a", 1, 2]]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(first: str) -> None:
    cell = f"{first}cmd|' /C calc'!A0"
    assert escape_formula(cell) == f"'{cell}"
    assert f"'{cell}" in read_back(pd.DataFrame({"token": [cell]}))["token"].tolist()


@pytest.mark.parametrize("cell", ["cat", "␣=1", "a=b", "", 3.5, -2, None])
def test_other_cells_are_left_alone(cell: object) -> None:
    assert escape_formula(cell) is cell


def test_negative_numbers_stay_numbers() -> None:
    csv = to_csv(pd.DataFrame({"change": [-424], "logit": [-1.5]}))
    assert csv.decode("utf-8-sig").splitlines() == ["change,logit", "-424,-1.5"]


def test_csv_begins_with_the_mark_that_spreadsheets_read_as_utf8() -> None:
    assert to_csv(pd.DataFrame({"token": ["猫"]})).startswith(b"\xef\xbb\xbf")


def test_writing_leaves_the_table_as_it_is() -> None:
    table = pd.DataFrame({"token": ["=1"]})
    to_csv(table)
    assert table["token"].tolist() == ["=1"]


def read_back(table: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(to_csv(table).decode("utf-8-sig"), newline=""), keep_default_na=False)


def test_a_lens_table_survives_the_way_through_csv(small: pd.DataFrame) -> None:
    back = read_back(small.assign(zipf=1.25))
    assert list(back.columns) == LENS_COLUMNS
    for column in ("text", "rank", "token_id", "logit", "other_rank", "other_logit", "change", "zipf"):
        assert np.allclose(back[column], small.assign(zipf=1.25)[column])
    for column in ("list", "status"):
        assert back[column].tolist() == small[column].tolist()


@for_each(token=['"', ",", "⏎", "a\nb", "a\rb", "a\r\nb", '","', "נָא", "🐈", "null", "NA"])
def test_a_token_survives_the_way_through_csv(token: str) -> None:
    assert read_back(pd.DataFrame({"token": [token], "rank": [1]}))["token"].tolist() == [token]
