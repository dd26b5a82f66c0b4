"""The Python lines that compute the numbers of a page with the library alone."""

from __future__ import annotations

from collections.abc import Callable

from embfilter_core.instrument.lengths import RANKED, TOP_TOKENS
from pages.frame.page_controls import (
    BIAS,
    BYTES,
    COMPARE,
    COUNTS,
    DPI_TOP,
    FILTERED,
    GOAL,
    INDEXED,
    KNOWN_WORDS,
    MARGIN,
    MEASURE,
    METHOD,
    STEP,
    STORED,
    STORED_AS,
    TASK,
    TOKENS,
    TOP,
    USUAL,
)
from pages.frame.share.command import FOLDER, Given
from pages.frame.share.lines import (
    LIBRARY,
    MEAN,
    Lines,
    NoLines,
    add_backbone,
    add_corpus,
    add_embedded,
    add_kept,
    add_rates,
    centred,
)
from pages.frame.share.shown import LENS, USE, Shown
from pages.frame.share.sources import chosen_corpus, chosen_task, counted_text
from pages.frame.values import value_of

FOLLOWED = 15
"""Texts whose ranks the Similarity page follows."""


def python_lines(shown: Shown) -> Given:
    """Return the Python lines of a page, or why it has none."""
    if shown.why_nothing:
        return Given("", shown.why_nothing)
    if shown.page not in _PAGES:
        return Given("", "No Python lines are made of this page.")
    lines = Lines()
    try:
        _PAGES[shown.page](shown, lines)
    except NoLines as problem:
        return Given("", str(problem))
    return Given(lines.written(), " ".join(filter(None, lines.needs)))


def _home(shown: Shown, lines: Lines) -> None:
    add_embedded(shown, lines)
    add_rates(lines)
    lines.use("compare_lenses", "corpus_evidence", "embed_corpus", "lean_sentence", "lee_background", "lens_table")
    lines.add(
        f"comparison = compare_lenses(backbone, H, P, top={TOP_TOKENS})",
        "print(lens_table(comparison, backbone.token_texts, rates).to_string())",
        "",
        "corpus = lee_background()",
        "C = embed_corpus(backbone, corpus, prompt, layer=layer)",
        f"evidence = corpus_evidence(backbone, C, kept, rates, C.mean(axis=0), {shown.view.centre})",
        "print(lean_sentence(evidence, corpus.name, kept))",
    )


def _logit_lens(shown: Shown, lines: Lines) -> None:
    add_embedded(shown, lines)
    add_rates(lines)
    compare, names = value_of(COMPARE), ("unfiltered", "filtered")
    if compare == "centring":
        lines.use("embed_corpus", "lee_background")
        names = ("not centred", "centred")
        lines.add("H = backbone.embed(texts, prompt, layer=layer)", f"P = H - {MEAN}")
    allowed = "None"
    if value_of(KNOWN_WORDS):
        lines.use("vocabulary_zipf", of=f"{LIBRARY}.vocabulary.token_frequency")
        lines.add("known = vocabulary_zipf(backbone.token_texts, backbone.vocab_size) > 0")
        allowed = "known"
    lines.use("lens_logits", of=f"{LIBRARY}.vocabulary.logit_lens")
    lines.add("first, second = (lens_logits(backbone.architecture.head, one) for one in (H, P))")
    if compare == "difference":
        lines.use("difference_table", of=f"{LIBRARY}.tables.lens")
        lines.add(f"table = difference_table(first, second, backbone.token_texts, rates, {value_of(TOP)}, {allowed})")
    else:
        lines.use("lens_table")
        lines.use("compare_logits", of=f"{LIBRARY}.lens.comparison")
        lines.add(
            f"comparison = compare_logits(first, second, backbone.token_texts, {value_of(TOP)}, {allowed})",
            f"table = lens_table(comparison, backbone.token_texts, rates, {names!r})",
        )
    lines.add("print(table.to_string())")


def _spectrum(shown: Shown, lines: Lines) -> None:
    add_backbone(shown, lines)
    lines.use("average_token", "embed_corpus", "lee_background", "score_table")
    lines.use("counts_from", of=f"{LIBRARY}.lens.token_counts")
    lines.use("energies_by_source", of=f"{LIBRARY}.lens.spectroscopy_report")
    lines.use("directions_table", of=f"{LIBRARY}.tables.spectrum")
    source, k = value_of(COUNTS), value_of(DPI_TOP)
    text, corpus = (
        f"backbone.spectrum.coefficients({centred(shown, embedded)})"
        for embedded in (
            f"backbone.embed([{shown.texts[0]!r}], prompt, layer=layer)",
            "embed_corpus(backbone, lee_background(), prompt, layer=layer)",
        )
    )
    pasted = f", {counted_text()!r}" if source == "pasted" else ""
    lines.add(
        "weight, spectrum = backbone.architecture.head.weight, backbone.spectrum",
        f"counts = counts_from(backbone, {source!r}, lee_background(){pasted})",
        f"average = average_token(weight, spectrum, counts.log_frequencies(), counts.padded, {value_of(BIAS)!r})",
        f"scores = score_table(weight, spectrum, average, counts.token_set({value_of(TOKENS)!r}, {k}))",
        f"text = {text}[0]",
        f"corpus = {corpus}",
        f"energies = energies_by_source(text, corpus, {shown.view.centre})",
        f"print(directions_table(spectrum.singular_values, scores.scores({k}), energies))",
    )


