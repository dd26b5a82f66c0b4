"""The stored example of Home: what a first visit sees before torch is imported, made live beforehand.

The text is typical of the corpus by a rule: of the texts that are read, the one whose shares of frequent tokens are
nearest to the medians. Nothing here imports torch unless the example is made again (`make stored-example`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

STORED = Path(__file__).with_name("stored_example.json")


@dataclass(frozen=True, eq=False)
class StoredExample:
    """What Home shows at once.

    Attributes:
        text: The typical text.
        backbone: Name of the backbone.
        kept: What is kept, in words.
        head_error: Largest absolute error of our head against the model's own logits on this text.
        lists: What the token lists show.
        instrument: As `text_data` and `committed_data` make it.
        evidence: As `evidence_data` makes it.
    """

    text: str
    backbone: str
    kept: str
    head_error: float
    lists: str
    instrument: dict[str, Any]
    evidence: dict[str, Any]


@cache
def read_stored_example() -> StoredExample:
    """Return the stored example: the bundled backbone with the default settings on a typical text."""
    return StoredExample(**json.loads(STORED.read_text("utf-8")))


def make_stored_example() -> StoredExample:
    """Make the example live."""
    from embfilter_core.backbones.catalogue import BUNDLED
    from embfilter_core.backbones.loading import load_backbone
    from embfilter_core.backbones.prompts import as_prompt
    from embfilter_core.claims import Reading, what_lists_show
    from embfilter_core.data.corpora import lee_background
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.instrument.committed import committed_data
    from embfilter_core.instrument.data import ReferenceCorpus, backbone_data, identified, text_data
    from embfilter_core.instrument.evidence import evidence_data
    from embfilter_core.lens.corpus_evidence import corpus_evidence, random_shares
    from embfilter_core.lens.token_counts import count_tokens
    from embfilter_core.lens.token_rates import token_rates
    from embfilter_core.spectral.presets import choose_directions

    backbone, corpus = load_backbone(BUNDLED.id, device="cpu"), lee_background()
    embeddings = embed_corpus(backbone, corpus, backbone.default_prompt)
    rates, kept = token_rates(count_tokens(backbone, corpus.texts, corpus.name)), choose_directions("bulk", backbone.d)
    evidence = corpus_evidence(backbone, embeddings, kept, rates, embeddings.mean(axis=0))
    evidence = replace(evidence, random=random_shares(backbone, embeddings, len(kept), rates))
    text, state = corpus.texts[evidence.typical()], embeddings[evidence.typical()]
    reading = Reading(as_prompt(backbone.default_prompt), None, backbone.layer_number(None), False, kept)
    reference = ReferenceCorpus(corpus, backbone.spectrum.coefficients(embeddings))
    return StoredExample(
        text=text,
        backbone=backbone.name,
        kept=kept.describe(),
        head_error=backbone.head_error_on(text),
        lists=what_lists_show(reading),
        instrument=identified(backbone_data(backbone), text_data(backbone, state, rates, reference))
        | {"committed": committed_data(backbone, state, kept, rates, reference, "bulk", 2)},
        evidence=evidence_data(evidence, corpus, kept),
    )


if __name__ == "__main__":
    facts = {name: json.dumps(fact, ensure_ascii=False) for name, fact in vars(make_stored_example()).items()}
    STORED.write_text("{\n" + ",\n".join(f'"{name}": {fact}' for name, fact in facts.items()) + "\n}\n", "utf-8")
