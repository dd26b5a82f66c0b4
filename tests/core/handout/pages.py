"""A page of the tiny backbone, and what a browser would unpack of it."""

import base64
import json
import re
import zlib

import numpy as np

from embfilter_core import Backbone, Corpus, KeptDirections
from embfilter_core.backbones.prompts import as_prompt
from embfilter_core.handout.facts import facts, sources
from embfilter_core.handout.page import Written, handout_page
from embfilter_core.handout.part import CUSTOM, Part, part_data
from embfilter_core.instrument.data import ReferenceCorpus
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates

CORPUS = ("the cat sat on the dog", "a dog", "a mat and a cat", "a dog", "the hat", "on and on", "cat", "the the the")
HOSTILE = "the cat </script><script>alert(1)</script><img src=x onerror=alert(1)> & ' \" sat"
TEXTS = ("the cat sat", HOSTILE)


def part_of(backbone: Backbone, kept: KeptDirections | None = None, **more: object) -> Part:
    """How a backbone reads the texts, with neighbours from a few texts."""
    embedded = backbone.embed(CORPUS)
    rates = token_rates(count_tokens(backbone, CORPUS, "a few texts"))
    chosen = {
        "kept": kept or KeptDirections.bulk(backbone.d),
        "preset": CUSTOM if kept else "bulk",
        "ratio": 2,
        "seed": 0,
    }
    reference = ReferenceCorpus(Corpus("few", "A few texts", CORPUS, "here"), backbone.spectrum.coefficients(embedded))
    scores = np.linspace(0, 1, backbone.d)
    given = {"layer": None, "rates": rates, "reference": reference, "centre": None, "spectroscopy_scores": scores}
    return Part(**{"backbone": backbone, "prompt": as_prompt("prompteol"), **chosen, **given, **more})


def page_of(*parts: Part, texts: tuple[str, ...] = TEXTS, title: str = "A <b>title</b>", note: str = "$x$ </p>") -> str:
    data = [part_data(part, texts) for part in parts]
    return handout_page(Written(title, [note], [facts(part) for part in parts], sources(parts)), texts, data)


def data_of(page: str) -> dict:
    """What the browser unpacks."""
    (packed,) = re.findall(r'<script type="application/octet-stream" id="data">([A-Za-z0-9+/=]*)</script>', page)
    return json.loads(zlib.decompress(base64.b64decode(packed), -15))
