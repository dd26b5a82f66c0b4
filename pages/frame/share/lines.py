"""Python lines in the making: what they import, and what many pages need alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pages.frame.share.sources import own_corpus
from pages.frame.sidebar_controls import COUNTED, CUSTOM
from pages.frame.values import value_of

if TYPE_CHECKING:
    from pages.frame.share.shown import Shown
    from pages.frame.share.sources import Source

LIBRARY = "embfilter_core"
MEAN = "embed_corpus(backbone, lee_background(), prompt, layer=layer).mean(axis=0)"


class NoLines(Exception):
    """A page has no Python lines, for the reason that is said."""


@dataclass
class Lines:
    """Python lines in the making.

    Attributes:
        names: What is imported of the library.
        others: Other imports: names by module.
        body: The lines.
        needs: What there is to say about them.
    """

    names: set[str] = field(default_factory=set)
    others: dict[str, set[str]] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    def use(self, *names: str, of: str = "") -> None:
        """Import names, of the library itself or of one of its modules."""
        (self.others.setdefault(of, set()) if of else self.names).update(names)

    def add(self, *lines: str) -> None:
        """Add lines."""
        self.body += lines

    def source(self, name: str, source: Source) -> None:
        """Make texts or labelled data under a name.

        Raises:
            NoLines: No lines can make them.
        """
        if not source.lines:
            raise NoLines(source.why_not)
        self.use(*source.imports)
        *before, last = source.lines
        self.add(*before, f"{name} = {last}")
        if any("Path(" in line for line in source.lines):
            self.use("Path", of="pathlib")
        if any("corpora_of(" in line for line in source.lines):
            self.use("corpora_of", of=f"{LIBRARY}.quality.measuring")
        if any("columns_of(" in line for line in source.lines):
            self.use("columns_of", of=f"{LIBRARY}.data.tables.columns")
            self.use("task_from_table", of=f"{LIBRARY}.data.tables.task_tables")
        self.needs.append(source.needs)

    def written(self) -> str:
        """Return all of it."""
        modules = {**self.others, LIBRARY: self.names}
        imports = [
            f"from {module} import {', '.join(sorted(modules[module]))}" for module in sorted(modules, key=_order)
        ]
        return "\n".join([*imports, "", *self.body])


def _order(module: str) -> tuple[bool, str]:
    return module.startswith(LIBRARY), module


def add_backbone(shown: Shown, lines: Lines) -> None:
    """Add the backbone, its prompt, the layer, and the mean where embeddings are centred."""
    view = shown.view
    lines.use("load_backbone")
    lines.add(f"backbone = load_backbone({view.backbone!r}, {view.dtype!r}, {view.device!r})")
    if view.prompt == CUSTOM:
        lines.use("Prompt")
        lines.add(f"prompt = Prompt('custom', 'Custom', {view.template!r}, {view.pooling!r})")
    else:
        lines.add("prompt = backbone.default_prompt" if shown.prompt is None else f"prompt = {shown.prompt!r}")
    lines.add(f"layer = {view.layer!r}" + ("  # the last" if view.layer is None else ""))
    if view.centre:
        lines.use("embed_corpus", "lee_background")
        lines.add(f"mean = {MEAN}")


def centred(shown: Shown, embeddings: str) -> str:
    """Return an expression for embeddings, the mean subtracted where the page subtracts it."""
    return f"{embeddings} - mean" if shown.view.centre else embeddings


def add_kept(shown: Shown, lines: Lines) -> None:
    """Add the kept directions."""
    kept = shown.view.kept
    if kept.preset == CUSTOM:
        lines.use("KeptDirections")
        start, stop = shown.band or (0, 0)
        lines.add(f"kept = KeptDirections.band(backbone.d, {start}, {stop})")
        return
    lines.use("choose_directions")
    more = {
        "bulk": ", bulk_start=backbone.bulk_start",
        "random": f", seed={kept.seed}",
        "quiet": ", spectroscopy_scores=frequent_token_scores(backbone)",
    }
    if kept.preset == "quiet":
        lines.use("frequent_token_scores")
    lines.add(f"kept = choose_directions({kept.preset!r}, backbone.d, {kept.ratio}{more.get(kept.preset, '')})")


def add_embedded(shown: Shown, lines: Lines) -> None:
    """Add the embeddings of the texts, unfiltered (`H`) and filtered (`P`)."""
    add_backbone(shown, lines)
    add_kept(shown, lines)
    lines.use("EmbedFilter")
    lines.add(
        f"texts = {list(shown.texts)!r}",
        f"H = {centred(shown, 'backbone.embed(texts, prompt, layer=layer)')}",
        "P = EmbedFilter(backbone.spectrum, kept).project(H)",
    )


def add_rates(lines: Lines) -> None:
    """Add how frequent tokens are.

    Raises:
        NoLines: They are counted in a corpus that no lines can make.
    """
    if value_of(COUNTED) != "own":
        lines.use("reference_token_rates")
        lines.add("rates = reference_token_rates(backbone)")
        return
    lines.use("count_tokens", "token_rates")
    lines.source("counted", own_corpus())
    lines.add("rates = token_rates(count_tokens(backbone, counted.texts, counted.name))")


def add_corpus(shown: Shown, lines: Lines, source: Source) -> None:
    """Add a corpus without its equal texts (`folded`), and its coefficients (`C`).

    Raises:
        NoLines: No lines can make it.
    """
    lines.use("embed_corpus", "fold_corpus")
    lines.source("corpus", source)
    embedded = centred(shown, "embed_corpus(backbone, folded.corpus, prompt, layer=layer)")
    lines.add("folded = fold_corpus(corpus)", f"C = backbone.spectrum.coefficients({embedded})")
