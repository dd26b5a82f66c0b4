"""Measure the GPU of this machine: `python -m tests.bench.gpu`; `--small` tries the script itself on a processor."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import torch

from embfilter_core.backbones.devices import device_name
from embfilter_core.backbones.passes.policy import DevicePolicy, policy_for
from embfilter_core.backbones.prompts import Prompt
from tests.bench.gpu import matrices
from tests.bench.gpu.encoding import Encoding, profile
from tests.bench.gpu.random_models import (
    Shape,
    eight_billion,
    half_billion,
    hundred_million,
    random_backbone,
    small,
)
from tests.bench.gpu.table import Table
from tests.bench.short_texts import compare, short_texts

PARTS = ("product", "half-billion", "peer", "spectrum", "eight-billion", "processor")
STAND_IN = DevicePolicy(True, 1, 1024, budgets=(256, 512, 1024), measured_from=10_000)


def main() -> int:
    """Run the parts; the exit status is 1 where one did not come to its end."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gpu", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all but the last by default")
    parser.add_argument("--small", action="store_true", help="a tiny model on the processor")
    parser.add_argument("--profile", action="store_true", help="print the kernels of one batch of 0.5 B")
    options = parser.parse_args()
    parts = options.parts or PARTS[:-1]
    if not options.small and not torch.cuda.is_available():
        print("There is no CUDA device here: nothing was measured.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EMBFILTER_HOME"] = folder
        table = _small(Path(folder)) if options.small else _full(Path(folder), parts, options.profile)
    print(f"{len(table.lines)} lines, {', '.join(table.failed) or 'no part'} failed")
    return 1 if table.failed else 0


def _full(folder: Path, parts: list[str], profiled: bool) -> Table:
    device = torch.device("cuda")
    table = Table(device_name(device))
    if "product" in parts:
        table.part("product", lambda: matrices.matrix_product(table, device))
    if "half-billion" in parts:
        peer = folder if "peer" in parts else None
        table.part("half-billion", lambda: _encode(table, half_billion(), device, peer, profiled))
    if "spectrum" in parts:
        table.part("spectrum", lambda: matrices.spectrum(table, device))
    if "eight-billion" in parts:
        table.part("eight-billion", lambda: _encode(table, eight_billion(), device, None, profiled))
    if "processor" in parts:
        table.part("the processor of that machine", lambda: _processor(table))
    return table


def _processor(table: Table) -> None:
    """Short texts on the processor, where this machine's is not that of a small one."""
    shape = hundred_million()
    backbone = random_backbone(shape, torch.device("cpu"), torch.float32)
    words = [f"w{3 + i % 40_000}" for i in range(60_000)]
    prompt = Prompt(
        "six", "six words before and after", "w10 w11 w12 w13 w14 w15 {text} w20 w21 w22 w23 w24 w25", "last"
    )
    for comparison in compare(backbone, short_texts(words, shape.texts), prompt):
        table.add(comparison.compared, comparison.ratio.median, "times", comparison.aim)
        for check in comparison.checks:
            print(f"  {'equal' if check.holds else 'NOT EQUAL'}: {check.what}", flush=True)


def _small(folder: Path) -> Table:
    device = torch.device("cpu")
    table = Table("the processor, tiny")
    table.part("product", lambda: matrices.matrix_product(table, device, 256))
    table.part("spectrum", lambda: matrices.spectrum(table, device, 2000, 128))
    table.part("encoding", lambda: _encode(table, small(), device, None, False))
    return table


def _encode(table: Table, shape: Shape, device: torch.device, peer: Path | None, profiled: bool) -> None:
    """All lines about one backbone, the most important first."""
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    backbone = random_backbone(shape, device, dtype)
    policy = policy_for(device, dtype) if device.type == "cuda" else STAND_IN
    encoding = Encoding(table, shape, backbone, policy)
    encoding.batch_sizes()
    ours = encoding.ours()
    if profiled:
        print(profile(backbone, encoding.encoded[:300]))
    encoding.ways()
    if peer is not None:
        encoding.sentence_transformers(peer / "peer", ours, (32, 128, 256, 512))
    if shape.name != "0.5 B":
        matrices.lens(table, backbone)
    if shape.name != "8 B":
        encoding.exactness()
        encoding.in_float32()


if __name__ == "__main__":
    sys.exit(main())
