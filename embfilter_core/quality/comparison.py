"""What a rank is compared with: the other presets, and baselines fitted on other texts."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.data.corpora import Corpus
from embfilter_core.data.tasks import Task
from embfilter_core.errors import InputError
from embfilter_core.quality.bootstrap import POINTS, RESAMPLES, SEED, Estimate, bootstrap, percentile_interval
from embfilter_core.quality.measuring import Vectors, corpora_of, measure
from embfilter_core.quality.nested_cosines import DECIMALS
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.spectral.baselines.registry import BASELINES, make_baseline
from embfilter_core.spectral.presets import PRESETS, choose_directions
from embfilter_core.spectral.selection import KeptDirections


@dataclass(frozen=True)
class Alternative:
    """A preset or a baseline, measured as the sweep was; scores and differences in points.

    Attributes:
        id: Of the preset or the baseline.
        name: For people.
        kind: `preset` or `baseline`.
        k: Numbers an embedding takes.
        score: Its score.
        to_unfiltered: Its difference to all directions, paired.
    """

    id: str
    name: str
    kind: str
    k: int
    score: Estimate
    to_unfiltered: Estimate


def compare_presets(
    task: Task,
    coefficients: Vectors,
    sweep: QualitySweep,
    k: int,
    seed: int = 0,
    bulk_start: int | None = None,
    spectroscopy_scores: np.ndarray | None = None,
) -> list[Alternative]:
    """Measure every preset that keeps k directions; `quiet` only where its spectroscopy scores, (d,), are given.

    Raises:
        InputError: k is out of range.
    """
    d = coefficients[0].shape[1]
    found = []
    for preset in PRESETS.values():
        if not preset.filters or (preset.needs == "scores" and spectroscopy_scores is None):
            continue
        kept = choose_directions(
            preset.id, d, keep=k, seed=seed, bulk_start=bulk_start, spectroscopy_scores=spectroscopy_scores
        )
        found.append(_alternative(task, coefficients, kept, sweep, (preset.id, preset.name, "preset", k)))
    return found


@dataclass(frozen=True, eq=False)
class MeasuredAlone:
    """One way to treat embeddings, measured over the resamples of a sweep.

    Attributes:
        score: In points.
        samples: (resamples,) scores of the resamples, in points.
    """

    score: Estimate
    samples: np.ndarray

    def less(self, score: float, samples: np.ndarray) -> Estimate:
        """Return the difference to another score over the same resamples, exactly 0 where there is none."""
        ends = percentile_interval(_difference(self.samples, samples))
        return Estimate(*map(float, (_difference(np.array(self.score.value), np.array(score)), *ends)))


def measure_alone(task: Task, vectors: Vectors, kept: KeptDirections, sweep: QualitySweep) -> MeasuredAlone:
    """Score one selection over the resamples of a sweep: the same seed and units draw the same."""
    boot = bootstrap(measure(task, vectors, [kept], sweep.measure), RESAMPLES, SEED)
    return MeasuredAlone(boot.intervals().in_points.at(0), POINTS * boot.samples[0])


def treat_by_baselines(
    embeddings: Vectors, reference: np.ndarray | None, k: int, average_token: np.ndarray | None = None
) -> tuple[dict[str, Vectors], dict[str, str]]:
    """Return embeddings as each baseline makes them, by its id, and why the others cannot, by their names.

    Arguments are those of `compare_baselines`.
    """
    treated: dict[str, Vectors] = {}
    left_out: dict[str, str] = {}
    for info in BASELINES.values():
        if info.is_random:
            continue  # one seed says nothing: `measure_random_subspaces` draws many
        if info.needs_reference and reference is None:
            left_out[info.name] = "It learns from a reference corpus, and there is none."
            continue
        try:
            baseline = make_baseline(info.id, k, average_token=average_token)
            if reference is not None and info.needs_reference:
                baseline.fit(reference)
            treated[info.id] = tuple(baseline.transform(part) for part in embeddings)
        except InputError as problem:
            left_out[info.name] = str(problem)
    return treated, left_out


def compare_baselines(
    task: Task,
    embeddings: Vectors,
    reference: np.ndarray | None,
    sweep: QualitySweep,
    k: int,
    average_token: np.ndarray | None = None,
) -> tuple[list[Alternative], dict[str, str]]:
    """Measure every baseline that can be had, and say why the others cannot.

    Args:
        task: The task.
        embeddings: Of its corpora, as they are.
        reference: (m, d) embeddings of other texts to fit on, or None.
        sweep: What they are compared with.
        k: Numbers an embedding may take, where a baseline reduces.
        average_token: h_avg, (d,), or None.

    Returns:
        The alternatives, and a sentence for each baseline left out, by its name.
    """
    treated, left_out = treat_by_baselines(embeddings, reference, k, average_token)
    found = []
    for name, vectors in treated.items():
        width = vectors[0].shape[1]
        facts = (name, BASELINES[name].name, "baseline", width)
        found.append(_alternative(task, vectors, KeptDirections.unfiltered(width), sweep, facts))
    return found, left_out


def measured_too(reference: Corpus, task: Task) -> bool:
    """Return whether a text of a reference corpus is measured, so that nothing may be fitted on it."""
    texts = {text.strip() for text in reference.texts}
    return any(text.strip() in texts for corpus in corpora_of(task) for text in corpus.texts)


def describe_fitting(reference: Corpus, task: Task, embedded: bool) -> str:
    """Return what baselines are fitted on, or why they are not, as a sentence; `embedded`: the reference corpus is."""
    if task.vectors is not None:
        return "Baselines that must be fitted would need other texts' vectors by the same embedder, and there are none."
    if measured_too(reference, task):
        return f"{reference.name} holds texts that are measured here, so no baseline is fitted on it."
    if not embedded:
        return f"Baselines that must be fitted need {reference.name}, which is not embedded yet."
    return f"Baselines that must be fitted are fitted on {reference.name}, which is not the data measured here."


def _alternative(
    task: Task, vectors: Vectors, kept: KeptDirections, sweep: QualitySweep, facts: tuple[str, str, str, int]
) -> Alternative:
    one = measure_alone(task, vectors, kept, sweep)
    return Alternative(*facts, one.score, one.less(float(sweep.scores.values[-1]), sweep.samples[-1]))


def _difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """One less the other, exactly 0 where they differ by the order of their sums only; never -0."""
    difference: np.ndarray = np.round(one - other, DECIMALS) + 0.0
    return difference
