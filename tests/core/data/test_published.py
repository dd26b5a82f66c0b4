"""The published numbers: whole, typed in without a slip, and saying what the app says of them."""

from importlib.resources import files

import numpy as np
import pytest

from embfilter_core.data.published import ABLATION, DATA_SETS, PAPER, published_ablation, published_results
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.spectral.presets import PRESETS

BACKBONES = ("qwen2.5-0.5b", "llama-3.1-8b-instruct", "mistral-7b-instruct-v0.3")
SETUPS = [(backbone, prompt) for backbone in BACKBONES for prompt in ("prompteol", "echo")]


def score(backbone: str, prompt: str, tau: int, column: str = "average") -> float:
    table = published_results().set_index(["backbone", "prompt", "tau"])
    return table.loc[(backbone, prompt, tau), column]


def test_every_setup_is_there_once_at_every_tau_without_a_gap() -> None:
    table = published_results()
    assert list(table.columns) == ["backbone", "prompt", "tau", *DATA_SETS, "average"]
    rows = list(table[["backbone", "prompt", "tau"]].itertuples(index=False, name=None))
    assert rows == [(*setup, tau) for setup in SETUPS for tau in (1, 2, 4, 8)]
    assert table.notna().all(axis=None)


def test_every_average_is_that_of_the_49_data_sets_behind_its_categories() -> None:
    table, sizes = published_results(), np.array(list(DATA_SETS.values()))
    assert sizes.sum() == 49
    means = table[list(DATA_SETS)].to_numpy() @ sizes / sizes.sum()
    # Each category was rounded to 0.01 before.
    assert np.abs(means - table["average"].to_numpy()).max() <= 0.0101


@pytest.mark.parametrize(
    ("setup", "averages"),
    [
        (("qwen2.5-0.5b", "prompteol"), (50.07, 54.57, 53.47, 51.43)),
        (("qwen2.5-0.5b", "echo"), (46.03, 52.55, 51.50, 49.43)),
        (("llama-3.1-8b-instruct", "prompteol"), (55.13, 56.79, 56.78, 56.46)),
        (("llama-3.1-8b-instruct", "echo"), (53.52, 57.70, 57.32, 56.61)),
        (("mistral-7b-instruct-v0.3", "prompteol"), (49.47, 51.50, 52.26, 52.35)),
        (("mistral-7b-instruct-v0.3", "echo"), (53.21, 56.10, 56.25, 55.82)),
    ],
)
def test_the_averages_are_those_of_the_paper(setup: tuple[str, str], averages: tuple[float, ...]) -> None:
    assert [score(*setup, tau) for tau in (1, 2, 4, 8)] == list(averages)


@pytest.mark.parametrize("setup", SETUPS)
def test_the_filter_raises_every_average_and_at_tau_8_lowers_classification(setup: tuple[str, str]) -> None:
    assert min(score(*setup, tau) for tau in (2, 4, 8)) > score(*setup, 1)
    assert score(*setup, 8, "classification") < score(*setup, 1, "classification")


def test_the_ablation_compares_presets_and_baselines_on_one_setup() -> None:
    table = published_ablation()
    assert list(table.columns) == ["kept", "average"]
    assert table["kept"].is_unique
    assert len(table) == 9
    assert set(table["kept"]) <= {*PRESETS, *BASELINES}
    assert set(PRESETS) <= set(table["kept"])


def test_the_ablation_begins_with_the_same_setup_of_the_large_table_and_says_what_the_app_says() -> None:
    average = published_ablation().set_index("kept")["average"]
    assert average.iloc[:2].to_dict() == {
        "unfiltered": score(ABLATION["backbone"], ABLATION["prompt"], 1),
        "bulk": score(ABLATION["backbone"], ABLATION["prompt"], 2),
    }
    assert average.idxmax() == "bulk"
    assert average["quiet"] < average["bulk"]
    assert average["secondary"] < average["unfiltered"] < average["dominant"]
    gained = (average["dominant"] - average["unfiltered"]) / (average["bulk"] - average["unfiltered"])
    assert gained == pytest.approx(0.69, abs=0.005)


def test_the_file_names_its_source() -> None:
    assert PAPER in (files("embfilter_core.data") / "published.tsv").read_text("utf-8").splitlines()[0]
