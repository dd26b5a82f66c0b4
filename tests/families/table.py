"""README's table of families: what a tiny random model of each gave when it was loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from embfilter_core import load_backbone
from tests.tiny import save_tiny

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- families: made by `make families` -->", "<!-- end of families -->"
HEADER = (
    "| family, by its `model_type` | head error | padding error | inner layers | logits |",
    "|---|---|---|---|---|",
)
NAMES = {
    "cwm": "Code World Model",
    "deepseek_v32": "DeepSeek V3.2",
    "glm4_moe_lite": "GLM-4.7-Flash",
    "glm_moe_dsa": "GLM-5",
    "gpt_bigcode": "StarCoder, SantaCoder",
    "gpt_neox": "Pythia, GPT-NeoX",
    "granitemoehybrid": "Granite 4",
    "hunyuan_v1_dense": "Hunyuan",
    "internvl": "InternVL 3",
    "llama": "Llama, SmolLM2",
    "opt_projected": "OPT-350m",
    "phi3": "Phi-3, Phi-4",
    "ministral3": "Ministral 3",
}


@dataclass(frozen=True)
class Row:
    """What was found of a family.

    Attributes:
        family: Its name among the definitions: its `model_type`, or a variant of it.
        head_error: Largest absolute error of the head against the model's own logits.
        padding_error: Largest difference of a text's states in a padded batch from those alone, as a share of them.
        pads: Whether texts of different length share a batch after that.
        inner: Why inner layers cannot be read, or None.
        logits: Scale and soft-cap that were read.
    """

    family: str
    head_error: float
    padding_error: float
    pads: bool
    inner: str | None
    logits: str

    def line(self) -> str:
        """The row in Markdown."""
        known = f"{NAMES[self.family]} (`{self.family}`)" if self.family in NAMES else f"`{self.family}`"
        padding = _short(self.padding_error) if self.pads else f"{100 * self.padding_error:.0f} %: not padded"
        inner = "yes" if self.inner is None else f"no: {self.inner}"
        return f"| {known} | {_short(self.head_error)} | {padding} | {inner} | {self.logits} |"


def _short(error: float) -> str:
    """One digit and the power of ten: 5e-7."""
    return f"{error:.0e}".replace("e-0", "e-") if error else "0"


def row_of(family: str, folder: Path) -> Row:
    """Save a tiny model of a family with a tokenizer, load it as anybody's own, and note what came out."""
    backbone = load_backbone(str(save_tiny(folder / family, family, tied=None)), device="cpu")
    head, inner = backbone.architecture.head, backbone.architecture.inner
    said = [f"× {head.scale:g}"] * (head.scale != 1) + [f"soft-cap {head.soft_cap}"] * (head.soft_cap is not None)
    if inner.unreadable is None:
        backbone.embed(["a cat"], layer=inner.count - 1)
    return Row(
        family,
        backbone.head_error,
        backbone.padding_error,
        backbone.architecture.pads,
        inner.unreadable,
        ", ".join(said),
    )


def written(readme: str, rows: list[Row]) -> str:
    """README with the rows, in the order of the alphabet, between its two marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = [row.line() for row in sorted(rows, key=lambda row: row.family)]
    summary = f"<details><summary>{len(rows)} families, each checked on a tiny random model</summary>"
    return "\n".join([f"{before}{BEGIN}", summary, "", *HEADER, *lines, "", "</details>", f"{END}{after}"])
