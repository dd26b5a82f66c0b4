"""Home: what the embeddings of a corpus lean to, and one text on the instrument."""

import streamlit as st
from starlette.middleware import Middleware

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.stored_backbones.example import read_stored_example
from pages.cached import backbones
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import WAITING, begin_page
from pages.frame.preloaded import NameScripts
from pages.frame.starting import starting
from pages.frame.text_box import text_box
from pages.home import results

# Given to the browser to draw the stored example, before importing torch takes the processor.
HEAD_START_S = 0.8
STORED = "stored_example_stands"


def main() -> None:
    """Draw the page; while the backbone is still to be loaded, the stored example stands where the live one will."""
    view = begin_page("Home")
    st.title("EmbedFilter Explorer", anchor=False)
    text = text_box("One text")
    texts = checked_texts(text)
    waiting, place = st.container(key=WAITING), st.container()
    is_loaded = backbones.is_loaded(view.backbone, view.dtype, view.device)
    stands = st.session_state.pop(STORED, False) or not is_loaded
    if view.backbone == BUNDLED.id and stands:
        st.session_state[STORED] = True  # until what takes its place is computed, which may take several runs
        with place:
            results.draw_stored(read_stored_example())
        with waiting:
            loaded = load(view, HEAD_START_S)
            results.prepare(loaded, embed(loaded, texts)[0])
        del st.session_state[STORED]
        st.rerun()  # every block of the live view is one of the stored view's: nothing is taken away, nothing moves
    with waiting:
        loaded = load(view)
        embedding = embed(loaded, texts)[0]
    with place:
        results.draw(loaded, text, embedding)


# Streamlit runs this file for every visitor, and imports it once, for its server: what is imported above is then there
# before the first of them comes.
if __name__ == "__main__":
    main()
else:
    app = st.App(__file__, lifespan=starting, middleware=[Middleware(NameScripts)])
