"""The map of quality by layer and ratio writes every score with its interval, on colours that do not magnify."""

import numpy as np
import pandas as pd
import pytest

from embfilter_core.figures.layer_quality import quality_map

SCORES = np.array([[0.0, 10, 20, 30], [40, 41, 42, 43], [70, 71, 72.5, 69]])
LABEL = "Spearman correlation"


def quality(scores: np.ndarray = SCORES) -> pd.DataFrame:
    """A table as `quality_table` gives it."""
    layers = 3 * np.arange(len(scores))
    return pd.DataFrame(
        {
            "layer": np.repeat(layers, 4),
            "ratio": np.tile([1, 2, 4, 8], len(layers)),
            "score": scores.ravel(),
            "low": scores.ravel() - 4,
            "high": scores.ravel() + 6,
        }
    )


def test_every_cell_shows_its_score_and_half_of_its_interval() -> None:
    (heat,) = quality_map(quality(), LABEL).data
    assert np.array(heat.z).tolist() == SCORES.tolist()
    assert heat.text[2][2] == "72.5 ± 5.0"
    assert heat.hovertext[2][2] == "layer 6, 1/4 of the directions<br>" + (
        f"{LABEL}: 72.5 points<br>95 % interval 68.5 to 78.5"
    )
    assert heat.hovertext[0][0].startswith("layer 0, unfiltered<br>")


def test_rows_are_layers_upwards_and_columns_ratios() -> None:
    layout = quality_map(quality(), LABEL).layout
    assert layout.yaxis.ticktext == ("0", "3", "6")
    assert layout.yaxis.autorange is None  # not reversed: the deepest layer is on top
    assert layout.xaxis.ticktext == ("unfiltered", "1/2", "1/4", "1/8")
    assert quality_map(quality(np.zeros((9, 4))), LABEL).layout.height > layout.height


@pytest.mark.parametrize(("lowest", "zmin"), [(0.0, 0), (55.0, 0), (-3.0, -10), (-20.0, -20)])
def test_colours_run_from_zero_to_a_hundred_points_and_below_only_for_negative_scores(
    lowest: float, zmin: float
) -> None:
    (heat,) = quality_map(quality(np.maximum(SCORES, lowest) if lowest >= 0 else SCORES + lowest), LABEL).data
    assert (heat.zmin, heat.zmax) == (zmin, 100)
