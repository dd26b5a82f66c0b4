"""Compares vectors with those that the app gave: `python check.py` for the forms in this folder.

python check.py                                    # every form here whose libraries are installed
python check.py plain                              # one of them: script, plain, chat or index
python check.py --url http://localhost:8080/embed  # a running server: TEI's /embed, or .../v1/embeddings
python check.py --vectors FILE                     # .npy, .json or .safetensors, a row for each text of --texts
python check.py --texts                            # the texts, as a JSON list

It says which texts differ and the likely cause. Exit code: 0 all agree, 1 something differs, 2 nothing was compared.
It needs numpy and safetensors; for the forms, torch and transformers too.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
TIMEOUT_S = 120
LONG = 500
"""Characters."""


def _beside(name: str) -> ModuleType:
    """A module that lies beside this file, wherever Python looks for modules."""
    spec = importlib.util.spec_from_file_location(f"embfilter_export_{name}", HERE / f"{name}.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{name}.py does not lie beside check.py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for the module that they stand in
    spec.loader.exec_module(module)
    return module


def of_script(texts: Sequence[str]) -> tuple[str, np.ndarray]:
    """Return what made the vectors, and those of `embed.py`."""
    return "embed.py", _beside("embed").Encoder(HERE).encode(texts)


def of_folder(folder: Path, texts: Sequence[str], read_as_written: bool = True) -> tuple[str, np.ndarray]:
    """Return what made the vectors, and those of a folder of sentence-transformers: by it, or read here without it.

    Where transformers does not read the tokenizer as it is written, the folder is for others, and is read here.
    """
    if not any(folder.glob("*.safetensors")):
        raise FileNotFoundError(f"The weights are not in {folder.name}/ yet: run `python weights.py`.")
    if not read_as_written:
        return f"{folder.name}, read by check.py as servers read tokenizer.json", read_folder(folder, texts)
    if importlib.util.find_spec("sentence_transformers") is None:
        return f"{folder.name}, read by check.py, as sentence-transformers is not installed", read_folder(folder, texts)
    import sentence_transformers

    model = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    vectors: dict[int, np.ndarray] = {}
    for is_long in (False, True):  # beside a long text, short ones would be filled up to its length
        these = [i for i, text in enumerate(texts) if (len(text) > LONG) == is_long]
        if these:
            given = [texts[i] for i in these]
            made = model.encode(given, convert_to_numpy=True, show_progress_bar=False)
            vectors.update(zip(these, np.asarray(made), strict=True))
    by = f"{folder.name}, by sentence-transformers {sentence_transformers.__version__}"
    return by, np.array([vectors[i] for i in range(len(texts))])


def read_folder(folder: Path, texts: Sequence[str]) -> np.ndarray:
    """Return what the modules of a folder make, without sentence-transformers: a text at a time."""
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModel, PreTrainedTokenizerFast

    modules = [(one["type"].rpartition(".")[2], folder / one["path"]) for one in _json(folder / "modules.json")]
    tokenizer: Any = PreTrainedTokenizerFast.from_pretrained(str(folder))
    model: Any = AutoModel.from_pretrained(str(folder)).eval()
    wraps = "message" in _json(folder / "sentence_bert_config.json").get("modality_config", {})
    vectors = []
    for text in texts:
        ids = tokenizer([text])["input_ids"][0]
        if wraps:
            message = [{"role": "user", "content": text}]
            ids = tokenizer.apply_chat_template(message, tokenize=True, return_dict=True)["input_ids"]
        with torch.inference_mode():
            cut = torch.tensor([ids[: tokenizer.model_max_length]])
            state = model(input_ids=cut).last_hidden_state[0].float()
            for kind, place in modules:
                if kind == "Pooling":
                    is_mean = _json(place / "config.json")["pooling_mode_mean_tokens"]
                    state = state.mean(dim=0) if is_mean else state[-1]
                elif kind == "Dense":
                    weights = load_file(place / "model.safetensors")
                    state = torch.nn.functional.linear(state, weights["linear.weight"], weights.get("linear.bias"))
                elif kind == "Normalize":
                    state = torch.nn.functional.normalize(state, dim=-1)
        vectors.append(state.numpy())
    return np.array(vectors)


def of_server(url: str, texts: Sequence[str], model: str, key: str) -> tuple[str, np.ndarray]:
    """Return the server, and its vectors of texts: asked as OpenAI's embeddings where the address ends so, else TEI's.

    Where only a host is named, its `/v1/embeddings` is tried, then `/embed`.
    """
    url = url.rstrip("/")
    if url.endswith("/embeddings"):
        return url, _openai(url, texts, model, key)
    if url.endswith("/embed"):
        return url, np.array(_post(url, {"inputs": list(texts)}, key))
    try:
        return of_server(f"{url}/v1/embeddings", texts, model, key)
    except urllib.error.HTTPError as refused:
        if refused.code not in (404, 405):
            raise
        return of_server(f"{url}/embed", texts, model, key)


def _openai(url: str, texts: Sequence[str], model: str, key: str) -> np.ndarray:
    answer = _post(url, {"input": list(texts), "model": model, "encoding_format": "float"}, key)
    return np.array([row["embedding"] for row in sorted(answer["data"], key=lambda row: row["index"])])


def _post(url: str, body: dict[str, Any], key: str) -> Any:  # noqa: ANN401 (whatever JSON the server answers)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        return json.loads(answer.read())


def of_file(path: Path) -> tuple[str, np.ndarray]:
    """Return the file, and its vectors."""
    if path.suffix == ".npy":
        return path.name, np.load(path, allow_pickle=False)
    if path.suffix == ".safetensors":
        from safetensors.numpy import load_file

        (vectors,) = load_file(path).values()
        return path.name, vectors
    return path.name, np.array(_json(path), dtype=np.float64)


def check_index(expected: Any) -> list[str]:  # noqa: ANN401 (causes.Expected)
    """Return what differs when raw states are searched in the index: sentences, none where all is as expected."""
    import faiss

    known = expected.facts["index"]
    index = faiss.read_index(str(HERE / known["path"]))
    queries = np.ascontiguousarray(expected.states["right"], dtype=np.float32)
    _, found = index.search(queries, len(known["nearest"][0]))
    wrong = []
    for text, these, those in zip(expected.texts, found.tolist(), known["nearest"], strict=True):
        if these != those:
            wrong.append(f"Nearest to {text['name']} are the rows {these}, expected are {those}.")
    return wrong


def _compare(what: str, vectors: np.ndarray, allowed: Sequence[str], causes: ModuleType) -> bool:
    """Print a verdict; returns whether all that must agree does."""
    expected = causes.Expected(HERE)
    print(f"\n{what}")
    if len(vectors) != len(expected.texts):
        print(f"  There are {len(vectors)} vectors for {len(expected.texts)} texts: see --texts for their order.")
        return False
    verdicts = expected.judge(vectors, allowed)
    print("\n".join(f"  {line}" for line in causes.told(verdicts)))
    return all(one.agrees or one.allowed for one in verdicts)


def _check_forms(wanted: Sequence[str], causes: ModuleType) -> int:
    expected = causes.Expected(HERE)
    texts = [one["text"] for one in expected.texts]
    forms: dict[str, Any] = _json(HERE / "manifest.json")["forms"]
    makers: dict[str, Callable[[], tuple[str, np.ndarray]]] = {
        "script": lambda: of_script(texts),
        "plain": lambda: of_folder(HERE / "plain", texts, forms["plain"]["read_as_written"]),
        "chat": lambda: of_folder(HERE / "chat", texts),
    }
    results = []
    for name, form in forms.items():
        if wanted and name not in wanted:
            continue
        try:
            if name == "index":
                differs = check_index(expected)
                print("\nindex\n  " + "\n  ".join(differs or [f"{len(texts)} of {len(texts)} searches agree."]))
                results.append(not differs)
            elif name in makers:
                what, vectors = makers[name]()
                results.append(_compare(f"{name}: {what}", vectors, form["may_differ"], causes))
        except (ImportError, FileNotFoundError) as lacking:
            print(f"\n{name}\n  Not compared: {lacking}")
    if not results:
        print("\nNothing was compared.")
        return 2
    return 0 if all(results) else 1


def _json(path: Path) -> Any:  # noqa: ANN401 (whatever stands in it)
    return json.loads(path.read_text("utf-8"))


def main() -> int:
    """Compare what is asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description="Compare vectors with those that the app gave.")
    parser.add_argument("forms", nargs="*", help="script, plain, chat, index; all where none is named")
    parser.add_argument("--url", help="a running server: .../embed, or .../v1/embeddings")
    parser.add_argument("--model", default="embedfilter", help="name of the model, for servers that ask for one")
    parser.add_argument("--key", default="", help="sent as a bearer token")
    parser.add_argument("--vectors", type=Path, metavar="FILE", help=".npy, .json or .safetensors")
    parser.add_argument("--form", default="script", help="what the server serves: its allowed differences are allowed")
    parser.add_argument("--texts", action="store_true", help="print the texts as JSON")
    given = parser.parse_args()
    causes = _beside("causes")
    if given.texts:
        print(json.dumps([one["text"] for one in causes.Expected(HERE).texts], ensure_ascii=False))
        return 0
    if given.url is None and given.vectors is None:
        return _check_forms(given.forms, causes)
    allowed = _json(HERE / "manifest.json")["forms"].get(given.form, {}).get("may_differ", [])
    texts = [one["text"] for one in causes.Expected(HERE).texts]
    try:
        what, vectors = (
            of_file(given.vectors) if given.url is None else of_server(given.url, texts, given.model, given.key)
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        print(f"There are no vectors to compare: {problem}")
        return 2
    return 0 if _compare(what, vectors, allowed, causes) else 1


if __name__ == "__main__":
    sys.exit(main())
