"""EmbedFilter, the one formula: keep the directions K of V, z = h V_K (arXiv 2606.07502)."""

from pathlib import Path

import numpy as np

from embfilter_core import __version__
from embfilter_core.errors import InputError
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.storage.arrays import read_arrays, save_arrays


class EmbedFilter:
    """A fitted filter: nothing is learnt but the kept singular directions of the backbone's W_U.

    Args:
        spectrum: Spectrum of the backbone.
        kept: Directions to keep.
        prompt: Id or template of the prompt it is meant for; written into the saved file.

    Attributes:
        kept: The kept directions.
        basis: (k, d) float64, the kept v_i as rows: V_K^T.
        backbone: Fingerprint of the backbone, or "".
        prompt: As given.

    Raises:
        InputError: The selection is for another number of directions.
    """

    def __init__(self, spectrum: Spectrum, kept: KeptDirections, prompt: str = "") -> None:
        if kept.d != spectrum.d:
            raise InputError(
                f"The selection is over {kept.d} directions, the spectrum has {spectrum.d}.",
                "Make it with the d of this backbone.",
            )
        self._set(kept, spectrum.directions[kept.indices], spectrum.backbone, prompt)

    def reduce(self, embeddings: np.ndarray) -> np.ndarray:
        """The reduced form H V_K, (n, d) -> (n, k), what an index stores; with every direction kept, H itself."""
        embeddings = self._checked(embeddings)
        if self.kept.is_unfiltered:
            return embeddings
        reduced: np.ndarray = (embeddings @ self.basis.T).astype(embeddings.dtype)
        return reduced

    def project(self, embeddings: np.ndarray) -> np.ndarray:
        """The projected form H V_K V_K^T, (n, d) -> (n, d), what the logit lens reads."""
        embeddings = self._checked(embeddings)
        if self.kept.is_unfiltered:
            return embeddings
        projected: np.ndarray = (embeddings @ self.basis.T @ self.basis).astype(embeddings.dtype)
        return projected

    def save(self, path: str | Path, mean: np.ndarray | None = None) -> None:
        """Write the filter as safetensors, with the facts about it as JSON in the header.

        Args:
            path: The file.
            mean: (d,) what is subtracted before the filter, for programs that read the file; `load` refuses it then.
        """
        facts = {
            "kind": "embfilter",
            "version": __version__,
            "backbone": self.backbone,
            "prompt": self.prompt,
            "preset": self.kept.name,
            "d": self.kept.d,
        }
        centring = {} if mean is None else {"mean": mean}
        save_arrays(Path(path), {"basis": self.basis, "indices": self.kept.indices, **centring}, facts)

    @classmethod
    def load(cls, path: str | Path) -> "EmbedFilter":
        """Read a saved filter.

        Raises:
            InputError: The file is missing, damaged or not a filter, or centres before it filters.
        """
        try:
            stored = read_arrays(Path(path))
        except (OSError, ValueError) as error:
            raise InputError(f"Cannot read a filter from {path}: {error}.", "Save it again.") from error
        if stored.facts.get("kind") != "embfilter":
            raise InputError(f"{path} is not a saved filter.", "Use a file written by EmbedFilter.save.")
        if "mean" in stored.arrays:
            raise InputError(
                f"{path} subtracts a mean before it filters, and this filter would not.",
                "Use the embed.py beside it, or subtract `mean` and multiply by `basis` yourself.",
            )
        kept = KeptDirections(stored.facts["d"], stored.arrays["indices"], stored.facts["preset"])
        loaded = cls.__new__(cls)
        loaded._set(kept, stored.arrays["basis"], stored.facts["backbone"], stored.facts["prompt"])
        return loaded

    def _set(self, kept: KeptDirections, basis: np.ndarray, backbone: str, prompt: str) -> None:
        self.kept, self.basis, self.backbone, self.prompt = kept, basis, backbone, prompt

    def _checked(self, embeddings: np.ndarray) -> np.ndarray:
        embeddings = np.asarray(embeddings)
        if embeddings.ndim != 2 or embeddings.shape[1] != self.kept.d:
            raise InputError(
                f"Embeddings of shape {embeddings.shape} do not fit this filter.", f"Pass (n, {self.kept.d})."
            )
        return embeddings
