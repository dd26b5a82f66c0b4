"""Every form of an export that holds the view exactly, and the reason why another one does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.export.fits import check_stored_plainly
from embfilter_core.export.index import write_index
from embfilter_core.export.reasons import NotThisForm
from embfilter_core.export.sentence_folder import is_read_as_written, special_tokens_differ, write_chat, write_plain

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.conformance import Conformance

REBUILT = (
    "transformers builds the tokenizer of this family anew and drops the prompt: this folder is for servers that read "
    "`tokenizer.json` itself. In sentence-transformers, use `chat/` or the script."
)
SPECIAL = "A text that holds a special token of the model as it is written, such as `{}`, becomes other tokens here."


@dataclass(frozen=True, eq=False)
class IndexedCorpus:
    """A corpus to be indexed, with its states (n, d), pooled and unfiltered."""

    corpus: Corpus
    states: np.ndarray


def write_forms(
    folder: Path, chosen: ChosenFilter, proof: Conformance, corpus: IndexedCorpus | None, asked: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Write every form that gives the same vectors.

    Args:
        folder: The export.
        chosen: The view.
        proof: Its texts and states.
        corpus: What is indexed, or None.
        asked: Is told what a check asks of the index.

    Returns:
        What a manifest says of each form, and why another is left out.
    """

    def script() -> dict[str, Any]:
        check_stored_plainly(chosen.backbone)
        return {"path": "embed.py"}

    def plain() -> dict[str, Any]:
        write_plain(folder / "plain", chosen, proof)
        special = chosen.backbone.tokenizer.all_special_tokens
        differ = bool(special) and special_tokens_differ(folder / "plain", chosen)
        limits = [SPECIAL.format(special[0])] if differ else []
        as_written = is_read_as_written(folder / "plain", proof)
        return {
            "path": "plain",
            "needs_weights": True,
            "may_differ": list(proof.cut),
            "limits": limits if as_written else [REBUILT, *limits],
            "read_as_written": as_written,
        }

    def chat() -> dict[str, Any]:
        write_chat(folder / "chat", chosen, proof)
        return {"path": "chat", "needs_weights": True, "may_differ": list(proof.cut)}

    def index(given: IndexedCorpus) -> dict[str, Any]:
        asked["index"] = write_index(folder / "index", chosen, given.corpus, given.states, proof)
        return {"path": "index"}

    makers: dict[str, Callable[[], dict[str, Any]]] = {"script": script, "plain": plain, "chat": chat}
    if corpus is not None:
        makers["index"] = partial(index, corpus)
    forms, left_out = {}, {}
    for name, make in makers.items():
        try:
            forms[name] = {"may_differ": [], "needs_weights": False, "limits": [], **make()}
        except NotThisForm as reason:
            left_out[name] = str(reason)
            shutil.rmtree(folder / name, ignore_errors=True)
    return forms, left_out
