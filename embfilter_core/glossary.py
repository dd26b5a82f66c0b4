"""Every term of the pages, once: what it means in one sentence, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

EMBEDFILTER = "EmbedFilter, arXiv 2606.07502"
HERE = "This app's own word"


@dataclass(frozen=True)
class Term:
    """A term of the glossary.

    Attributes:
        name: The term.
        meaning: What it means, in one sentence.
        source: Where it comes from.
        forms: Other ways in which prose writes it.
        ambiguous: Whether the name alone also means something else, so that only the forms are taken for it.
    """

    name: str
    meaning: str
    source: str
    forms: tuple[str, ...] = ()
    ambiguous: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name as a way to write the term, nothing where it also means something else."""
        return () if self.ambiguous else (self.name,)


TERMS = (
    Term(
        "backbone",
        "The language model whose states are the embeddings; it is read, never trained.",
        "Usual name",
        ("backbones",),
    ),
    Term(
        "stored backbone",
        "A file of what a backbone makes of some texts in every band, to look at without loading the backbone.",
        HERE,
        ("stored backbones",),
    ),
    Term(
        "embedding",
        "The numbers, d of them, that a backbone makes of a text: its hidden states, pooled into one.",
        "Usual name",
        ("embeddings",),
    ),
    Term(
        "unembedding matrix",
        "The last matrix of a language model, with a row for every token: an embedding times a row is that token's "
        "logit.",
        EMBEDFILTER,
    ),
    Term(
        "direction",
        "A right singular vector of the unembedding matrix; numbered from 0, the one with the largest singular value.",
        EMBEDFILTER,
        ("singular directions", "singular direction", "directions"),
    ),
    Term(
        "singular value",
        "How much a step of length 1 along a direction moves the logits of all tokens together.",
        "Singular value decomposition of the unembedding matrix",
        ("singular values",),
    ),
    Term(
        "kept directions",
        "The directions that the filter leaves in an embedding; the sidebar chooses them.",
        EMBEDFILTER,
        ("kept direction", "directions are kept", "directions that are kept"),
    ),
    Term(
        "removed directions",
        "The directions that the filter takes out of an embedding: all but the kept ones.",
        EMBEDFILTER,
        ("removed direction",),
    ),
    Term(
        "unfiltered",
        "With all directions, as the backbone makes the embedding.",
        HERE,
    ),
    Term(
        "filtered",
        "With the kept directions alone.",
        EMBEDFILTER,
        ("filter", "filters"),
    ),
    Term(
        "band",
        "Directions in a row, from a start to a stop that is not kept any more: `--band START STOP`.",
        HERE,
        ("bands",),
    ),
    Term(
        "bulk",
        "EmbedFilter's band: d // τ directions between the two ends of the spectrum.",
        EMBEDFILTER,
    ),
    Term(
        "τ",
        "The ratio tau: d // τ of the d directions are kept; τ = 1 is unfiltered.",
        EMBEDFILTER,
        ("ratio", "ratios", "tau"),
    ),
    Term(
        "logit",
        "A model's score of a token before it becomes a probability: the larger, the likelier.",
        "Usual name",
        ("logits",),
    ),
    Term(
        "logit lens",
        "Reads a hidden state by multiplying it with the unembedding matrix, as if the model ended there.",
        "nostalgebraist, interpreting GPT: the logit lens, 2020",
        ("lens",),
    ),
    Term(
        "frequent token",
        "One of the 500 tokens that are most frequent in the reference corpus as the backbone cuts it into tokens.",
        HERE,
        ("frequent tokens", "most frequent tokens", "500 most frequent", "most frequent"),
    ),
    Term(
        "␣ and ⏎",
        "Marks in tokens: ␣ is a space, ⏎ the end of a line, ⇥ a tab, ⟨ ⟩ what cannot be written.",
        HERE,
        ("␣", "⏎"),
    ),
    Term(
        "centring",
        "Subtracts the mean embedding of a reference corpus: what all texts have in common goes.",
        "All-but-the-top, arXiv 1702.01417; not part of EmbedFilter",
        ("centred", "centre"),
    ),
    Term(
        "PromptEOL",
        "A prompt that asks for the text in one word; the state where that word would follow is the embedding.",
        "arXiv 2307.16645",
    ),
    Term(
        "Echo",
        "A prompt that holds the text twice; the states of the second copy, which have seen all of it, are averaged.",
        "arXiv 2402.15449",
    ),
    Term(
        "pooled",
        "Made into one: the state at the last token, or the mean of the states at several.",
        "Sentence-BERT, arXiv 1908.10084",
        ("pooling", "pools"),
    ),
    Term(
        "final norm",
        "The normalisation before the unembedding matrix; states of inner layers pass it too before they are read.",
        "RMSNorm, arXiv 1910.07467; LayerNorm, arXiv 1607.06450",
    ),
    Term(
        "Δπ",
        "Spectroscopy score: how much the logits of some tokens change, as a share of them, when a direction is taken "
        "out of the average token.",
        "Logit spectroscopy, arXiv 2402.09221; EmbedFilter, arXiv 2606.07502",
        ("spectroscopy score", "spectroscopy scores", "spectroscopy"),
    ),
    Term(
        "average token",
        "The hidden state whose logits come closest to the logarithms of the token frequencies.",
        EMBEDFILTER,
    ),
    Term(
        "mean logit",
        "The mean of the logits of all tokens, which a change is measured against: a shift of all changes no rank.",
        HERE,
    ),
    Term(
        "energy",
        "The squared length of an embedding; each direction holds a share of it.",
        "Usual name in signal processing",
    ),
    Term(
        "cosine",
        "How much two embeddings point the same way: 1 the same way, 0 at right angles.",
        "Usual name",
        ("cosines",),
    ),
    Term(
        "anisotropy",
        "Mean cosine over all pairs: 0 where directions are spread evenly, 1 where all are the same.",
        "Ethayarajh, arXiv 1909.00512",
    ),
    Term(
        "effective rank",
        "exp of the entropy of the singular values of the embeddings: how many directions are really used.",
        "Roy and Vetterli 2007",
    ),
    Term(
        "uniformity",
        "log of the mean of exp(-2 |x - y|²) over pairs of unit vectors: lower is more even.",
        "Wang and Isola, arXiv 2005.10242",
    ),
    Term(
        "projected",
        "An embedding with its removed directions set to 0: d numbers still, as the logit lens needs them.",
        EMBEDFILTER,
    ),
    Term(
        "reduced",
        "The coefficients of an embedding along its kept directions alone: k numbers, what an index stores.",
        EMBEDFILTER,
    ),
    Term(
        "Zipf",
        "How common a word is: log10 of how often it occurs in a billion words of English; 7 is `the`, 3 is rare.",
        "van Heuven and others 2014, by wordfreq",
    ),
    Term(
        "points",
        "Hundredths of a measure: a correlation of 0.745 is 74.5 points.",
        "As benchmarks write scores, such as MTEB, arXiv 2210.07316",
        ("in points",),
        ambiguous=True,
    ),
    Term(
        "treatment",
        "What is stored of an embedding: a way to shorten it, how many numbers stay, and in what precision.",
        HERE,
        ("treatments",),
    ),
    Term(
        "int8",
        "A byte a number: whole numbers from -127 to 127 times one scale a vector; no dimension is scaled by itself.",
        "Symmetric quantisation, usual name",
    ),
    Term(
        "4 bits",
        "One of 16 steps a number, between the ends of its dimension over the indexed vectors.",
        "SQ4 of FAISS, arXiv 2401.08281",
    ),
    Term(
        "sign bits",
        "A bit a number, whether it is above 0; vectors are compared by how many bits differ.",
        "Binary quantisation, usual name",
    ),
    Term(
        "95 % interval",
        "Where a number would lie in 95 of 100 samples drawn like this one: the data are drawn anew, with replacement.",
        "Bootstrap, Efron 1979",
        ("95 % intervals",),
    ),
    Term(
        "average precision",
        "Items ranked by a score: the mean, over the right ones, of the share of right ones among all down to there.",
        "Usual name in retrieval",
    ),
    Term(
        "AUC",
        "How often a right item has the higher score than a wrong one: 0.5 is chance, 1 is perfect; ties count half.",
        "Area under the ROC curve, Hanley and McNeil 1982",
    ),
    Term(
        "baseline",
        "What else is done to embeddings, or in place of them, and therefore measured beside the filter.",
        "Usual name",
        ("baselines",),
    ),
    Term(
        "TF-IDF",
        "Counts of a text's words, each weighed by how few texts have it; no language model is needed.",
        "Sparck Jones 1972, as scikit-learn counts",
    ),
    Term(
        "Z-score",
        "Each number of an embedding less its mean over a reference corpus, divided by its standard deviation there.",
        "arXiv 2109.04404",
    ),
    Term(
        "whitening",
        "The principal directions of a reference corpus, each scaled to the same variance.",
        "arXiv 2103.15316",
    ),
    Term(
        "V-measure",
        "How well clusters agree with labels: 1 where each cluster is one label and each label one cluster.",
        "Rosenberg and Hirschberg 2007",
    ),
    Term(
        "purity",
        "Share of a text's nearest texts that have its own label.",
        HERE,
    ),
    Term(
        "trustworthiness",
        "Whether texts near in a picture are near in the embeddings too: 1 if all are, about 0.5 if by chance.",
        "Venna and Kaski 2001",
    ),
)
GLOSSARY = {term.name: term for term in TERMS}
"""The terms by name."""


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, Term]]:
    """What finds a term in prose, the longest first, and the term of each way to write it in small letters."""
    written = {form.lower(): term for term in TERMS for form in (*term.names, *term.forms)}
    longest = sorted(written, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])", re.IGNORECASE), written


def terms_in(prose: str) -> Iterator[tuple[int, int, Term]]:
    """Yield where a term stands in prose, start and stop, and the term; every time it is written."""
    pattern, written = _pattern()
    for match in pattern.finditer(prose):
        yield match.start(), match.end(), written[match[0].lower()]
