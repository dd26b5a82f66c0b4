"""What a stored backbone says of itself, as JSON and back; JSON of another shape is refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from embfilter_core.errors import InputError
from embfilter_core.stored_backbones.archive import AGAIN, MANIFEST, read_members, refusal
from embfilter_core.stored_backbones.limits import (
    MAX_CHARACTERS,
    MAX_CORPUS,
    MAX_D,
    MAX_HEADER_BYTES,
    MAX_TEXTS,
)
from embfilter_core.stored_backbones.shapes import (
    Malformed,
    exactly,
    fields,
    items,
    line,
    matching,
    maybe,
    number,
    table,
    whole,
    words,
)
from embfilter_core.stored_backbones.stored_backbone import FORMAT, Findings, StoredBackbone, StoredText

if TYPE_CHECKING:
    from pathlib import Path

_SHARE = number(-1e-6, 1 + 1e-6)
_ENDS = exactly(3, number(-1, 1))
_READINGS = table(_ENDS, 3)
_NOT_IN_THE_FILE = ("shipped", "path")
_TEXT = fields(
    {"text": words(MAX_CHARACTERS), "position": maybe(whole(0, MAX_CORPUS)), "own": exactly(3, whole(0, 20))}
)
_FINDINGS = fields(
    {
        **dict.fromkeys(("d", "block"), whole(1, MAX_D)),
        "score": exactly(2, _SHARE),
        "energy": exactly(2, _SHARE),
        "last_direction": _SHARE,
        "r_squared": exactly(2, number(most=1)),
        "zipf_r_squared": maybe(exactly(3, number(most=1))),
        "texts": whole(1, MAX_CORPUS),
        "chance": _SHARE,
        **dict.fromkeys(("frequent", "own", "frequent_change", "own_change"), _READINGS),
    }
)
_BACKBONE = fields(
    {
        **dict.fromkeys(("name", "licence", "family", "dtype", "prompt_name"), line(200)),
        **dict.fromkeys(("corpus", "corpus_source", "version"), line(200)),
        "hub_id": matching(r"|[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}"),  # never the path of a folder
        "revision": matching(r"|[0-9a-f]{7,40}"),
        "fingerprint": matching(r"[0-9a-f]{32}"),
        "date": matching(r"\d{4}-\d\d-\d\d"),
        **dict.fromkeys(("quirk", "lists"), line(1_000)),
        "prompt": words(2_000),
        **dict.fromkeys(("d", "layers"), whole(1, MAX_D)),
        "vocab_size": whole(1, 10_000_000),
        "parameters": whole(1, 10**14),
        "layer": whole(0, MAX_D),
        "corpus_texts": whole(0, MAX_CORPUS),
        **dict.fromkeys(("head_error", "logit_error", "cosine_error"), number(0)),
        "texts": items(_TEXT, MAX_TEXTS, 1),
        "findings": _FINDINGS,
    }
)


def manifest_json(stored: StoredBackbone) -> bytes:
    """Return what a stored backbone says of itself as JSON.

    Raises:
        InputError: Something in it could not be read again, such as a name that is too long.
    """
    told = {name: fact for name, fact in asdict(stored).items() if name not in _NOT_IN_THE_FILE}
    written = json.dumps(told, ensure_ascii=False, allow_nan=False)
    try:
        _BACKBONE(json.loads(written), "manifest")
    except Malformed as error:
        raise InputError(f"{stored.name[:80]} cannot be stored: {error}.", "Describe it otherwise.") from error
    return json.dumps({"format": FORMAT} | told, ensure_ascii=False, indent=1).encode()


def read_stored(path: Path, shipped: bool = False) -> StoredBackbone:
    """Return what the stored backbone in a file says of itself; nothing else of the file is read.

    Args:
        path: The file.
        shipped: Whether it comes with the app.

    Raises:
        InputError: It is none, it is damaged, or a newer version wrote it.
    """
    try:
        (written,) = read_members(path, (MANIFEST,))
        if len(written) > MAX_HEADER_BYTES:
            raise Malformed("what it says of itself is too long")
        return _from_json(json.loads(written), path, shipped)
    except (ValueError, RecursionError) as error:
        raise refusal(path, error) from error


def _from_json(written: object, path: Path, shipped: bool) -> StoredBackbone:
    if not isinstance(written, dict) or type(written.get("format")) is not int:
        raise Malformed("it does not say its format")
    if written["format"] > FORMAT:
        raise InputError(
            f"{path.name[:80]} was stored by a newer version (format {written['format']}; this one reads {FORMAT}).",
            "Update this program, or store the backbone again with this version.",
        )
    if written.pop("format") < FORMAT:
        raise InputError(f"{path.name[:80]} was stored by a version that is too old.", AGAIN)
    _BACKBONE(written, "manifest")
    if written["layer"] > written["layers"]:
        raise Malformed("it has no such layer")
    texts = tuple(StoredText(**one | {"own": tuple(one["own"])}) for one in written.pop("texts"))
    findings = Findings(**{name: _tuples(fact) for name, fact in written.pop("findings").items()})
    return StoredBackbone(**written, texts=texts, findings=findings, shipped=shipped, path=path)


def _tuples(fact: object) -> Any:  # noqa: ANN401 (as it is in JSON, lists for tuples)
    if isinstance(fact, dict):
        return {name: tuple(ends) for name, ends in fact.items()}
    return tuple(fact) if isinstance(fact, list) else fact
