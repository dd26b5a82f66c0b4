"""A processor in the place of a GPU: texts in one row, a batch ahead, small batches."""

from embfilter_core.backbones.passes.policy import DevicePolicy

PACKS = DevicePolicy(True, 1, 200, budgets=(64, 128), measured_from=100_000)
PADS = DevicePolicy(False, 0, 200, budgets=(64, 128), measured_from=100_000)
TEXTS = [
    "the cat sat",
    "dog",
    "the dog sleeps on the cat in one sentence, word for word",
    "zürich 🐈",
    "on " * 30,
    "one word",
]
