"""The command line that prints the numbers of a page."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embfilter_core.instrument.lengths import RANKED, TOP_TOKENS
from pages.frame.control import Control
from pages.frame.page_controls import (
    BIAS,
    BYTES,
    COMPARE,
    COUNTS,
    DPI_TOP,
    GOAL,
    INDEXED,
    KNOWN_WORDS,
    MARGIN,
    MEASURE,
    STORED,
    STORED_AS,
    TASK,
    TOKENS,
    TOP,
    USUAL,
)
from pages.frame.share.shown import LENS, USE, Shown
from pages.frame.share.sources import chosen_corpus, chosen_task, own_corpus
from pages.frame.sidebar_controls import COUNTED, CUSTOM
from pages.frame.values import value_of

PROGRAM = ("python", "-m", "embfilter_core")
FOLDER = "embedfilter-export"


@dataclass(frozen=True)
class Given:
    """What is handed out: what can be copied, empty where nothing can, and what there is to say about it."""

    copied: str
    said: str


def command_line(shown: Shown) -> Given:
    """Return the command line of a page, or why it has none."""
    if shown.why_nothing:
        return Given("", shown.why_nothing)
    if shown.page not in _PAGES:
        return Given("", "No verb prints the numbers of this page; the Python lines do, where it has some.")
    return _PAGES[shown.page](shown)


def _lens(shown: Shown, top: int, more: tuple[str, ...], said: str) -> Given:
    counted: tuple[str, ...] = ()
    if value_of(COUNTED) == "own":
        own = own_corpus()
        if own.file is None:
            return Given("", f"Tokens are counted in your own corpus. {own.why_not}")
        counted = (f"--counted-in={own.file}", *(one for one in own.arguments or () if not one.startswith("--id-")))
        said = f"{said} {own.needs}".strip()
    options = (f"--top={top}", *more, *counted, *_reading(shown), *_kept(shown))
    return _given("lens", options, shown.texts, said)


def _home(shown: Shown) -> Given:
    return _lens(
        shown, TOP_TOKENS, (), "Prints the lists of the instrument; the Python lines count over the corpus too."
    )


def _logit_lens(shown: Shown) -> Given:
    compare = value_of(COMPARE)
    words = ("--known-words",) if value_of(KNOWN_WORDS) else ()
    return _lens(shown, value_of(TOP), (f"--compare={compare}", *words), "Prints the table of the page.")


def _spectrum(shown: Shown) -> Given:
    if value_of(COUNTS) == "pasted":
        return Given("", "Tokens are counted in a pasted text, which no command line takes; the Python lines do.")
    scores: dict[str, Control[Any]] = {"--tokens": TOKENS, "--how-many": DPI_TOP, "--bias": BIAS, "--counts": COUNTS}
    chosen = (f"{name}={value_of(control)}" for name, control in scores.items() if value_of(control) != control.default)
    options = (f"--text={shown.texts[0]}", *chosen, *_reading(shown))
    return _given("spectrum", options, (), "Prints both ends of the curves; with --json, all directions.")


def _similarity(shown: Shown) -> Given:
    corpus = chosen_corpus()
    if corpus.file is None:
        return Given("", corpus.why_not)
    options = (
        f"--query={shown.texts[0]}",
        f"--top={RANKED}",
        *(corpus.arguments or ()),
        *_reading(shown),
        *_kept(shown),
    )
    said = f"Prints the texts that are near unfiltered or filtered. {corpus.needs}"
    return _given("rank", options, (corpus.file,), said)


def _choose_rank(shown: Shown) -> Given:
    if value_of(TASK) in STORED:
        return Given("", "What is shown was measured before and is stored; the Python lines read it.")
    task = chosen_task()
    if task.arguments is None:
        return Given("", task.why_not)
    goal = value_of(GOAL)
    asked = {"shrink": (f"--margin={value_of(MARGIN)}",), "budget": (f"--bytes={value_of(BYTES)}",)}.get(goal, ())
    measure = () if value_of(MEASURE) == USUAL else (f"--measure={value_of(MEASURE)}",)
    options = (f"--goal={goal}", *asked, *measure, *task.arguments, *_reading(shown))
    said = f"Measures again and prints the answer, the treatments and what could be done instead. {task.needs}"
    return _given("choose", options, () if task.file is None else (task.file,), said)


def _use(shown: Shown) -> Given:
    corpus, index = chosen_corpus(), value_of(INDEXED)
    if index and corpus.file is None:
        return Given("", corpus.why_not)
    indexed = (f"--corpus={corpus.file}", *(corpus.arguments or ()), f"--precision={value_of(STORED_AS)}")
    options = (*(indexed if index else ()), *_reading(shown), *_kept(shown))
    said = f"Writes the filter for other programs into a folder. {corpus.needs if index else ''}"
    return _given("export", options, (FOLDER,), said)


_PAGES: dict[str, Callable[[Shown], Given]] = {
    "Home": _home,
    LENS: _logit_lens,
    "Spectrum": _spectrum,
    "Similarity": _similarity,
    "Choose rank": _choose_rank,
    USE: _use,
}


def _reading(shown: Shown) -> tuple[str, ...]:
    """Backbone, and how it reads texts."""
    view = shown.view
    options = {
        "--backbone": None if shown.is_bundled else view.backbone,
        "--dtype": None if view.dtype == "float32" else view.dtype,
        "--device": None if view.device == "auto" else view.device,
        "--prompt": shown.prompt,
        "--pooling": shown.pooling,
        "--layer": view.layer,
    }
    given = tuple(f"{name}={value}" for name, value in options.items() if value is not None)
    return (*given, "--centre") if view.centre else given


def _kept(shown: Shown) -> tuple[str, ...]:
    kept = shown.view.kept
    if kept.preset == CUSTOM:
        return ("--band", *map(str, shown.band or ()))
    seed = (f"--seed={kept.seed}",) if kept.preset == "random" else ()
    ratio = () if kept.preset == "unfiltered" else (f"--ratio={kept.ratio}",)
    return (f"--preset={kept.preset}", *ratio, *seed)


def _given(verb: str, options: tuple[str, ...], placed: tuple[str, ...], said: str) -> Given:
    """The command line; what could be taken for an option stands after two hyphens."""
    after = ("--", *placed) if placed else ()
    return Given(shlex.join((*PROGRAM, verb, *options, *after)), said.strip())
