"""The size of a batch is measured once for a backbone and a device, and kept."""

import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.backbones.passes import budget
from embfilter_core.backbones.passes.budget import Budget, known_budget, measure_budget, speeds
from embfilter_core.backbones.passes.choosing import find_passes
from embfilter_core.storage.arrays import embfilter_home
from tests.core.backbones.passes.stand_in import PACKS, TEXTS


class Timed:
    """A pass whose time is given: seconds by number of texts; None where the memory does not suffice."""

    padded, skipped = True, 0

    def __init__(self, seconds: dict[int, float | None]) -> None:
        self.seconds, self.clock = seconds, 0.0

    def __call__(self, texts: list) -> torch.Tensor:
        takes = self.seconds[len(texts)]
        if takes is None:
            raise torch.OutOfMemoryError
        self.clock += takes
        return torch.zeros(len(texts), 32)


@pytest.mark.parametrize(
    ("seconds", "best"),
    [
        ({2: 1.0, 4: 1.5, 8: 2.0}, 8),  # every doubling pays
        ({2: 1.0, 4: 1.5, 8: 2.99}, 4),  # the last hardly
        ({2: 1.0, 4: 2.0, 8: 1.0}, 2),  # what comes after a size that does not pay is not tried
        ({2: 1.0, 4: 1.5, 8: None}, 4),
    ],
)
def test_the_size_is_the_last_one_that_paid(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch, seconds: dict, best: int
) -> None:
    run = Timed(seconds)
    monkeypatch.setattr(budget.time, "perf_counter", lambda: run.clock)
    policy = budget.DevicePolicy(False, 0, 1, budgets=(256, 512, 1024), measured_from=1)
    assert known_budget(run, policy, torch.device("cpu"), "a") is None
    assert measure_budget(run, policy, llama.architecture, "a").tokens == 128 * best
    assert known_budget(run, policy, torch.device("cpu"), "a") == Budget(128 * best)
    assert known_budget(run, policy, torch.device("cpu"), "b") is None
    other = budget.DevicePolicy(False, 0, 1, budgets=(256, 512), measured_from=1)
    assert known_budget(run, other, torch.device("cpu"), "a") is None


@pytest.mark.parametrize(
    ("seconds", "best"),
    [({8: 1.0, 4: 0.5, 2: 0.4, 1: 0.6}, 2), ({8: 1.0, 4: 1.0}, 8), ({8: 4.0, 4: 2.0, 2: 1.0, 1: 0.5}, 1)],
)
def test_threads_are_halved_as_long_as_that_pays_and_taken_again_by_who_comes_later(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch, seconds: dict[int, float], best: int
) -> None:
    threads = [8]
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads[-1])
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    monkeypatch.setattr(budget, "_seconds", lambda run, texts: seconds[threads[-1]])
    policy = budget.DevicePolicy(False, 0, 128, budgets=(128,), measured_from=1, threads=True)
    encoded = llama.encode(TEXTS)
    for _ in range(2):
        find_passes(llama.architecture, policy, "key").faster(encoded)
        assert threads[-1] == best
        threads.append(8)
    assert threads[-3:] == [8, best, 8]  # the second time nothing was tried


def test_the_texts_that_are_timed_fill_the_batch(llama: Backbone) -> None:
    packed = find_passes(llama.architecture, PACKS, "any").packed
    found = list(speeds(packed, (256, 512), llama.architecture))
    assert [tokens for tokens, _ in found] == [256, 512]
    assert all(speed > 0 for _, speed in found)


def test_it_is_measured_where_there_is_much_to_embed_and_then_read(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, encoded = [], llama.encode(TEXTS)
    monkeypatch.setattr(budget, "_seconds", lambda run, texts: measured.append(len(texts)) or 1.0)
    few = find_passes(llama.architecture, PACKS, "key").faster(encoded)
    assert (few.tokens_per_batch, measured) == (PACKS.usual_budget, [])
    policy = budget.DevicePolicy(True, 1, 200, budgets=(256, 512), measured_from=sum(map(len, encoded)))
    for _ in range(2):
        faster = find_passes(llama.architecture, policy, "key").faster(encoded)
        assert faster.tokens_per_batch == 512
        assert measured == [2] * 3 + [4] * 3


def test_a_size_that_cannot_be_kept_is_used_all_the_same(llama: Backbone, caplog: pytest.LogCaptureFixture) -> None:
    (embfilter_home() / "batches").write_text("a file where the folder should be")
    packed = find_passes(llama.architecture, PACKS, "any").packed
    assert measure_budget(packed, PACKS, llama.architecture, "any").tokens in PACKS.budgets
    assert "cannot be kept" in caplog.messages[0]
    assert torch.isfinite(packed(llama.encode(TEXTS))).all()
