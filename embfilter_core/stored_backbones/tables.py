"""All stored backbones in one table, and their spectra over relative index in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.stored_backbones.reading import read_parts
from embfilter_core.stored_backbones.sentences import what_it_shows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from embfilter_core.stored_backbones.stored_backbone import Findings, StoredBackbone


def backbones_table(stored: Sequence[StoredBackbone]) -> pd.DataFrame:
    """Return one row a stored backbone: what it is, where its frequent tokens live, what its filtered tokens are.

    Columns: `id`, `backbone`, `prompt`, `layer`, `d`, `tokens`, `weights`, `licence`; `delta_pi_first` and
    `delta_pi_last` (shares of a sixteenth of the directions), `energy_first`, `energy_last`, `energy_very_last`;
    `r_squared_b_0`, `r_squared_b_mean`; `frequent_...` and `own_...`, shares among the top 20 (`unfiltered`, `kept`,
    `centred`), and `..._change`, of kept to unfiltered, with `_low` and `_high`; `shows` (sentences).
    """
    import pandas as pd

    return pd.DataFrame([_row(one) for one in stored])


def spectra_table(stored: Sequence[StoredBackbone]) -> pd.DataFrame:
    """Return one row a stored backbone and direction, its singular values normalised by the largest.

    Columns: `id`, `backbone`, `direction`, `relative_index` (0 to 1), `singular_value`, `of_the_largest`, `delta_pi`
    (a share) and `energy` (a share, of the corpus).
    """
    import pandas as pd

    return pd.concat([_spectrum(one) for one in stored], ignore_index=True) if stored else pd.DataFrame()


def _row(stored: StoredBackbone) -> dict[str, object]:
    found = stored.findings
    return {
        "id": stored.id,
        "backbone": stored.name,
        "prompt": stored.prompt,
        "layer": stored.layer,
        "d": stored.d,
        "tokens": stored.vocab_size,
        "weights": stored.parameters,
        "licence": stored.licence,
        "delta_pi_first": found.score[0],
        "delta_pi_last": found.score[1],
        "energy_first": found.energy[0],
        "energy_last": found.energy[1],
        "energy_very_last": found.last_direction,
        "r_squared_b_0": found.r_squared[0],
        "r_squared_b_mean": found.r_squared[1],
        **_shares(found),
        "shows": " ".join(what_it_shows(found)),
    }


def _shares(found: Findings) -> dict[str, float]:
    row: dict[str, float] = {}
    for name, shares, changes in (
        ("frequent", found.frequent, found.frequent_change),
        ("own", found.own, found.own_change),
    ):
        row |= {f"{name}_{reading}": share[0] for reading, share in shares.items()}
        value, low, high = changes["kept"]
        row |= {f"{name}_change": value, f"{name}_change_low": low, f"{name}_change_high": high}
    return row


def _spectrum(stored: StoredBackbone) -> pd.DataFrame:
    import pandas as pd

    parts = read_parts(stored)
    values, last = parts.directions["values"], max(stored.d - 1, 1)
    total = sum(parts.scores)
    return pd.DataFrame(
        {
            "id": stored.id,
            "backbone": stored.name,
            "direction": range(stored.d),
            "relative_index": [place / last for place in range(stored.d)],
            "singular_value": values,
            "of_the_largest": [value / values[0] for value in values],
            "delta_pi": [score / total for score in parts.scores],
            "energy": parts.energies["the corpus"],
        }
    )