def _similarity(shown: Shown, lines: Lines) -> None:
    add_embedded(shown, lines)
    add_corpus(shown, lines, chosen_corpus())
    lines.use("CorpusEnergies", "rank_corpus", "ranking_table", "sweep_family")
    lines.use("family_of", of=f"{LIBRARY}.ranking.search")
    lines.add(
        "query, energies = backbone.spectrum.coefficients(H)[0], CorpusEnergies(C)",
        "ranking = rank_corpus(energies, query, kept)",
        f"sweep = sweep_family(energies, query, family_of(kept), {FOLLOWED}, backbone.bulk_start)",
        f"print(ranking_table(ranking, folded, sweep.flips).head({RANKED}).to_string())",
    )


def _choose_rank(shown: Shown, lines: Lines) -> None:
    if value_of(TASK) in STORED:
        lines.use("read_record", "sweep_table")
        lines.add(
            f"record = read_record({STORED[value_of(TASK)]!r})",
            f"print(record.stamp, *record.decisions[{value_of(GOAL)!r}], sep='\\n')",
            "print(sweep_table(record.sweep))",
        )
        return
    add_backbone(shown, lines)
    lines.source("task", chosen_task())
    lines.use("decide", "embed_corpus", "lee_background", "measure_treatments", "sweep_quality", "sweep_table")
    lines.use("task_embeddings")
    lines.use("measured_too", of=f"{LIBRARY}.quality.comparison")
    measure = None if value_of(MEASURE) == USUAL else value_of(MEASURE)
    learnt = centred(shown, "embed_corpus(backbone, corpus, prompt, layer=layer)")
    lines.add(
        "start, spectrum = backbone.bulk_start, backbone.spectrum",
        f"E = tuple({centred(shown, 'part')} for part in task_embeddings(backbone, task, prompt, layer=layer))",
        "coefficients = tuple(spectrum.coefficients(part) for part in E)",
        f"print(sweep_table(sweep_quality(task, coefficients, {measure!r}, bulk_start=start)))",
        "corpus = lee_background()  # PCA and centring learn from it, unless it is measured",
        f"reference = None if measured_too(corpus, task) else {learnt}",
        f"measured = measure_treatments(task, E, spectrum, reference, {measure!r}, start, reference_name=corpus.name)",
        f"answer = decide(measured, {value_of(GOAL)!r}, {float(value_of(MARGIN))!r}, {value_of(BYTES)!r})",
        "print(*answer.sentences(), sep='\\n')",
    )


def _map(shown: Shown, lines: Lines) -> None:
    add_backbone(shown, lines)
    add_kept(shown, lines)
    lines.use("embed_corpus", "map_points", "neighbour_change")
    lines.use("filter_steps", "neighbours_of", of=f"{LIBRARY}.maps.steps")
    lines.use("sentences", "summarise", of=f"{LIBRARY}.maps.measures")
    lines.source("corpus", chosen_corpus())
    embedded = centred(shown, "embed_corpus(backbone, corpus, prompt, layer=layer)")
    drawn = value_of(STEP)
    compared = "kept" if drawn == "unfiltered" else drawn
    lines.use("array", of="numpy")
    lines.add(
        f"C = backbone.spectrum.coefficients({embedded})",
        "steps = filter_steps(backbone.d, backbone.bulk_start, kept)",
        f"points = map_points(C, steps[{compared!r}])",
        "labels = None if corpus.labels is None else array(corpus.labels)",
        "change = neighbour_change(points, neighbours_of(len(corpus)), labels)",
        "print(*sentences(summarise(change)), sep='\\n')",
    )
    if value_of(METHOD) == "PCA":
        lines.use("joint_frame", of=f"{LIBRARY}.maps.projection")
        lines.add(
            "different = {one.indices.tobytes(): one for one in steps.values()}  # as many pictures, in one frame",
            "sides = [map_points(C, one).filtered for one in different.values()]",
            f"number = list(different).index(steps[{drawn!r}].indices.tobytes())",
            "print(joint_frame(sides).place(sides[number], number))",
        )


def _layers(shown: Shown, lines: Lines) -> None:
    add_backbone(shown, lines)
    filtered = value_of(FILTERED)
    if filtered:
        add_kept(shown, lines)
    lines.use("layer_states", "read_layers")
    lines.use("layers_table", of=f"{LIBRARY}.tables.layers")
    lines.add(
        f"states = layer_states(backbone, {shown.texts[0]!r}, prompt)",
        f"reading = read_layers(backbone, states, {'kept' if filtered else None}, "
        f"centre={'mean' if shown.view.centre else None})",
        "print(layers_table(reading, backbone.token_texts).to_string())",
    )


def _use(shown: Shown, lines: Lines) -> None:
    add_backbone(shown, lines)
    add_kept(shown, lines)
    lines.use("as_prompt", of=f"{LIBRARY}.backbones.prompts")
    lines.use("ChosenFilter", "export_filter")
    lines.use("Path", of="pathlib")
    centre, indexed = "", ""
    if shown.view.centre:
        lines.use("Centre")
        centre = ", centre=Centre(mean, lee_background().name)"
    if value_of(INDEXED):
        lines.use("embed_corpus", "IndexedCorpus")
        lines.source("corpus", chosen_corpus())
        indexed = ", IndexedCorpus(corpus, embed_corpus(backbone, corpus, prompt, layer=layer))"
        centre += f", precision={value_of(STORED_AS)!r}"
    lines.add(
        f"chosen = ChosenFilter(backbone, as_prompt(prompt), kept, layer{centre})",
        f"print(export_filter(chosen, Path({FOLDER!r}){indexed}))",
    )


_PAGES: dict[str, Callable[[Shown, Lines], None]] = {
    "Home": _home,
    LENS: _logit_lens,
    "Spectrum": _spectrum,
    "Similarity": _similarity,
    "Choose rank": _choose_rank,
    "Map": _map,
    "Layers": _layers,
    USE: _use,
}
