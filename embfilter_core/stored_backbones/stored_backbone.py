"""What a stored backbone says of itself: all that a list of them shows, read without the rest of its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FORMAT = 1
"""Of the files that this version writes; one with a higher number is refused."""
ENDING = ".embfilter.zip"

Ends = tuple[float, float, float]
"""A mean and its 95 % interval over resampled texts: value, low, high."""


@dataclass(frozen=True)
class StoredText:
    """A text of a stored backbone.

    Attributes:
        text: The text.
        position: Its place in the reference corpus, from 0; None where it is not of it.
        own: Words of its own among the top 20 tokens: unfiltered, kept, centred.
    """

    text: str
    position: int | None
    own: tuple[int, int, int]


@dataclass(frozen=True)
class Findings:
    """Numbers that tell backbones apart: where frequent tokens live, and what the bulk at tau 2 does to top tokens.

    Attributes:
        d: Number of directions.
        block: Directions of a sixteenth of the spectrum.
        score: Share of the spectroscopy scores in the first and in the last sixteenth.
        energy: Share of the energy of the corpus's texts in the first and in the last sixteenth.
        last_direction: Share of that energy in the very last direction.
        r_squared: Of the average token's fit to log p, with b = 0 and with b = -mean(log p).
        zipf_r_squared: Of the Zipf frequency in the first, middle and last sixteenth; None where no word is known.
        texts: Number of texts that the shares are of.
        chance: Share of the frequent tokens in the vocabulary.
        frequent: Share of frequent tokens among the top 20, by reading (`unfiltered`, `kept`, `centred`).
        own: Share of the text's own words among them, by reading.
        frequent_change: Difference of a reading (`kept`, `centred`) to unfiltered, paired.
        own_change: The same of the text's own words.
    """

    d: int
    block: int
    score: tuple[float, float]
    energy: tuple[float, float]
    last_direction: float
    r_squared: tuple[float, float]
    zipf_r_squared: tuple[float, float, float] | None
    texts: int
    chance: float
    frequent: dict[str, Ends]
    own: dict[str, Ends]
    frequent_change: dict[str, Ends]
    own_change: dict[str, Ends]


@dataclass(frozen=True)
class StoredBackbone:
    """A stored backbone, as its file describes it.

    Attributes:
        name: Name for people.
        hub_id: Repository on the Hugging Face hub; empty where that is not known.
        revision: Commit of it; empty where that is not known.
        licence: Licence of the weights; empty where that is not known.
        fingerprint: 32 hexadecimal digits over weights, configuration and vocabulary.
        family: What it is built like, such as `qwen2`.
        d: Width of an embedding.
        vocab_size: Rows |V| of the unembedding matrix, padded ones included.
        layers: Number of layers.
        parameters: Number of weights.
        dtype: In which its texts were read.
        quirk: A sentence on what is unlike others; may be empty.
        prompt: Id of the prompt, or its template.
        prompt_name: What the prompt is called.
        lists: What its token lists show, a sentence.
        layer: The layer that was pooled, counted from 0 (the token embeddings).
        corpus: Name of the reference corpus.
        corpus_source: Where that comes from.
        corpus_texts: Number of its texts.
        head_error: Largest absolute error of our head against the model's own logits.
        logit_error: Largest difference of a logit that is shown for a band to the live one, which storing it makes.
        cosine_error: The same of a cosine.
        texts: Its texts, the typical one first.
        findings: What tells it apart.
        date: Day on which it was made, as YYYY-MM-DD.
        version: Version of the program that made it.
        shipped: Whether it comes with the app; not part of the file.
        path: Its file; not part of it.
    """

    name: str
    hub_id: str
    revision: str
    licence: str
    fingerprint: str
    family: str
    d: int
    vocab_size: int
    layers: int
    parameters: int
    dtype: str
    quirk: str
    prompt: str
    prompt_name: str
    lists: str
    layer: int
    corpus: str
    corpus_source: str
    corpus_texts: int
    head_error: float
    logit_error: float
    cosine_error: float
    texts: tuple[StoredText, ...]
    findings: Findings
    date: str
    version: str
    shipped: bool = False
    path: Path | None = None

    @property
    def id(self) -> str:
        """Its name in links and on the command line: that of its file."""
        return "" if self.path is None else self.path.name.removesuffix(ENDING)

    @property
    def stamp(self) -> str:
        """What a page writes beside it: that it is stored, of what, and when it was made."""
        return (
            f"Stored, not computed now: {self.name}, prompt {self.prompt_name}, layer {self.layer} of {self.layers}; "
            f"{self.dtype}; version {self.version}, {self.date}."
        )
