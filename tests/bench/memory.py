"""Memory: what the rule asks for over what a load takes, and what is left after backbones were switched.

Random models of 300 to 500 MB in processes of their own; Linux alone tells what is measured.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import torch
import transformers as hf

from tests.bench.measure import Check, Comparison, Ratio
from tests.tiny import byte_level_tokenizer

ROOT = Path(__file__).resolve().parents[2]
CASES = (("float32", "float32"), ("bfloat16", "float32"), ("bfloat16", "bfloat16"), ("float32", "bfloat16"))
"""Dtype of the files and of the backbone."""
WITHIN = 0.15


def compare_memory() -> Iterator[Comparison]:
    """Measure four loads against the rule, then three switches among three models."""
    with tempfile.TemporaryDirectory() as folder:
        rule = [_asked_over_taken(Path(folder), *case) for case in CASES]
        enough = Check("no load takes more than the rule asks for", min(rule) >= 1)
        yield Comparison("memory asked for over memory taken", _ratio(rule), (enough,))
        after = _worker("switches", *(_save(Path(folder), "bfloat16", seed) for seed in range(3)))["after"]
        ratios = [size / after[0] for size in after[1:]]
        kept = Check(f"within {WITHIN:.0%} of the first: {_megabytes(after)}", max(ratios) <= 1 + WITHIN)
        yield Comparison("memory after a switch over memory after the first load", _ratio(ratios), (kept,))


def _asked_over_taken(folder: Path, stored: str, dtype: str) -> float:
    told = _worker("load", _save(folder, stored), dtype)
    return float(told["asked"] / told["taken"])


def _save(folder: Path, dtype: str, seed: int = 0) -> str:
    """Write a random model of 75 million weights."""
    where = folder / f"{dtype}-{seed}"
    if not where.exists():
        torch.manual_seed(seed)
        config = hf.LlamaConfig(
            vocab_size=32_000,
            hidden_size=512,
            intermediate_size=1536,
            num_hidden_layers=13,
            num_attention_heads=8,
            num_key_value_heads=8,
        )
        hf.AutoModelForCausalLM.from_config(config, dtype=getattr(torch, dtype)).save_pretrained(where)
        byte_level_tokenizer().save_pretrained(where)
    return str(where)


def _worker(*arguments: str) -> dict:
    command = [sys.executable, "-m", "tests.bench.memory_worker", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _ratio(values: list[float]) -> Ratio:
    return Ratio(median(values), min(values), max(values), len(values))


def _megabytes(sizes: list[int]) -> str:
    return ", ".join(f"{size / 1e6:.0f} MB" for size in sizes)
