"""What Use this filter shows: what a text becomes, what that was measured to do, the forms, and the download."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.number_format import format_file_size
from pages.frame import decided, messages
from pages.frame.explained import explained, words
from pages.frame.jobs.results import NotYet, wanted
from pages.frame.page_controls import INDEXED, STORED_AS
from pages.use_filter import making
from pages.widgets import corpus_picker, embedding_offer

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.export.chosen import ChosenFilter
    from pages.cached.loaded import LoadedView
    from pages.frame.decided import Decided

CHOOSE = "pages/4_Choose_rank.py"
ASKED = "export_asked"
AFTER = """unzip embedfilter-export.zip && cd embedfilter-export
python weights.py{from_folder}
python check.py
python embed.py texts.txt vectors.npy"""


def draw(loaded: LoadedView, command: str) -> None:
    """Draw the blocks.

    Args:
        loaded: The view.
        command: The command line that writes the same.
    """
    found = decided.latest(loaded)
    with st.container(border=True):
        _what_a_text_becomes(making.chosen_of(loaded, "float32"))
    with st.container(border=True):
        about = _what_it_does(loaded, found)
    with st.container(border=True):
        st.header("In which forms?", anchor=False)
        precision, corpus = _index(loaded)
        chosen = making.chosen_of(loaded, precision)
        _forms(chosen, corpus is not None)
        _download(loaded, precision, corpus, about)
    with st.container(border=True):
        _commands(chosen, command)


def _what_a_text_becomes(chosen: ChosenFilter) -> None:
    from embfilter_core.export.manifest import view_facts
    from embfilter_core.export.readme import summary

    st.header("What does a text become?", anchor=False)
    st.markdown(messages.literal(f"{chosen.backbone.name}, {chosen.kept.describe()}."))
    explained(summary(view_facts(chosen), ("“", "”")), "summary")
    words("summary_words", "backbone", "kept directions")


def _what_it_does(loaded: LoadedView, found: Decided | None) -> Decided | None:
    """Draw what was decided about this very choice, or that nothing was; return it."""
    from embfilter_core.export.readme import stored_in

    st.header("What was it measured to do?", anchor=False)
    if found is None or not found.says(loaded):
        _nothing(found)
        return None
    explained(f"{making.origin(found)}, on {found.data}.", "origin", small=True)
    for number, sentence in enumerate(found.sentences):
        explained(sentence, f"decided_{number}", small=number > 0)
    if found.precision != "float32":
        explained(stored_in(found.precision), "stored_in")
    return found


def _nothing(found: Decided | None) -> None:
    if found is None:
        st.markdown("Nothing was measured of this choice in this session. What it does to your data is not known yet.")
    else:
        start, stop = found.band
        centred = "centred" if found.centred else "not centred"
        st.markdown(
            f"The answer of Choose rank keeps other directions: start {start}, stop {stop}, {centred}. Of what is kept "
            "now nothing is known."
        )
    st.page_link(CHOOSE, label="Measure it on Choose rank", icon=":material/tune:")


def _index(loaded: LoadedView) -> tuple[str, Corpus | None]:
    """Draw the choice of an index; return how it stores numbers, and its corpus or None."""
    has_faiss = importlib.util.find_spec("faiss") is not None
    is_wanted = INDEXED.draw(disabled=not has_faiss)
    if not has_faiss:
        st.caption('An index needs FAISS here: `pip install -e ".[faiss]"`.')
    if not is_wanted or not has_faiss:
        return "float32", None
    precision = STORED_AS.draw()
    corpus = corpus_picker.pick()
    if corpus is None:
        st.stop()
    embedding_offer.require(loaded.embedder, corpus, "To index this corpus,", "export_corpus")
    return precision, corpus


def _forms(chosen: ChosenFilter, indexed: bool) -> None:
    from embfilter_core.export.forms import forms_of
    from embfilter_core.export.manifest import view_facts
    from embfilter_core.export.readme import long_texts

    lines, found = [], forms_of(chosen, indexed)
    for form, reason in found.items():
        said = f"left out. {messages.literal(reason)}" if reason else messages.literal(form.use)
        lines.append(f"- `{form.place}`: {said}")
    lines.append("- `check.py`: Compares all of them, a running server or a file with ten vectors of the app.")
    lines.append(
        "- `filter.safetensors`, `manifest.json`, `notebook.ipynb`, `README.md`: The filter, and how it is used."
    )
    st.markdown("\n".join(lines))
    facts = {**view_facts(chosen), "forms": {form.id: {} for form, reason in found.items() if not reason}}
    explained(long_texts(facts).replace("`", ""), "long_texts", small=True)


def _download(loaded: LoadedView, precision: str, corpus: Corpus | None, about: Decided | None) -> None:
    task = making.task(loaded, precision, corpus, about)
    explained(
        "The weights of the backbone are not in the download: it names them by their SHA-256, and weights.py puts "
        "them in place. Each form is proved on the tokens of ten texts when it is written.",
        "weights",
        small=True,
    )
    if st.button("Make the download", key="make_export", icon=":material/play_arrow:"):
        st.session_state[ASKED] = task.id
    if st.session_state.get(ASKED) != task.id:
        return
    try:
        made = wanted(task)
    except NotYet:
        return
    except EmbFilterError as problem:
        messages.error(problem)
        return
    for form, reason in made.exported.left_out.items():
        st.caption(f"`{form}` is left out. {messages.literal(reason)}")
    for form, limits in made.exported.limits.items():
        st.caption(f"`{form}`: {messages.literal(' '.join(limits))}")
    st.download_button(
        f"Download, {format_file_size(len(made.zipped))}",
        made.zipped,
        f"{making.NAME}.zip",
        "application/zip",
        key="save_export",
        on_click="ignore",
        type="primary",
        icon=":material/download:",
    )


def _commands(chosen: ChosenFilter, command: str) -> None:
    from embfilter_core.export.backbone_files import where_weights_are

    st.header("How is it used?", anchor=False)
    is_of_hub = chosen.backbone.files is not None and chosen.backbone.files.hub_id is not None
    st.code(AFTER.format(from_folder="" if is_of_hub else " --from FOLDER"), language="bash", wrap_lines=True)
    where = f"{'' if is_of_hub else 'FOLDER holds the weights. '}{where_weights_are(chosen.backbone)}"
    explained(where.replace("`", ""), "where", small=True)
    if command:
        explained("The command line writes the same as a folder; with --with-weights, the weights too.", "command")
        st.code(command, language="bash", wrap_lines=True)
